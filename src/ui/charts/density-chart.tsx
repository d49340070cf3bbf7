import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import type { DensityCell } from "../../store/chart-figures.ts";
import { whole } from "../figures.ts";
import { chartStyle } from "../parts/kl-axis.ts";
import { PlotFrame } from "../parts/plot-frame.tsx";

interface DensityChartProps {
  readonly cells: readonly DensityCell[];
  readonly leastNats: number;
  readonly label: string;
}

/** How the log-probabilities of all tokens lie to each other: on the diagonal nothing changed. */
export function DensityChart({ cells, leastNats, label }: DensityChartProps) {
  const drawn = useCallback((width: number) => draw(cells, leastNats, width), [cells, leastNats]);
  return <PlotFrame label={label} className="min-h-60" draw={drawn} onChoose={ignore} />;
}

function ignore(): void {}

function draw(
  cells: readonly DensityCell[],
  leastNats: number,
  width: number,
): ReturnType<typeof Plot.plot> {
  const most = Math.log(1 + Math.max(...cells.map(({ count }) => count)));
  return Plot.plot({
    width,
    height: Math.max(240, Math.min(360, width * 0.8)),
    marginLeft: 46,
    marginRight: 12,
    marginTop: 24,
    marginBottom: 36,
    style: chartStyle,
    x: { label: "reference, nats →", domain: [leastNats, 0], ticks: 6, tickSize: 0 },
    y: {
      label: "candidate, nats",
      labelAnchor: "top",
      domain: [leastNats, 0],
      ticks: 6,
      tickSize: 0,
    },
    marks: [
      Plot.rect(cells, {
        x1: "x1",
        x2: "x2",
        y1: "y1",
        y2: "y2",
        inset: 0,
        fill: "var(--color-accent)",
        fillOpacity: ({ count }: DensityCell) => 0.08 + (0.92 * Math.log(1 + count)) / most,
      }),
      Plot.line(
        [
          [leastNats, leastNats],
          [0, 0],
        ],
        { stroke: "var(--color-faint)", strokeDasharray: "3 4" },
      ),
      Plot.tip(
        cells,
        Plot.pointer({
          x: ({ x1, x2 }: DensityCell) => (x1 + x2) / 2,
          y: ({ y1, y2 }: DensityCell) => (y1 + y2) / 2,
          title: ({ x1, x2, y1, y2, count }: DensityCell) =>
            `reference ${x1} to ${x2}\ncandidate ${y1} to ${y2}\n${whole(count)} pairs`,
          fill: "var(--color-panel)",
          stroke: "var(--color-line)",
        }),
      ),
    ],
  });
}
