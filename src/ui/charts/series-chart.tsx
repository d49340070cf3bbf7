import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { chartStyle } from "../parts/kl-axis.ts";
import { PlotFrame } from "../parts/plot-frame.tsx";

export interface SeriesPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of its spread; y itself where there is none. */
  readonly low: number;
  readonly high: number;
  /** Said under the pointer and to a screen reader. */
  readonly words: string;
}

export interface Series {
  readonly name: string;
  /** Drawn strongly; the other is what it is compared with. */
  readonly main: boolean;
  readonly points: readonly SeriesPoint[];
}

interface SeriesChartProps {
  readonly label: string;
  readonly series: readonly Series[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** From 0 up, or as the points lie. */
  readonly fromZero: boolean;
}

type Drawn = SeriesPoint & { readonly name: string; readonly main: boolean };

/** Lines over a logarithmic axis of tokens or ranks. */
export function SeriesChart(props: SeriesChartProps) {
  const { label, series, xLabel, yLabel, fromZero } = props;
  const drawn = useCallback(
    (width: number) => draw({ series, xLabel, yLabel, fromZero }, width),
    [series, xLabel, yLabel, fromZero],
  );
  const words = series.map(
    ({ name, points }) => `${name}: ${points.map((point) => point.words).join("; ")}`,
  );
  return (
    <PlotFrame
      label={`${label}. ${words.join(". ")}.`}
      className="min-h-60"
      draw={drawn}
      onChoose={ignore}
    />
  );
}

function ignore(): void {}

function draw(
  { series, xLabel, yLabel, fromZero }: Omit<SeriesChartProps, "label">,
  width: number,
): ReturnType<typeof Plot.plot> | null {
  const points = series.flatMap(({ name, main, points: of }) =>
    of.map((point): Drawn => ({ ...point, name, main })),
  );
  if (points.length === 0) return null;
  const stroke = ({ main }: Drawn) => (main ? "var(--color-accent)" : "var(--color-faint)");
  const ends = series.flatMap(({ name }) => points.findLast((point) => point.name === name) ?? []);
  return Plot.plot({
    width,
    height: 240,
    marginLeft: 52,
    marginRight: 16,
    marginTop: 30,
    marginBottom: 36,
    style: chartStyle,
    x: { type: "log", base: 2, label: xLabel, tickSize: 0, tickFormat: "~d", ticks: width / 90 },
    y: {
      label: yLabel,
      labelAnchor: "top",
      tickSize: 0,
      ticks: 5,
      zero: fromZero,
      nice: true,
    },
    marks: [
      Plot.gridY({ stroke: "var(--color-line)", strokeOpacity: 1, strokeDasharray: "2 4" }),
      ...series.map(({ name, main }) =>
        Plot.line(
          points.filter((point) => point.name === name),
          {
            x: "x",
            y: "y",
            stroke: main ? "var(--color-accent)" : "var(--color-faint)",
            strokeWidth: 1.6,
            ...(main ? {} : { strokeDasharray: "4 3" }),
          },
        ),
      ),
      Plot.ruleX(
        points.filter(({ low, high }) => low < high),
        { x: "x", y1: "low", y2: "high", stroke, strokeWidth: 1.2 },
      ),
      ...(points.length < 60
        ? [
            Plot.dot(points, {
              x: "x",
              y: "y",
              r: 3.2,
              fill: "var(--color-panel)",
              stroke,
              strokeWidth: 1.6,
            }),
          ]
        : []),
      Plot.text(ends, {
        x: "x",
        y: "y",
        text: "name",
        textAnchor: "end",
        // One name above its line's end, the other below: they may end in one place.
        dy: -9,
        lineAnchor: "bottom",
        fill: "var(--color-ink)",
        stroke: "var(--color-panel)",
        strokeWidth: 3,
        filter: ({ main }: Drawn) => main,
      }),
      Plot.text(ends, {
        x: "x",
        y: "y",
        text: "name",
        textAnchor: "end",
        dy: 9,
        lineAnchor: "top",
        fill: "var(--color-soft)",
        stroke: "var(--color-panel)",
        strokeWidth: 3,
        filter: ({ main }: Drawn) => !main,
      }),
      Plot.tip(
        points,
        Plot.pointer({
          x: "x",
          y: "y",
          title: ({ name, words }: Drawn) => `${name}\n${words}`,
          fill: "var(--color-panel)",
          stroke: "var(--color-line)",
        }),
      ),
    ],
  });
}
