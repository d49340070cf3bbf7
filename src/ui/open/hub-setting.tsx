import { useId, useState } from "react";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

/** Where hf: names lead. */
export function HubSetting() {
  const hub = useBitdial((state) => state.hub);
  const setHub = useBitdial((state) => state.setHub);
  const [draft, setDraft] = useState(hub);
  const id = useId();
  return (
    <details className="text-xs text-soft">
      <summary className="hover:text-ink">
        Names lead to {hub === "" ? "huggingface.co" : hub}; use a mirror
      </summary>
      <div className="mt-1.5 flex flex-wrap items-center gap-2">
        <label htmlFor={id}>Mirror</label>
        <input
          id={id}
          type="url"
          className="field min-w-0 flex-1 basis-48 px-2 py-1 font-mono text-ink"
          value={draft}
          placeholder="https://huggingface.co"
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
        <Button className="px-2.5 py-1 text-xs" onClick={() => setHub(draft)}>
          Use it
        </Button>
        {hub !== "" && (
          <Button
            look="quiet"
            className="px-2.5 py-1 text-xs"
            onClick={() => {
              setDraft("");
              setHub("");
            }}
          >
            Back to huggingface.co
          </Button>
        )}
      </div>
    </details>
  );
}
