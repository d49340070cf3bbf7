import { significant } from "./figures.ts";

export interface Tick {
  /** 0..1 along the axis. */
  readonly at: number;
  readonly label: string;
}

/** Where a value lies on an axis. */
export interface Scale {
  readonly ticks: readonly Tick[];
  /** 0..1; what lies beyond an end is put on that end. */
  at(value: number): number;
}

/** About so many ticks. */
const TICKS = 5;
/** Up to so many decades a logarithmic axis has ticks at 1, 2 and 5, above it at whole decades. */
const FINE_DECADES = 1.5;
/** What a logarithmic axis leaves between 0 and its first tick. */
const ZERO_GAP = 0.12;

/** From the round number below the least value to the one above the largest. */
export function linearScale(values: readonly number[]): Scale {
  let [low, high] = ends(values);
  if (low === high)
    [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  const step = roundUp((high - low) / TICKS);
  const first = Math.floor(low / step + 1e-9);
  const steps = Math.ceil(high / step - 1e-9) - first;
  const at = (value: number): number => clamp((value / step - first) / steps);
  const ticks = Array.from({ length: steps + 1 }, (_, index) => ({
    at: index / steps,
    label: tickLabel((first + index) * step),
  }));
  return { ticks, at };
}

/** 0 has no logarithm: where it occurs it is set apart at the low end. Linear if nothing is above 0. */
export function logScale(values: readonly number[]): Scale {
  const above = values.filter((value) => value > 0);
  if (above.length === 0) return linearScale(values);
  const [low, high] = ends(above);
  const marks = logMarks(low, high);
  const [bottom, top] = ends(marks.map(Math.log10));
  const floor = above.length < values.length ? ZERO_GAP : 0;
  const at = (value: number): number => {
    if (value <= 0) return 0;
    return floor + (1 - floor) * clamp((Math.log10(value) - bottom) / (top - bottom));
  };
  const zero = floor > 0 ? [{ at: 0, label: "0" }] : [];
  return {
    ticks: [...zero, ...marks.map((mark) => ({ at: at(mark), label: tickLabel(mark) }))],
    at,
  };
}

/** At least two, the first at or below `low`, the last at or above `high`. */
function logMarks(low: number, high: number): number[] {
  const decades = Math.log10(high) - Math.log10(low);
  const fine = decades <= FINE_DECADES;
  const every = fine ? 1 : Math.ceil(decades / TICKS);
  const from = Math.floor(Math.log10(low) / every) - 1;
  const to = Math.ceil(Math.log10(high) / every) + 1;
  const marks = Array.from({ length: to - from + 1 }, (_, index) => (from + index) * every).flatMap(
    (power) => (fine ? [1, 2, 5] : [1]).map((digit) => Number(`${digit}e${power}`)),
  );
  const first = marks.findLastIndex((mark) => mark <= low);
  const last = marks.findIndex((mark) => mark >= high);
  // One value that is a mark itself lies in the middle of its neighbours.
  return first === last ? marks.slice(first - 1, last + 2) : marks.slice(first, last + 1);
}

/** The next of 1, 2, 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = [1, 2, 5].find((digit) => digit * power >= value * (1 - 1e-9)) ?? 10;
  return digit * power;
}

function tickLabel(value: number): string {
  const size = Math.abs(value);
  // The margin has room for seven characters.
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    return Number(value.toPrecision(3)).toExponential();
  }
  // Steps of 250 over 10,000 need more than the three digits of a figure.
  return size >= 1000 ? String(Math.round(value)) : significant(value);
}

function ends(values: readonly number[]): [low: number, high: number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
