import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import type { PlacedKernel } from "../../store/lab-profile.ts";
import type { Roofs } from "../../store/types.ts";
import { percent } from "../figures.ts";
import { chartStyle } from "../parts/kl-axis.ts";
import { PlotFrame } from "../parts/plot-frame.tsx";

/** A kernel, and what its mark is called. */
export type ChartedKernel = Pick<
  PlacedKernel,
  "label" | "shape" | "ms" | "bytes" | "roofOperations" | "placement"
> & { readonly module: string };

interface RoofChartProps {
  readonly kernels: readonly ChartedKernel[];
  readonly roofs: Roofs;
}

interface Mark {
  readonly kernel: ChartedKernel;
  /** Operations of its roof a byte, and 1e9 of them a second. */
  readonly x: number;
  readonly y: number;
}

interface Line {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** Rate against operations a byte, both logarithmic: memory is the slope, each arithmetic a level. */
export function RoofChart({ kernels, roofs }: RoofChartProps) {
  const drawn = useCallback(
    (width: number) => draw(marksOf(kernels), roofs, width),
    [kernels, roofs],
  );
  const words = kernels.map(
    ({ label, module, placement }) =>
      `${label} of ${module}: ${placement ? `${percent(placement.share)} of its roof, bound by ${placement.bound}` : "no roof measured"}`,
  );
  return (
    <PlotFrame
      label={`Rate of each kernel against its operations a byte, under this device's roofs. ${words.join("; ")}.`}
      className="min-h-72"
      draw={drawn}
      onChoose={ignore}
    />
  );
}

function ignore(): void {}

/** A logarithm has no place for a kernel without operations, which the table has. */
function marksOf(kernels: readonly ChartedKernel[]): Mark[] {
  return kernels
    .filter(({ roofOperations, ms }) => roofOperations > 0 && ms > 0)
    .map((kernel) => ({
      kernel,
      x: kernel.roofOperations / kernel.bytes,
      y: kernel.roofOperations / kernel.ms / 1e6,
    }));
}

function levelsOf({ fmaGflops, dp4aGops, popcountGops }: Roofs) {
  return [
    { name: "multiply-add", peak: fmaGflops.best },
    ...(dp4aGops ? [{ name: "dot products of bytes", peak: dp4aGops.best }] : []),
    { name: "popcount, single bits", peak: popcountGops.best },
  ];
}

function draw(
  marks: readonly Mark[],
  roofs: Roofs,
  width: number,
): ReturnType<typeof Plot.plot> | null {
  if (marks.length === 0) return null;
  const bandwidth = roofs.copyGbPerSecond.best;
  const levels = levelsOf(roofs);
  const highest = Math.max(...levels.map(({ peak }) => peak));
  const left = Math.min(...marks.map(({ x }) => x)) / 2;
  const right = Math.max((highest / bandwidth) * 3, ...marks.map(({ x }) => x * 2));
  const bottom = Math.min(left * bandwidth, ...marks.map(({ y }) => y)) / 2;
  const slope: Line[] = [left, highest / bandwidth].map((x) => ({
    name: "memory",
    x,
    y: x * bandwidth,
  }));
  const lines: Line[] = levels.flatMap(({ name, peak }) =>
    [peak / bandwidth, right].map((x) => ({ name, x, y: peak })),
  );
  const ends = levels.map(({ name, peak }) => ({ name, x: right, y: peak }));
  const ink = { fill: "var(--color-soft)", stroke: "var(--color-panel)", strokeWidth: 3 } as const;
  return Plot.plot({
    width,
    height: Math.min(380, Math.max(288, width * 0.4)),
    marginLeft: 52,
    marginRight: 16,
    marginTop: 30,
    marginBottom: 36,
    style: chartStyle,
    x: {
      type: "log",
      label: "operations a byte →",
      domain: [left, right],
      tickSize: 0,
      ticks: width / 110,
      tickFormat: "~g",
    },
    y: {
      type: "log",
      label: "1e9 operations a second",
      labelAnchor: "top",
      domain: [bottom, highest * 2],
      tickSize: 0,
      ticks: 5,
      tickFormat: "~g",
    },
    marks: [
      Plot.gridY({
        stroke: "var(--color-line)",
        strokeOpacity: 1,
        strokeDasharray: "2 4",
        ticks: 5,
      }),
      Plot.line(slope, { x: "x", y: "y", stroke: "var(--color-soft)", strokeWidth: 1.5 }),
      Plot.line(lines, {
        x: "x",
        y: "y",
        z: "name",
        stroke: "var(--color-soft)",
        strokeWidth: 1.2,
      }),
      Plot.text(ends, { x: "x", y: "y", text: "name", textAnchor: "end", dy: -8, ...ink }),
      Plot.text([slope[0]], {
        x: "x",
        y: "y",
        text: ({ name }: Line) => name,
        textAnchor: "start",
        dx: 6,
        dy: -14,
        ...ink,
      }),
      Plot.dot([...marks], {
        x: "x",
        y: "y",
        r: 4.5,
        fill: "var(--color-panel)",
        stroke: "var(--color-accent)",
        strokeWidth: 1.8,
      }),
      Plot.text(spaced(marks), {
        x: "x",
        y: "y",
        text: ({ kernel }: Mark) => kernel.module,
        dx: 8,
        textAnchor: "start",
        fill: "var(--color-ink)",
        stroke: "var(--color-panel)",
        strokeWidth: 3,
      }),
      Plot.tip(
        [...marks],
        Plot.pointer({
          x: "x",
          y: "y",
          title: ({ kernel, x, y }: Mark) =>
            `${kernel.label}\n${kernel.module}, ${kernel.shape}\n${x.toPrecision(2)} operations a byte, ${y.toPrecision(3)} Gop/s\n${kernel.placement ? `${percent(kernel.placement.share)} of its roof, ${kernel.placement.bound}` : "no roof measured"}`,
          fill: "var(--color-panel)",
          stroke: "var(--color-line)",
        }),
      ),
    ],
  });
}

/** Names that would cover each other stay out, the quicker kernel's first; the pointer and the table still tell them. */
function spaced(marks: readonly Mark[]): Mark[] {
  const kept: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => b.kernel.ms - a.kernel.ms)) {
    const clear = kept.every(
      (other) =>
        Math.abs(Math.log(mark.y / other.y)) > 0.6 || Math.abs(Math.log(mark.x / other.x)) > 1.8,
    );
    if (clear) kept.push(mark);
  }
  return kept;
}
