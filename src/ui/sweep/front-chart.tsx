import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import type { LabPoint } from "../../store/lab-points.ts";
import { megabytes, nats, perSecond } from "../figures.ts";
import { chartStyle, klAxis, powersAround } from "../parts/kl-axis.ts";
import { PlotFrame } from "../parts/plot-frame.tsx";

export type FrontAxis = "size" | "bits" | "speed" | "sizeSpeed";

interface FrontChartProps {
  readonly points: readonly LabPoint[];
  readonly axis: FrontAxis;
  readonly current: string;
  onChoose(setting: string): void;
}

interface Axis {
  readonly label: string;
  value(point: LabPoint): number;
  /** Ends of its spread, where it has one. */
  range?(point: LabPoint): readonly [low: number, high: number];
  write(point: LabPoint): string;
}

/** What a front is drawn of. */
interface Front {
  readonly x: Axis;
  readonly y: Axis;
  /** Powers of ten, as KL is read; otherwise from 0 up. */
  readonly logarithmic: boolean;
  onFront(point: LabPoint): boolean;
}

const kl: Axis = {
  label: "KL, nats",
  value: (point) => point.kl,
  range: ({ low, high, kl: value }) => [low > 0 ? low : value, high],
  write: (point) => `KL ${nats(point.kl)} (95 %: ${nats(point.low)} to ${nats(point.high)})`,
};

const size: Axis = {
  label: "MB",
  value: (point) => point.megabytes,
  write: (point) => `${megabytes(point.megabytes * 1e6)} MB`,
};

const bits: Axis = {
  label: "bits a weight",
  value: (point) => point.bitsPerWeight,
  write: (point) => `${point.bitsPerWeight.toFixed(2)} bits a weight`,
};

const speed: Axis = {
  label: "tokens a second",
  value: (point) => point.decode?.tokensPerSecond ?? Number.NaN,
  range: ({ decode }) =>
    decode ? [1000 / decode.p90Ms, 1000 / decode.p10Ms] : [Number.NaN, Number.NaN],
  write: ({ decode }) =>
    decode
      ? `${perSecond(decode.tokensPerSecond)} tokens/s (p10 to p90: ${perSecond(1000 / decode.p90Ms)} to ${perSecond(1000 / decode.p10Ms)})`
      : "",
};

const fronts: Readonly<Record<FrontAxis, Front>> = {
  size: { x: size, y: kl, logarithmic: true, onFront: ({ unbeaten }) => unbeaten.size },
  bits: { x: bits, y: kl, logarithmic: true, onFront: ({ unbeaten }) => unbeaten.bits },
  speed: { x: speed, y: kl, logarithmic: true, onFront: ({ unbeaten }) => unbeaten.speed },
  sizeSpeed: {
    x: speed,
    y: size,
    logarithmic: false,
    onFront: ({ unbeaten }) => unbeaten.sizeSpeed,
  },
};

export function FrontChart({ points, axis: name, current, onChoose }: FrontChartProps) {
  const front = fronts[name];
  const drawn = useCallback(
    (width: number) => {
      const placed = points.filter((point) => Number.isFinite(front.x.value(point)));
      return placed.length === 0 ? null : draw(placed, front, current, width);
    },
    [points, front, current],
  );
  const choose = useCallback(({ setting }: LabPoint) => onChoose(setting), [onChoose]);
  return (
    <PlotFrame
      label={describe(points, front)}
      className="min-h-72"
      draw={drawn}
      onChoose={choose}
    />
  );
}

function draw(
  points: readonly LabPoint[],
  kind: Front,
  current: string,
  width: number,
): ReturnType<typeof Plot.plot> {
  const x = kind.x.value;
  const y = kind.y.value;
  const front = points.filter(kind.onFront).toSorted((a, b) => x(a) - x(b));
  const isFront = (point: LabPoint) => front.includes(point);
  const isCurrent = ({ setting }: LabPoint) => setting === current;
  const stroke = (point: LabPoint) =>
    isFront(point) || isCurrent(point) ? "var(--color-accent)" : "var(--color-faint)";
  const most = Math.max(...points.map((point) => kind.x.range?.(point)[1] ?? x(point)));
  const powers = kind.logarithmic ? powersAround(points) : null;
  const grid = { stroke: "var(--color-line)", strokeOpacity: 1, strokeDasharray: "2 4" };
  return Plot.plot({
    width,
    height: Math.min(420, Math.max(288, width * 0.42)),
    marginLeft: 50,
    marginRight: 24,
    marginTop: 24,
    marginBottom: 36,
    style: chartStyle,
    x: { label: kind.x.label, domain: [0, most * 1.1], ticks: 6, tickSize: 0 },
    y: powers
      ? klAxis(powers)
      : { label: kind.y.label, labelAnchor: "top", zero: true, nice: true, ticks: 6, tickSize: 0 },
    marks: [
      powers ? Plot.gridY(powers, grid) : Plot.gridY(grid),
      Plot.line(front, { x, y, stroke: "var(--color-accent)", strokeWidth: 1.5 }),
      ...errorBars(points, kind, stroke),
      Plot.dot(points, {
        x,
        y,
        r: (point: LabPoint) => (isCurrent(point) ? 6 : isFront(point) ? 5 : 4),
        fill: (point: LabPoint) =>
          isCurrent(point) ? "var(--color-accent)" : "var(--color-panel)",
        stroke,
        strokeWidth: 1.8,
      }),
      Plot.text(spaced(front, kind, most), {
        x,
        y,
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
          y,
          title: (point: LabPoint) =>
            `${point.setting}\n${kind.x.write(point)}\n${kind.y.write(point)}`,
          fill: "var(--color-panel)",
          stroke: "var(--color-line)",
        }),
      ),
    ],
  });
}

/** Where a figure has a spread, its ends: upright for what stands upwards, lying for what lies to the right. */
function errorBars(
  points: readonly LabPoint[],
  { x, y }: Front,
  stroke: (point: LabPoint) => string,
): Plot.Markish[] {
  const look = { stroke, strokeWidth: 1.2 };
  const end = (axis: Axis, at: 0 | 1) => (point: LabPoint) => axis.range?.(point)[at] ?? Number.NaN;
  return [
    ...(y.range ? [Plot.ruleX(points, { x: x.value, y1: end(y, 0), y2: end(y, 1), ...look })] : []),
    ...(x.range ? [Plot.ruleY(points, { y: y.value, x1: end(x, 0), x2: end(x, 1), ...look })] : []),
  ];
}

/** Names that would cover each other stay out; the pointer and the table still tell them. */
function spaced(
  front: readonly LabPoint[],
  { x, y, logarithmic }: Front,
  most: number,
): LabPoint[] {
  const tallest = Math.max(...front.map(y.value));
  const apart = (a: LabPoint, b: LabPoint): boolean =>
    logarithmic
      ? Math.abs(Math.log(y.value(a) / y.value(b))) > 0.45
      : Math.abs(y.value(a) - y.value(b)) > tallest / 14;
  const kept: LabPoint[] = [];
  for (const point of front) {
    const clear = kept.every(
      (other) => apart(point, other) || Math.abs(x.value(point) - x.value(other)) > most / 5,
    );
    if (clear) kept.push(point);
  }
  return kept;
}

function describe(points: readonly LabPoint[], { x, y, onFront }: Front): string {
  const words = points.map(
    (point) =>
      `${point.setting}: ${x.write(point)}, ${y.write(point)}${onFront(point) ? ", unbeaten" : ""}`,
  );
  return `${y.label} against ${x.label} of the settings of this sweep. ${words.join("; ")}.`;
}
