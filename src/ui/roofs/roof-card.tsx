import { lazy, useMemo } from "react";
import {
  MODULE_WORDS,
  type PlacedKernel,
  placedKernels,
  profiledEntry,
  tokenTime,
} from "../../store/lab-profile.ts";
import type { ReportEntry, Roofs } from "../../store/types.ts";
import { DrawnCard } from "../charts/drawn-card.tsx";
import { Figure } from "../charts/figure.tsx";
import { counted, milliseconds, percent, perSecond, whole } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

const RoofChart = lazy(async () => ({ default: (await import("./roof-chart.tsx")).RoofChart }));

/** Where a token's time goes, and how near each kernel comes to what the device does at best. */
export function RoofCard() {
  const rows = useBitdial((state) => state.rows);
  const sweepEntries = useBitdial((state) => state.sweepEntries);
  const applied = useBitdial((state) => state.applied);
  const roofs = useBitdial((state) => state.roofs);
  const model = useBitdial((state) => state.model);
  const reference = useBitdial((state) => state.reference);
  const adapter = useBitdial((state) => state.adapter);
  const measureRoofs = useBitdial((state) => state.measureRoofs);
  const entry = useMemo(
    () => profiledEntry({ rows, sweepEntries, applied, roofs, model, reference }),
    [rows, sweepEntries, applied, roofs, model, reference],
  );
  const kernels = useMemo(() => (entry ? placedKernels(entry, roofs) : []), [entry, roofs]);
  const known = entry !== null && roofs !== null;
  return (
    <DrawnCard
      kind="roofs"
      title="Where a token's time goes, under this device's roofs"
      note="Measures how fast this device copies and how fast it multiplies in each of three ways, what a dispatch and a submit cost, and every kernel of a token: then each kernel has its own roof, and the token an expected time."
      source={known ? sourceWords(roofs, adapter) : null}
      draw={measureRoofs}
    >
      {known && (
        <>
          <Modules entry={entry} roofs={roofs} />
          <Figure
            title="Roofline: every kernel under its own roof"
            name="bitdial-roofline"
            table={kernelTable(kernels)}
          >
            <RoofChart kernels={kernels} roofs={roofs} />
          </Figure>
        </>
      )}
    </DrawnCard>
  );
}

function sourceWords(roofs: Roofs, adapter: { name: string; software: boolean } | null): string {
  const { copyGbPerSecond, fmaGflops, dp4aGops, popcountGops } = roofs;
  const { dispatchMicroseconds, submitMicroseconds } = roofs;
  const spread = Math.max(
    ...[copyGbPerSecond, fmaGflops, dp4aGops, popcountGops].flatMap((roof) =>
      roof ? [roof.spread] : [],
    ),
  );
  return `Roofs, by the fastest of ${copyGbPerSecond.samples} runs (samples spread over up to ${percent(spread, 0)}): copy ${perSecond(copyGbPerSecond.best)} GB/s, multiply-add ${perSecond(fmaGflops.best)} GFLOP/s, dot products of bytes ${dp4aGops ? `${perSecond(dp4aGops.best)} Gop/s` : "not there"}, AND with popcount ${perSecond(popcountGops.best)} Gop/s on single bits; a dispatch ${dispatchMicroseconds.best.toPrecision(2)} µs, a submit with its result ${whole(submitMicroseconds.best)} µs. Measured on ${adapter?.name ?? ""}${adapter?.software ? ", a software adapter: its speeds say nothing about a GPU" : ""}.`;
}

function Modules({ entry, roofs }: { readonly entry: ReportEntry; readonly roofs: Roofs }) {
  const time = tokenTime(entry, roofs);
  if (!time || !entry.modules) return null;
  const { modulesMs, fastestMs, medianMs, samples, position, covered, expectedMs } = time;
  return (
    <>
      <section
        aria-label="Time of a token by module"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
        tabIndex={0}
        className="overflow-x-auto pt-2"
      >
        <table className="figures">
          <thead>
            <tr>
              {["module", "calls", "time", "share", "kB", "Mop", "expected", "bound"].map(
                (name) => (
                  <th key={name}>{name}</th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {entry.modules.map(
              ({ module, calls, ms, share, bytes, operations, expected, bound }) => (
                <tr key={module} title={MODULE_WORDS[module]}>
                  <td>{module}</td>
                  <td>{calls}</td>
                  <td>{milliseconds(ms)}</td>
                  <td>{percent(share)}</td>
                  <td>{(bytes / 1000).toFixed(1)}</td>
                  <td>{(operations / 1e6).toFixed(3)}</td>
                  <td>
                    {expected
                      ? milliseconds(expected.memoryMs + expected.computeMs + expected.dispatchMs)
                      : "–"}
                  </td>
                  <td>{bound ?? "–"}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </section>
      <p className="max-w-prose px-4 py-2 text-[13px]">
        {expectedMs !== null &&
          `Expected at the roofs: ${perSecond(1000 / expectedMs)} tokens a second (${milliseconds(expectedMs)}); measured: ${perSecond(1000 / medianMs)}, ${percent(expectedMs / medianMs, 0)} of it. `}
        {`The modules take ${milliseconds(modulesMs)} together, ${percent(covered, 0)} of the ${milliseconds(fastestMs)} that the token took from outside at best (median of ${samples}: ${milliseconds(medianMs)}), at position ${whole(position)}.`}
      </p>
      <details className="px-4 pb-2 text-xs text-soft">
        <summary className="hover:text-ink">How these figures are made</summary>
        <p className="max-w-prose pt-1.5">
          Expected is the sum over kernels of the longer of bytes / bandwidth and operations / peak
          of their arithmetic, plus dispatches times what one costs; for the token also the cost of
          a submit, shared by {counted(time.tokensPerSubmit, "token")}. Bound is the largest of the
          three. Bytes are weights, activations and cache that a kernel must move once; unpacking
          counts for no operation. attention holds rotation and writing the cache, gateUp the SwiGLU
          product, norms all of RMSNorm; rounding of activations goes with the matrix that reads
          them. What a cache serves can come out above its roof.
        </p>
      </details>
    </>
  );
}

function kernelTable(kernels: readonly PlacedKernel[]) {
  return {
    head: [
      "kernel",
      "shape",
      "module",
      "calls",
      "a token",
      "op/byte",
      "Gop/s",
      "of its roof",
      "bound",
    ],
    rows: kernels.map((kernel) => [
      kernel.label,
      kernel.shape,
      kernel.module,
      kernel.calls,
      milliseconds(kernel.ms),
      (kernel.roofOperations / kernel.bytes).toPrecision(2),
      (kernel.roofOperations / kernel.ms / 1e6).toPrecision(3),
      kernel.placement ? percent(kernel.placement.share) : "–",
      kernel.placement?.bound ?? "–",
    ]),
  };
}
