import { Square } from "lucide-react";
import { counted } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

export function PromptBox() {
  const prompt = useBitdial((state) => state.prompt);
  const setPrompt = useBitdial((state) => state.setPrompt);
  const writing = useBitdial((state) => state.activity === "writing");
  const generate = useBitdial((state) => state.generate);
  const stop = useBitdial((state) => state.stop);
  const fault = useBitdial((state) => state.writeFault);
  return (
    <div className="px-4 pt-3.5 pb-2">
      <div className="grid gap-2.5 tablet:grid-cols-[minmax(0,1fr)_9.25rem]">
        <div className="field relative">
          <textarea
            aria-label="Prompt"
            rows={2}
            value={prompt}
            onChange={(event) => setPrompt(event.currentTarget.value)}
            className="block min-h-16 w-full resize-y bg-transparent px-3 pt-2.5 pb-5"
          />
          <PromptCount />
        </div>
        {writing ? (
          <Button look="plain" className="min-h-11" title="Escape" onClick={() => void stop()}>
            <Square size={14} fill="currentColor" aria-hidden="true" />
            Stop
            <Keys>Esc</Keys>
          </Button>
        ) : (
          <Button
            look="go"
            className="min-h-11"
            title="Ctrl and Enter"
            onClick={() => void generate()}
          >
            Generate
            <Keys>Ctrl ↵</Keys>
          </Button>
        )}
      </div>
      {fault && (
        <p role="alert" className="mt-2 rounded-field bg-bad-wash px-3 py-2 text-bad">
          {fault}
        </p>
      )}
    </div>
  );
}

function Keys({ children }: { readonly children: string }) {
  return (
    <kbd className="hidden font-sans text-xs font-normal whitespace-nowrap desk:inline">
      {children}
    </kbd>
  );
}

function PromptCount() {
  const tokens = useBitdial((state) => state.promptTokens);
  const room = useBitdial((state) => state.model?.contextLength ?? null);
  if (tokens === null || room === null) return null;
  const over = tokens >= room;
  return (
    <span
      className={`pointer-events-none absolute right-4 bottom-1 text-[11px] ${over ? "text-bad" : "text-faint"}`}
    >
      {over
        ? `${counted(tokens, "token")}: more than the ${room} of the context`
        : counted(tokens, "token")}
    </span>
  );
}
