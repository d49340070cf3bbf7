import { median } from "../lib/stats.ts";
import { contradictions } from "./consistency.ts";
import type { Estimate } from "./quality.ts";
import type { ReportEntry, ReportQuality, ReportSpeed } from "./report.ts";

export type VerdictFigure =
  | "bytes"
  | "bits"
  | "sums"
  | "nll"
  | "reference nll"
  | "kl"
  | "kl median"
  | "kl p95"
  | "kl p99"
  | "kl max"
  | "reverse kl"
  | "entropy"
  | "top1"
  | "top5"
  | "tasks"
  | "prefill"
  | "decode"
  | "shaders";

/** One figure of a report beside the same figure measured here. */
export interface Verdict {
  readonly setting: string;
  /** "sums" is what contradicts itself within the report. */
  readonly figure: VerdictFigure;
  /** "differs" is a figure that should be the same everywhere and is not; speeds and shaders are only noted. */
  readonly verdict: "same" | "differs" | "noted";
  readonly reported: string;
  readonly here: string;
  readonly note: string;
}

/** The same weights and text give the same NLL on every device but for the order of sums. */
const NLL_TOLERANCE = 1e-3;
/** Of the KL itself; and nats, below which KL is rounding. */
const KL_TOLERANCE = 0.02;
const KL_FLOOR = 1e-5;
/** A near tie may fall to either side: this share of the positions, and always two of them. */
const SHARE_TOLERANCE = 2e-3;
const TIES = 2;
/** Of the tolerances with rounded activations or caches where no interval is known: between two software adapters a fifth of the plain ones was used. */
const ROUNDED_SLACK = 5;

/**
 * Compares what was reported with what was measured here. Sizes are to be equal; NLL within 0.1 %, KL (mean, percentiles, reversed) and
 * entropy within 2 %, shares within 0.2 %; except with rounded activations or a rounded cache: a last bit that differs turns a code there and changes the
 * rest of the text, so that the reported interval is the bound, or five times the tolerance. Speed is a ratio, no verdict: devices differ.
 */
export function compareEntries(reported: ReportEntry, here: ReportEntry): Verdict[] {
  const { setting } = reported;
  return [
    ...sizeRows(reported, here),
    ...contradictions(reported).map(
      (phrase): Line => ["sums", "differs", "", "", `the report contradicts itself: ${phrase}`],
    ),
    ...(reported.quality ? qualityRows(setting, reported.quality, here.quality) : []),
    ...(reported.tasks ? [tasksRow(reported.tasks)] : []),
    ...(reported.speed && here.speed ? speedRows(reported.speed, here.speed) : []),
    ...(reported.kernels && here.kernels ? [shaderRow(reported.kernels, here.kernels)] : []),
  ].map(([figure, verdict, there, measured, note]) => ({
    setting,
    figure,
    verdict,
    reported: there,
    here: measured,
    note,
  }));
}

type Line = readonly [
  figure: VerdictFigure,
  verdict: Verdict["verdict"],
  reported: string,
  here: string,
  note: string,
];

function sizeRows(reported: ReportEntry, here: ReportEntry): Line[] {
  const names = Object.keys(here.bytes) as (keyof ReportEntry["bytes"])[];
  const parts = names.filter((name) => reported.bytes[name] !== here.bytes[name]);
  const bits = ({ bitsPerWeight, layerBitsPerWeight }: ReportEntry): string =>
    [bitsPerWeight, layerBitsPerWeight].map((value) => value.toPrecision(6)).join(", ");
  return [
    [
      "bytes",
      parts.length === 0 ? "same" : "differs",
      String(reported.bytes.total),
      String(here.bytes.total),
      parts.length === 0
        ? "of all weights and of each part of them, padding included"
        : `not the same: ${parts.join(", ")}`,
    ],
    [
      "bits",
      bits(reported) === bits(here) ? "same" : "differs",
      bits(reported),
      bits(here),
      "a weight: of all, and inside the layers",
    ],
  ];
}

function qualityRows(setting: string, reported: ReportQuality, here: ReportQuality | null): Line[] {
  if (!here) {
    return [["nll", "noted", `${reported.tokens} tokens`, "", "the reference is not scored again"]];
  }
  if (reported.tokens !== here.tokens) {
    const counts = [`${reported.tokens} tokens`, `${here.tokens} tokens`] as const;
    return [["nll", "differs", ...counts, "not the same part of the text was scored"]];
  }
  const rounded = /\+(a|kv)\d/.test(setting);
  const judge = (
    figure: VerdictFigure,
    [there, measured]: readonly [Estimate, Estimate],
    tolerance: number,
    unit: string,
  ): Line => {
    const { value, interval } = there;
    const wide = interval ? interval.high - interval.low : tolerance * ROUNDED_SLACK;
    const bound = rounded ? Math.max(wide, tolerance) : tolerance;
    const same = Math.abs(value - measured.value) <= bound;
    const figures = [value.toPrecision(5), measured.value.toPrecision(5)] as const;
    const note = `${unit}, ±${bound.toPrecision(2)} is the same`;
    return [figure, same ? "same" : "differs", ...figures, note];
  };
  /** Of a figure that reports did not always have. */
  const judgeIfBoth = (
    figure: VerdictFigure,
    there: Estimate | null,
    measured: Estimate | null,
    tolerance: number,
  ): Line[] =>
    there && measured ? [judge(figure, [there, measured], tolerance, "nats a token")] : [];
  const nll = (side: "reference" | "candidate") => [reported.nll[side], here.nll[side]] as const;
  const nllTolerance = (side: "reference" | "candidate") =>
    Math.abs(reported.nll[side].value) * NLL_TOLERANCE;
  const kl = (name: "median" | "p95" | "p99" | "max"): Line[] => {
    const [there, measured] = [reported.kl[name], here.kl[name]];
    if (there === null || measured === null) return [];
    return [judge(`kl ${name}`, [bare(there), bare(measured)], near(there), "nats")];
  };
  const near = (value: number): number => Math.abs(value) * KL_TOLERANCE + KL_FLOOR;
  const shares = Math.max(SHARE_TOLERANCE, TIES / Math.max(1, reported.tokens));
  const { reverseKl, entropyDifference } = reported;
  return [
    judge("nll", nll("candidate"), nllTolerance("candidate"), "nats a token"),
    judge("reference nll", nll("reference"), nllTolerance("reference"), "nats a token"),
    judge("kl", [reported.kl.mean, here.kl.mean], near(reported.kl.mean.value), "nats a token"),
    ...(["median", "p95", "p99", "max"] as const).flatMap(kl),
    ...judgeIfBoth("reverse kl", reverseKl, here.reverseKl, near(reverseKl?.value ?? 0)),
    ...judgeIfBoth(
      "entropy",
      entropyDifference,
      here.entropyDifference,
      // A difference of two entropies of some nats, which may be near 0.
      Math.max(near(entropyDifference?.value ?? 0), nllTolerance("candidate")),
    ),
    judge("top1", [reported.top1, here.top1], shares, "share with the same first choice"),
    judge("top5", [reported.top5, here.top5], shares, "shared of the likeliest five"),
  ];
}

/** Said, so that nobody takes them for verified. */
function tasksRow({ tasks }: NonNullable<ReportEntry["tasks"]>): Line {
  return ["tasks", "noted", String(tasks.length), "", "as reported: not asked again here"];
}

function bare(value: number): Estimate {
  return { value, interval: null };
}

function speedRows(reported: ReportSpeed, here: ReportSpeed): Line[] {
  const same = reported.promptTokens === here.promptTokens && reported.tokens === here.tokens;
  const lengths = same ? "" : "; not the same lengths";
  const rate = (figure: "prefill" | "decode", speed: ReportSpeed): number =>
    figure === "decode"
      ? 1000 / median(speed.decodeMs)
      : (1000 * speed.promptTokens) / median(speed.prefillMs);
  return (["prefill", "decode"] as const)
    .filter((figure) => [reported, here].every((speed) => speed[`${figure}Ms`].length > 0))
    .map((figure) => {
      const [there, measured] = [rate(figure, reported), rate(figure, here)];
      return [
        figure,
        "noted",
        there.toPrecision(4),
        measured.toPrecision(4),
        `tokens a second, ${(measured / there).toPrecision(3)} times as fast here${lengths}`,
      ];
    });
}

type Kernels = NonNullable<ReportEntry["kernels"]>;

function shaderRow(reported: Kernels, here: Kernels): Line {
  const hashes = new Set(here.map(({ wgslSha256 }) => wgslSha256));
  const labels = new Set(here.map(({ label }) => label));
  const unknown = reported.filter(({ wgslSha256 }) => !hashes.has(wgslSha256));
  const changed = new Set(unknown.flatMap(({ label }) => (labels.has(label) ? [label] : [])));
  const { length } = reported;
  const note =
    unknown.length === 0
      ? "every reported shader runs here, too"
      : changed.size > 0
        ? `different hash: ${[...changed].slice(0, 3).join(", ")}${changed.size > 3 ? " and others" : ""}; another version of the shader`
        : `${length - unknown.length} of ${length} reported shaders run here: other variants were chosen`;
  return ["shaders", "noted", String(length), String(here.length), note];
}
