import { escapeHtml } from "./escape.ts";
import { type Box, placeLabels } from "./labels.ts";
import type { Scale } from "./scale.ts";

export interface Axis {
  readonly title: string;
  readonly scale: Scale;
}

export interface Ends {
  readonly low: number;
  readonly high: number;
}

export interface Point {
  readonly label: string;
  /** Said by the point itself when it is pointed at. */
  readonly hint: string;
  readonly x: number;
  readonly y: number;
  /** Drawn as bars; null where no interval is known. */
  readonly xEnds: Ends | null;
  readonly yEnds: Ends | null;
  /** Filled and joined by the line. */
  readonly front: boolean;
}

export interface Scatter {
  /** Unique in the document. */
  readonly id: string;
  /** The chart in a sentence, for those who do not see it. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly Point[];
  /** Straight lines behind the points, as the scales have them. */
  readonly lines?: readonly Line[];
}

export interface Line {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** Stands at the line's right end. */
  readonly label: string;
}

/** Units of the view box: one is about a pixel on a phone. */
const WIDTH = 380;
const HEIGHT = 300;
const PLOT: Box = { x: 46, y: 24, width: 322, height: 232 };
const RADIUS = 3.5;
/** Half of the stroke that ends a bar. */
const CAP = 2.5;
const LABEL_HEIGHT = 11;
/** Of a monospaced character at the size that the style gives labels. */
const LABEL_CHARACTER = 5.5;
const LABEL_MOST = 26;

/** Points in a plane, with bars for what is uncertain and a line along the front. Colours come from the page's style. */
export function scatter({ id, title, x, y, points, lines = [] }: Scatter): string {
  // Where room is short the front matters most, and points near the sides have the least of it.
  const aside = (place: Placed): number => Math.abs(place.x - (PLOT.x + PLOT.width / 2));
  const places = points
    .map((point) => place(point, x.scale, y.scale))
    .toSorted((a, b) => Number(b.point.front) - Number(a.point.front) || aside(b) - aside(a));
  const name = escapeHtml(id);
  return [
    `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${name}-title">`,
    `<title id="${name}-title">${escapeHtml(title)}</title>`,
    ...x.scale.ticks.map(xTick),
    ...y.scale.ticks.map(yTick),
    text("axis", PLOT.x + PLOT.width, HEIGHT - 6, x.title, "end"),
    text("axis", 4, 12, y.title),
    ...lines.map((line) => straight(line, x.scale, y.scale)),
    frontLine(places),
    ...places.map(mark),
    ...labels(places),
    "</svg>",
  ].join("\n");
}

interface Placed {
  readonly point: Point;
  readonly x: number;
  readonly y: number;
  /** The bars' ends in the plane. */
  readonly across: Ends | null;
  readonly along: Ends | null;
}

function place(point: Point, xScale: Scale, yScale: Scale): Placed {
  const { xEnds, yEnds } = point;
  const left = (value: number): number => PLOT.x + xScale.at(value) * PLOT.width;
  const top = (value: number): number => PLOT.y + (1 - yScale.at(value)) * PLOT.height;
  return {
    point,
    x: left(point.x),
    y: top(point.y),
    across: xEnds && { low: left(xEnds.low), high: left(xEnds.high) },
    along: yEnds && { low: top(yEnds.low), high: top(yEnds.high) },
  };
}

function xTick({ at, label }: { at: number; label: string }): string {
  const x = PLOT.x + at * PLOT.width;
  const bottom = PLOT.y + PLOT.height;
  const line = path("grid", `M${round(x)} ${PLOT.y}V${bottom}`);
  return line + text("tick", x, bottom + 14, label, "middle");
}

function yTick({ at, label }: { at: number; label: string }): string {
  const y = PLOT.y + (1 - at) * PLOT.height;
  const line = path("grid", `M${PLOT.x} ${round(y)}H${PLOT.x + PLOT.width}`);
  return line + text("tick", PLOT.x - 5, y + 3.5, label, "end");
}

function straight({ from, to, label }: Line, xScale: Scale, yScale: Scale): string {
  const at = ([x, y]: Line["from"]): [number, number] => [
    round(PLOT.x + xScale.at(x) * PLOT.width),
    round(PLOT.y + (1 - yScale.at(y)) * PLOT.height),
  ];
  const [start, end] = [at(from), at(to)];
  const name = label === "" ? "" : text("axis", end[0], end[1] - 4, label, "end");
  return path("roof", `M${start.join(" ")}L${end.join(" ")}`) + name;
}

function frontLine(places: readonly Placed[]): string {
  const corners = places
    .filter(({ point }) => point.front)
    .toSorted((a, b) => a.x - b.x || a.y - b.y)
    .map(({ x, y }) => `${round(x)} ${round(y)}`);
  return corners.length > 1 ? path("front-line", `M${corners.join("L")}`) : "";
}

function mark({ point, x, y, across, along }: Placed): string {
  const [left, top] = [round(x), round(y)];
  const bars = [
    ...(across
      ? [
          `M${round(across.low)} ${top}H${round(across.high)}`,
          ...[across.low, across.high].map((end) => `M${round(end)} ${round(y - CAP)}v${2 * CAP}`),
        ]
      : []),
    ...(along
      ? [
          `M${left} ${round(along.low)}V${round(along.high)}`,
          ...[along.low, along.high].map((end) => `M${round(x - CAP)} ${round(end)}h${2 * CAP}`),
        ]
      : []),
  ].join("");
  return [
    `<g class="${point.front ? "point front" : "point"}"><title>${escapeHtml(point.hint)}</title>`,
    bars === "" ? "" : path("bar", bars),
    `<circle cx="${left}" cy="${top}" r="${RADIUS}"/></g>`,
  ].join("");
}

function labels(places: readonly Placed[]): string[] {
  const wanted = places.map(({ point, x, y }) => {
    const label = shortened(point.label);
    return { label, x, y, width: label.length * LABEL_CHARACTER, height: LABEL_HEIGHT };
  });
  return placeLabels(wanted, PLOT).map((box, at) => {
    const label = wanted[at]?.label ?? "";
    return box ? text("label", box.x, box.y + LABEL_HEIGHT - 2.5, label) : "";
  });
}

/** By whole characters, so that none is cut in two. */
function shortened(label: string): string {
  const characters = [...label];
  if (characters.length <= LABEL_MOST) return label;
  return `${characters.slice(0, LABEL_MOST - 1).join("")}…`;
}

function path(style: string, d: string): string {
  return `<path class="${style}" d="${d}"/>`;
}

function text(style: string, x: number, y: number, words: string, anchor = "start"): string {
  return `<text class="${style}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeHtml(words)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
