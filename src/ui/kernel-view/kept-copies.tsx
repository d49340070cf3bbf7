import type { KeptCopy } from "../../store/types.ts";
import { percent } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

/** Changed kernels of this browser, also those that the present setting has no use for. */
export function KeptCopies() {
  const copies = useBitdial((state) => state.copies);
  const fault = useBitdial(
    ({ applied }) =>
      applied?.checks.find(({ sentence }) => sentence?.startsWith("The changed copy"))?.sentence,
  );
  if (copies.length === 0) return null;
  return (
    <section aria-labelledby="copies-title" className="card">
      <h2 id="copies-title" className="card-title px-4 pt-3">
        Your changed kernels
        <span>in this browser only</span>
      </h2>
      <ul className="px-4 py-2">
        {copies.map((copy) => (
          <Copy key={copy.label} copy={copy} />
        ))}
      </ul>
      {fault && <p className="px-4 pb-3 text-xs text-bad">{fault}</p>}
    </section>
  );
}

function Copy({ copy: { label, sha256, adapter, at, ratio, shape } }: { readonly copy: KeptCopy }) {
  const removeCopy = useBitdial((state) => state.removeCopy);
  const computes = useBitdial(({ applied, reference }) =>
    [applied, reference].some((state) => state?.copies.some((used) => used.label === label)),
  );
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
      <div className="min-w-0 flex-1 basis-60 text-xs text-soft">
        <code className="font-mono text-[13px] text-ink [overflow-wrap:anywhere]">{label}</code>
        <p>
          {computes
            ? "Computes in the present setting."
            : "The present setting does not run this variant."}{" "}
          Passed on {adapter}, {at.slice(0, 10)}: {percent(ratio, 0)} of the original’s time on{" "}
          {shape}. SHA-256 {sha256.slice(0, 16)}…
        </p>
      </div>
      <Button
        className="px-2.5 py-1 text-[13px]"
        aria-label={`Remove ${label}`}
        onClick={() => void removeCopy(label)}
      >
        Remove
      </Button>
    </li>
  );
}
