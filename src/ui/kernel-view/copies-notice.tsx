import { useMemo } from "react";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

/** Figures are not the shipped kernels' alone: said on every view, with the way back. */
export function CopiesNotice() {
  const applied = useBitdial((state) => state.applied);
  const reference = useBitdial((state) => state.reference);
  const removeCopy = useBitdial((state) => state.removeCopy);
  const used = useMemo(() => {
    const all = [applied, reference].flatMap((state) => state?.copies ?? []);
    return all.filter(({ label }, at) => all.findIndex((other) => other.label === label) === at);
  }, [applied, reference]);
  return (
    <section
      aria-label="Changed kernels in use"
      className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line bg-heat-wash px-5 py-2 text-[13px] text-heat-ink"
    >
      {used.map(({ label, sha256 }) => (
        <p
          key={label}
          className="flex min-w-0 flex-1 basis-80 flex-wrap items-center gap-x-3 gap-y-1"
        >
          <span className="min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]">
            Your changed copy of <code className="font-mono">{label}</code> ({sha256.slice(0, 8)})
            computes here, in this browser only: text and figures are made with it.
          </span>
          <Button
            className="px-2.5 py-1 text-xs"
            aria-label={`Remove the copy of ${label}`}
            onClick={() => void removeCopy(label)}
          >
            Remove the copy
          </Button>
        </p>
      ))}
    </section>
  );
}
