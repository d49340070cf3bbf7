import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { chartStyle } from "../parts/kl-axis.ts";
import { PlotFrame } from "../parts/plot-frame.tsx";

export interface HeatCell {
  readonly row: string;
  readonly column: string;
  /** 0 is the least of the map, 1 the most: how hot it is drawn. */
  readonly heat: number;
  readonly text: string;
  readonly words: string;
}

interface ErrorsChartProps<C extends HeatCell> {
  readonly label: string;
  readonly cells: readonly C[];
  onChoose(cell: C): void;
}

/** A cell for each matrix of each layer. */
export function ErrorsChart<C extends HeatCell>({ label, cells, onChoose }: ErrorsChartProps<C>) {
  const drawn = useCallback((width: number) => draw(cells, width), [cells]);
  const words = cells.map((cell) => cell.words).join("; ");
  return (
    <PlotFrame
      label={`${label}. ${words}.`}
      className="min-h-40 cursor-pointer"
      draw={drawn}
      onChoose={onChoose}
    />
  );
}

function draw(cells: readonly HeatCell[], width: number): ReturnType<typeof Plot.plot> {
  const rows = [...new Set(cells.map(({ row }) => row))];
  return Plot.plot({
    width,
    height: 48 + rows.length * 27,
    marginLeft: 46,
    marginRight: 8,
    marginTop: 26,
    marginBottom: 6,
    padding: 0.06,
    style: chartStyle,
    x: {
      axis: "top",
      label: null,
      tickSize: 0,
      domain: [...new Set(cells.map(({ column }) => column))],
    },
    y: { label: null, tickSize: 0, domain: rows },
    marks: [
      Plot.cell(cells, {
        x: "column",
        y: "row",
        fill: "var(--color-heat)",
        // At this strength ink stays readable on it, in both themes.
        fillOpacity: ({ heat }: HeatCell) => 0.06 + 0.52 * heat,
        rx: 3,
      }),
      Plot.text(cells, { x: "column", y: "row", text: "text", fill: "var(--color-ink)" }),
      Plot.tip(
        cells,
        Plot.pointer({
          x: "column",
          y: "row",
          title: "words",
          fill: "var(--color-panel)",
          stroke: "var(--color-line)",
        }),
      ),
    ],
  });
}
