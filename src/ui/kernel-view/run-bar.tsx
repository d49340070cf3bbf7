import { Square } from "lucide-react";
import { perSecond } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { ProgressBar } from "../parts/progress-bar.tsx";
import { useBitdial } from "../use-store.ts";

/** All of the listed kernels one after another; what is done stays when it is stopped. */
export function RunBar({ formats }: { readonly formats: readonly string[] }) {
  const run = useBitdial((state) => state.kernelRun);
  const fault = useBitdial((state) => state.kernelFault);
  const runKernels = useBitdial((state) => state.runKernels);
  const stop = useBitdial((state) => state.stop);
  return (
    <div className="border-t border-line px-4 py-3">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          {run?.what === "measure" ? (
            <ProgressBar label="Kernels" fraction={run.fraction} note={run.note} />
          ) : (
            <Roofs />
          )}
        </div>
        {run ? (
          <Button aria-label="Stop the kernels" onClick={() => void stop()}>
            <Square size={11} fill="currentColor" aria-hidden="true" />
            Stop
          </Button>
        ) : (
          <Button
            look="go"
            disabled={formats.length === 0}
            onClick={() => void runKernels(formats)}
          >
            Run {formats.length === 1 ? "it" : `all ${formats.length}`}
          </Button>
        )}
      </div>
      <p role="status" className="mt-1 text-xs text-bad empty:hidden">
        {fault}
      </p>
    </div>
  );
}

function Roofs() {
  const roofs = useBitdial((state) => state.roofs);
  if (!roofs) {
    return (
      <p className="text-xs text-soft">
        Measures first what this device copies and multiplies at best, then the kernels under it.
      </p>
    );
  }
  const { copyGbPerSecond, fmaGflops, dp4aGops, popcountGops } = roofs;
  const facts = [
    ["copy", `${perSecond(copyGbPerSecond.best)} GB/s`],
    ["multiply-add", `${perSecond(fmaGflops.best)} GFLOP/s`],
    ["8-bit dot products", dp4aGops ? `${perSecond(dp4aGops.best)} Gop/s` : "none"],
    ["popcount", `${perSecond(popcountGops.best)} Gop/s`],
  ] as const;
  return (
    <dl aria-label="Roofs of this device" className="flex flex-wrap gap-x-4 text-xs">
      {facts.map(([name, value]) => (
        <div key={name} className="flex gap-1.5">
          <dt className="text-soft">{name}</dt>
          <dd className="font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
