import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

/** A sentence for each file that is not shown, with its bad fields to unfold. */
export function RefusedFiles() {
  const refused = useBitdial((state) => state.refused);
  const dismissRefused = useBitdial((state) => state.dismissRefused);
  return (
    <div role="status" className="border-t border-line bg-bad-wash px-4 py-3 text-xs empty:hidden">
      {refused.length > 0 && (
        <div className="flex items-start justify-between gap-3">
          <ul className="grid min-w-0 gap-1.5">
            {refused.map(({ name, sentence, fields }) => (
              <li key={`${name} ${sentence}`} className="wrap-anywhere text-bad">
                <strong className="font-semibold">{name}</strong>: {sentence}
                {fields.length > 0 && (
                  <details>
                    <summary className="underline underline-offset-2">Fields</summary>
                    <ul className="mt-1 font-mono text-[11px]">
                      {fields.map((field) => (
                        <li key={field}>{field}</li>
                      ))}
                    </ul>
                  </details>
                )}
              </li>
            ))}
          </ul>
          <Button className="px-2.5 py-1" onClick={dismissRefused}>
            Dismiss
          </Button>
        </div>
      )}
    </div>
  );
}
