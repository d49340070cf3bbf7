import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { megabytes, nats } from "../figures.ts";
import { chartStyle, klAxis, powersAround } from "../parts/kl-axis.ts";
import { PlotFrame } from "../parts/plot-frame.tsx";

export interface ChartPoint {
  readonly setting: string;
  readonly megabytes: number;
  readonly kl: number;
  /** 95 % interval of the KL. */
  readonly low: number;
  readonly high: number;
  readonly current: boolean;
}

interface QualityChartProps {
  readonly points: readonly ChartPoint[];
  onChoose(setting: string): void;
}

export function QualityChart({ points, onChoose }: QualityChartProps) {
  const drawn = useCallback((width: number) => draw(points, width), [points]);
  const choose = useCallback(({ setting }: ChartPoint) => onChoose(setting), [onChoose]);
  return <PlotFrame label={describe(points)} className="min-h-56" draw={drawn} onChoose={choose} />;
}

function draw(points: readonly ChartPoint[], width: number): ReturnType<typeof Plot.plot> {
  const best = frontier(points);
  const widest = Math.max(...points.map((point) => point.megabytes));
  const powers = powersAround(points);
  const names = labelled(points, best);
  const stroke = (point: ChartPoint) =>
    best.includes(point) || point.current ? "var(--color-accent)" : "var(--color-faint)";
  return Plot.plot({
    width,
    height: 224,
    marginLeft: 46,
    marginRight: 18,
    marginTop: 20,
    marginBottom: 34,
    style: chartStyle,
    x: { label: "MB", domain: [0, widest * 1.1], ticks: 5, tickSize: 0 },
    y: klAxis(powers),
    marks: [
      Plot.gridY(powers, {
        stroke: "var(--color-line)",
        strokeOpacity: 1,
        strokeDasharray: "2 4",
      }),
      Plot.line(best, {
        x: "megabytes",
        y: "kl",
        stroke: "var(--color-accent)",
        strokeWidth: 1.5,
        strokeDasharray: "3 3",
      }),
      Plot.ruleX(points, { x: "megabytes", y1: "low", y2: "high", stroke, strokeWidth: 1.2 }),
      Plot.dot(points, {
        x: "megabytes",
        y: "kl",
        r: (point: ChartPoint) => (point.current ? 6 : 4.5),
        fill: (point: ChartPoint) => (point.current ? "var(--color-accent)" : "var(--color-panel)"),
        stroke,
        strokeWidth: 1.8,
      }),
      ...[false, true].map((left) =>
        Plot.text(
          // A name stands on the side that has room for it.
          names.filter((point) => point.megabytes > widest * 0.55 === left),
          {
            x: "megabytes",
            y: "kl",
            text: "setting",
            dx: left ? -9 : 9,
            dy: -7,
            textAnchor: left ? "end" : "start",
            lineWidth: 13,
            textOverflow: "ellipsis",
            fill: (point: ChartPoint) => (point.current ? "var(--color-ink)" : "var(--color-soft)"),
            stroke: "var(--color-panel)",
            strokeWidth: 3,
          },
        ),
      ),
      Plot.tip(
        points,
        Plot.pointer({
          x: "megabytes",
          y: "kl",
          title: ({ setting, megabytes: size, kl }: ChartPoint) =>
            `${setting}\n${megabytes(size * 1e6)} MB, KL ${nats(kl)}`,
          fill: "var(--color-panel)",
          stroke: "var(--color-line)",
        }),
      ),
    ],
  });
}

/** Settings that no other beats in both size and KL, from small to large. */
function frontier(points: readonly ChartPoint[]): ChartPoint[] {
  const sorted = points.toSorted((a, b) => a.megabytes - b.megabytes || a.kl - b.kl);
  let least = Number.POSITIVE_INFINITY;
  return sorted.filter(({ kl }) => {
    if (kl >= least) return false;
    least = kl;
    return true;
  });
}

/** Names that would cover each other stay out; the pointer still tells them. */
function labelled(points: readonly ChartPoint[], best: readonly ChartPoint[]): ChartPoint[] {
  const current = points.filter((point) => point.current);
  const clear = (point: ChartPoint, others: readonly ChartPoint[]) =>
    others.every(
      (other) =>
        Math.abs(Math.log(point.kl / other.kl)) > 0.5 ||
        Math.abs(point.megabytes - other.megabytes) > 3,
    );
  const kept = [...current];
  for (const point of best) if (!point.current && clear(point, kept)) kept.push(point);
  return kept;
}

function describe(points: readonly ChartPoint[]): string {
  const words = points.map(
    ({ setting, megabytes: size, kl }) => `${setting}: ${megabytes(size * 1e6)} MB, KL ${nats(kl)}`,
  );
  return `Size and KL of the settings measured in this session. ${words.join("; ")}.`;
}
