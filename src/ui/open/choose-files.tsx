import { type ChangeEvent, type DragEvent, useId, useState } from "react";
import type { GivenFile } from "../../store/open-types.ts";
import { useBitdial } from "../use-store.ts";
import { droppedFiles } from "./dropped-files.ts";

const button =
  "cursor-pointer rounded-field border border-line bg-panel px-3 py-1.5 text-ink hover:border-faint has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent";

/** A folder or files of this device, chosen or dropped. */
export function ChooseFiles() {
  const lookAtFiles = useBitdial((state) => state.lookAtFiles);
  const [over, setOver] = useState(false);
  const title = useId();
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const { files } = event.currentTarget;
    const given = [...(files ?? [])].map(
      (file): GivenFile => ({ path: file.webkitRelativePath || file.name, file }),
    );
    // The same files may be chosen again after they were changed.
    event.currentTarget.value = "";
    if (given.length > 0) void lookAtFiles(given);
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    await lookAtFiles(await droppedFiles(event.dataTransfer));
  };
  return (
    <section
      aria-labelledby={title}
      className={`rounded-field border border-dashed p-3 ${over ? "border-accent bg-accent-wash" : "border-line"}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <h3 id={title} className="font-semibold">
        From this device
      </h3>
      <div className="mt-2 flex flex-wrap gap-2 text-[13px]">
        <label className={button}>
          Choose files
          <input type="file" multiple className="sr-only" onChange={choose} />
        </label>
        <label className={button}>
          Choose a folder
          <input
            type="file"
            multiple
            className="sr-only"
            ref={(input) => input?.setAttribute("webkitdirectory", "")}
            onChange={choose}
          />
        </label>
      </div>
      <p className="mt-2 text-xs text-soft">
        Or drop them here: a Hugging Face folder with safetensors, one .gguf file, or a llama2.c
        .bin with its tokenizer.bin. They stay on this device.
      </p>
    </section>
  );
}
