import { fixed, megabytes, significant } from "./figures.ts";
import { decodeTiming, meanKl, protocolOf } from "./measured.ts";
import { paretoFront } from "./pareto.ts";
import type { Report, ReportEntry } from "./report.ts";
import { roofCharts } from "./roof-chart.ts";
import { linearScale, logScale } from "./scale.ts";
import { type Axis, type Ends, type Point, scatter } from "./svg.ts";

export interface Chart {
  readonly svg: string;
  /** What its marks mean, for those who see it. */
  readonly caption: string;
}

interface Figure {
  readonly value: number;
  readonly ends: Ends | null;
  readonly text: string;
}

interface Row {
  readonly setting: string;
  readonly kl: Figure;
  readonly size: Figure;
  readonly rate: Figure | null;
}

/** No figure of a model comes near it; what does is a mistake and would squash the others. */
const LARGEST = 1e12;
const LEAST = 1e-12;
/** Settings named in a title; more would not be listened to. */
const NAMED = 6;

/** KL against size, and speed against KL; one that would have fewer than two points is left out. */
export function chartsOf(report: Report): Chart[] {
  const { rows, elsewhere } = rowsOf(report);
  const left =
    elsewhere > 0
      ? ` ${elsewhere} ${elsewhere === 1 ? "setting" : "settings"} measured on another text or with other windows: not drawn.`
      : "";
  return [...sizeChart(rows, left), ...speedChart(rows, left), ...roofCharts(report)];
}

function sizeChart(rows: readonly Row[], left: string): Chart[] {
  const front = paretoFront(
    rows.map(({ size, kl }) => [size.value, kl.value]),
    ["least", "least"],
  );
  const points = rows.map(({ setting, size, kl }, at) =>
    point(setting, size, kl, front[at] ?? false),
  );
  return drawn({
    id: "kl-size",
    words: "Mean KL to the reference in nats a token against size in megabytes",
    // Sizes are told apart by ratios: half the bits are half the bytes.
    x: { title: "megabytes", scale: logScale(values(points, "x")) },
    y: klAxis(values(points, "y", "yEnds")),
    points,
    caption: `Filled and joined: nothing has both less KL and fewer bytes. Bars: intervals of KL.${left}`,
  });
}

function speedChart(rows: readonly Row[], left: string): Chart[] {
  const timed = rows.flatMap((row) => (row.rate ? [{ ...row, rate: row.rate }] : []));
  const front = paretoFront(
    timed.map(({ rate, kl }) => [rate.value, kl.value]),
    ["most", "least"],
  );
  const points = timed.map(({ setting, kl, rate }, at) =>
    point(setting, kl, rate, front[at] ?? false),
  );
  return drawn({
    id: "speed-kl",
    words: "Decoding speed in tokens a second against mean KL to the reference in nats a token",
    x: klAxis(values(points, "x", "xEnds")),
    y: { title: "decode, tokens/s", scale: linearScale(values(points, "y", "yEnds")) },
    points,
    caption: `Filled and joined: nothing has both less KL and more tokens a second. Bars: intervals of KL, and from the 10th to the 90th percentile of the repeats.${left}`,
  });
}

/** The reference is drawn with the KL of 0 that it has to itself. One text and window alone: KL of others is another figure. */
function rowsOf({ settings }: Report): { rows: Row[]; elsewhere: number } {
  const scored = settings.flatMap(({ quality }) => (quality ? [protocolOf(quality)] : []));
  const [first] = scored;
  if (first === undefined) return { rows: [], elsewhere: 0 };
  const rows = settings
    .filter(({ quality }) => !quality || protocolOf(quality) === first)
    .flatMap(rowOf);
  return { rows, elsewhere: scored.filter((protocol) => protocol !== first).length };
}

function rowOf(entry: ReportEntry): Row[] {
  const kl = meanKl(entry);
  if (!kl || !drawable(kl.value) || !drawable(entry.bytes.total)) return [];
  const decode = decodeTiming(entry);
  const rate = decode && {
    value: decode.tokensPerSecond,
    ends: endsOf(1000 / decode.p90Ms, 1000 / decode.p10Ms),
    text: `${fixed(decode.tokensPerSecond, 1)} tokens/s`,
  };
  return [
    {
      setting: entry.setting,
      kl: {
        value: kl.value,
        ends: kl.interval && endsOf(kl.interval.low, kl.interval.high),
        text: `KL ${significant(kl.value)}`,
      },
      size: {
        value: entry.bytes.total / 1e6,
        ends: null,
        text: `${megabytes(entry.bytes.total)} MB`,
      },
      rate: rate && drawable(rate.value) ? rate : null,
    },
  ];
}

function endsOf(low: number, high: number): Ends | null {
  return drawable(low) && drawable(high) ? { low, high } : null;
}

function drawable(value: number): boolean {
  return value === 0 || (Math.abs(value) >= LEAST && Math.abs(value) <= LARGEST);
}

function point(label: string, x: Figure, y: Figure, front: boolean): Point {
  return {
    label,
    hint: `${label}: ${x.text}, ${y.text}`,
    x: x.value,
    y: y.value,
    xEnds: x.ends,
    yEnds: y.ends,
    front,
  };
}

/** Logarithmic: KL spans decades from eight bits to two. */
function klAxis(kl: readonly number[]): Axis {
  return { title: "KL, nats a token", scale: logScale(kl) };
}

/** An interval may reach below 0; a logarithmic axis is not to be stretched for it. */
function values(points: readonly Point[], axis: "x" | "y", bars?: "xEnds" | "yEnds"): number[] {
  return points.flatMap((point) => {
    const value = point[axis];
    const ends = bars && point[bars];
    return ends ? [value, Math.max(ends.low, value / 10), ends.high] : [value];
  });
}

function drawn(chart: {
  id: string;
  words: string;
  x: Axis;
  y: Axis;
  points: readonly Point[];
  caption: string;
}): Chart[] {
  const { id, words, x, y, points, caption } = chart;
  if (points.length < 2) return [];
  const title = `${words} for ${points.length} settings; ${unbeaten(points)}.`;
  return [{ svg: scatter({ id, title, x, y, points }), caption }];
}

function unbeaten(points: readonly Point[]): string {
  const names = points.filter(({ front }) => front).map(({ label }) => label);
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `nothing beats ${names.slice(0, NAMED).join(", ")}${more}`;
}
