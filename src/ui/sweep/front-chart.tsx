import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import type { LabPoint } from "../../store/lab-points.ts";
import { megabytes, nats, perSecond } from "../figures.ts";
import { chartStyle, klAxis, powersAround } from "../parts/kl-axis.ts";
import { PlotFrame } from "../parts/plot-frame.tsx";

export type FrontAxis = "size" | "bits" | "speed";

interface FrontChartProps {
  readonly points: readonly LabPoint[];
  readonly axis: FrontAxis;
  readonly current: string;
  onChoose(setting: string): void;
}

interface Axis {
  readonly label: string;
  value(point: LabPoint): number;
  write(point: LabPoint): string;
  onFront(point: LabPoint): boolean;
}

const axes: Readonly<Record<FrontAxis, Axis>> = {
  size: {
    label: "MB",
    value: (point) => point.megabytes,
    write: (point) => `${megabytes(point.megabytes * 1e6)} MB`,
    onFront: ({ unbeaten }) => unbeaten.size,
  },
  bits: {
    label: "bits a weight",
    value: (point) => point.bitsPerWeight,
    write: (point) => `${point.bitsPerWeight.toFixed(2)} bits a weight`,
    onFront: ({ unbeaten }) => unbeaten.size,
  },
  speed: {
    label: "tokens a second",
    value: (point) => point.decode?.tokensPerSecond ?? Number.NaN,
    write: (point) => (point.decode ? `${perSecond(point.decode.tokensPerSecond)} tokens/s` : ""),
    onFront: ({ unbeaten }) => unbeaten.speed,
  },
};

export function FrontChart({ points, axis: name, current, onChoose }: FrontChartProps) {
  const axis = axes[name];
  const drawn = useCallback(
    (width: number) => {
      const placed = points.filter((point) => Number.isFinite(axis.value(point)));
      return placed.length === 0 ? null : draw(placed, axis, current, width);
    },
    [points, axis, current],
  );
  const choose = useCallback(({ setting }: LabPoint) => onChoose(setting), [onChoose]);
  return (
    <PlotFrame label={describe(points, axis)} className="min-h-72" draw={drawn} onChoose={choose} />
  );
}

function draw(
  points: readonly LabPoint[],
  axis: Axis,
  current: string,
  width: number,
): ReturnType<typeof Plot.plot> {
  const x = axis.value;
  const front = points.filter(axis.onFront).toSorted((a, b) => x(a) - x(b));
  const isFront = (point: LabPoint) => front.includes(point);
  const isCurrent = ({ setting }: LabPoint) => setting === current;
  const stroke = (point: LabPoint) =>
    isFront(point) || isCurrent(point) ? "var(--color-accent)" : "var(--color-faint)";
  const powers = powersAround(points);
  const most = Math.max(...points.map(x));
  return Plot.plot({
    width,
    height: Math.min(420, Math.max(288, width * 0.42)),
    marginLeft: 50,
    marginRight: 24,
    marginTop: 20,
    marginBottom: 36,
    style: chartStyle,
    x: { label: axis.label, domain: [0, most * 1.1], ticks: 6, tickSize: 0 },
    y: klAxis(powers),
    marks: [
      Plot.gridY(powers, { stroke: "var(--color-line)", strokeOpacity: 1, strokeDasharray: "2 4" }),
      Plot.line(front, { x, y: "kl", stroke: "var(--color-accent)", strokeWidth: 1.5 }),
      Plot.ruleX(points, { x, y1: "low", y2: "high", stroke, strokeWidth: 1.2 }),
      Plot.dot(points, {
        x,
        y: "kl",
        r: (point: LabPoint) => (isCurrent(point) ? 6 : isFront(point) ? 5 : 4),
        fill: (point: LabPoint) =>
          isCurrent(point) ? "var(--color-accent)" : "var(--color-panel)",
        stroke,
        strokeWidth: 1.8,
      }),
      Plot.text(spaced(front, x, most), {
        x,
        y: "kl",
        text: "setting",
        dx: 9,
        dy: -8,
        textAnchor: "start",
        fill: "var(--color-ink)",
        stroke: "var(--color-panel)",
        strokeWidth: 3,
      }),
      Plot.tip(
        points,
        Plot.pointer({
          x,
          y: "kl",
          title: (point: LabPoint) =>
            `${point.setting}\n${axis.write(point)}\nKL ${nats(point.kl)} (${nats(point.low)} to ${nats(point.high)})`,
          fill: "var(--color-panel)",
          stroke: "var(--color-line)",
        }),
      ),
    ],
  });
}

/** Names that would cover each other stay out; the pointer and the table still tell them. */
function spaced(
  front: readonly LabPoint[],
  x: (point: LabPoint) => number,
  most: number,
): LabPoint[] {
  const kept: LabPoint[] = [];
  for (const point of front) {
    const clear = kept.every(
      (other) =>
        Math.abs(Math.log(point.kl / other.kl)) > 0.45 || Math.abs(x(point) - x(other)) > most / 5,
    );
    if (clear) kept.push(point);
  }
  return kept;
}

function describe(points: readonly LabPoint[], axis: Axis): string {
  const words = points.map(
    (point) =>
      `${point.setting}: ${axis.write(point)}, KL ${nats(point.kl)}${axis.onFront(point) ? ", unbeaten" : ""}`,
  );
  return `KL against ${axis.label} of the settings of this sweep. ${words.join("; ")}.`;
}
