import { useState } from "react";
import { whole } from "../figures.ts";
import { useBitdial } from "../use-store.ts";
import { Button } from "./button.tsx";
import { FileDrop } from "./file-drop.tsx";

/** What quality is measured on: the stories that ship, a file, or a text pasted here. */
export function TextSource({ disabled = false }: { readonly disabled?: boolean }) {
  const own = useBitdial((state) => state.ownText);
  const fault = useBitdial((state) => state.textFault);
  const takeText = useBitdial((state) => state.takeText);
  const forgetText = useBitdial((state) => state.forgetText);
  const [pasting, setPasting] = useState(false);
  return (
    <div className="grid gap-1.5">
      <FileDrop
        label="Own text …"
        accept=".txt,.md,text/plain"
        disabled={disabled}
        take={(name, bytes) => void takeText(name, bytes)}
      >
        <Button
          className="px-2.5 py-1 text-xs"
          disabled={disabled}
          aria-expanded={pasting}
          onClick={() => setPasting(!pasting)}
        >
          Paste
        </Button>
        <span className="min-w-0 break-words">
          {own ? `${own.name}, ${whole(own.tokens)} tokens` : "stories.txt, which ships"}
        </span>
        {own && (
          <Button
            look="quiet"
            className="px-2 py-1 text-xs"
            disabled={disabled}
            onClick={() => void forgetText()}
          >
            Back to the stories
          </Button>
        )}
      </FileDrop>
      {pasting && (
        <Paste
          use={(text) => {
            void takeText("pasted text", new TextEncoder().encode(text));
            setPasting(false);
          }}
        />
      )}
      <p role="status" className="text-xs text-bad empty:hidden">
        {fault}
      </p>
    </div>
  );
}

function Paste({ use }: { use(text: string): void }) {
  const [text, setText] = useState("");
  return (
    <div className="grid gap-1.5">
      <div className="field">
        <textarea
          aria-label="Text to measure quality on"
          rows={5}
          className="w-full bg-transparent px-2.5 py-2 text-[13px]"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <Button
        className="px-2.5 py-1 text-xs"
        disabled={text.trim() === ""}
        onClick={() => use(text)}
      >
        Use this text
      </Button>
    </div>
  );
}
