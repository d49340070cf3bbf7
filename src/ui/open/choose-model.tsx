import { type FormEvent, useId } from "react";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";
import { ChooseFiles } from "./choose-files.tsx";
import { GalleryList } from "./gallery-list.tsx";
import { HubSetting } from "./hub-setting.tsx";
import { KeptList } from "./kept-list.tsx";

/** The ways in: a name or an address, or files of this device. */
export function ChooseModel() {
  const text = useBitdial((state) => state.openText);
  const editOpenText = useBitdial((state) => state.editOpenText);
  const lookAt = useBitdial((state) => state.lookAt);
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") void lookAt(text);
  };
  return (
    <>
      <form className="grid grid-cols-[minmax(0,1fr)] gap-1.5" onSubmit={submit}>
        <label htmlFor={id} className="font-semibold">
          From Hugging Face, or an address
        </label>
        <div className="flex flex-wrap gap-2">
          <input
            id={id}
            className="field min-w-0 flex-1 basis-64 px-2.5 py-1.5 font-mono text-[13px] text-ink"
            value={text}
            placeholder="hf:org/name"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            onChange={(event) => editOpenText(event.currentTarget.value)}
          />
          <Button type="submit" look="go" disabled={text.trim() === ""}>
            Look at it
          </Button>
        </div>
        <p className="text-xs text-soft">
          <code>hf:org/name</code>, <code>hf:org/name@revision</code>,{" "}
          <code>hf:org/name/file.gguf</code>, or the address of a folder or file. Looking reads a
          few kilobytes; weights come after a second press.
        </p>
        <Allow />
        <HubSetting />
      </form>
      <ChooseFiles />
      <KeptList />
      <GalleryList />
    </>
  );
}

/** The page's policy names every host it may talk to: another is added by the user, and with a reload. */
function Allow() {
  const host = useBitdial((state) => state.openHost);
  const allowHost = useBitdial((state) => state.allowHost);
  if (host === null) return null;
  return (
    <p
      role="status"
      className="flex flex-wrap items-center gap-2 rounded-field bg-heat-wash p-2.5 text-heat-ink text-[13px]"
    >
      <span className="min-w-0 flex-1 basis-64 wrap-anywhere">
        This page may not talk to {host}. Allowing it loads the page again; files that it hands on
        to other hosts than Hugging Face&rsquo;s stay out of reach.
      </span>
      <Button onClick={allowHost}>Allow {host}</Button>
    </p>
  );
}
