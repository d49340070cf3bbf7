import { median } from "../lib/stats.ts";
import type { ReportEntry, ReportQuality, ReportSpeed } from "./report.ts";

/** One figure of a report beside the same figure measured here. */
export interface Verdict {
  readonly setting: string;
  readonly figure: "bytes" | "nll" | "kl" | "prefill" | "decode" | "shaders";
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

/**
 * Compares what was reported with what was measured here. Sizes are to be equal; NLL within 0.1 % and KL within 2 %, except with
 * rounded activations: a last bit that differs turns a code there and changes the rest of the text, so that the reported
 * interval is the bound. Speed is a ratio, no verdict: devices differ.
 */
export function compareEntries(reported: ReportEntry, here: ReportEntry): Verdict[] {
  const row = (
    figure: Verdict["figure"],
    verdict: Verdict["verdict"],
    [there, measured]: readonly [string, string],
    note: string,
  ): Verdict => ({
    setting: reported.setting,
    figure,
    verdict,
    reported: there,
    here: measured,
    note,
  });
  const { total } = reported.bytes;
  const verdicts = [
    row(
      "bytes",
      total === here.bytes.total ? "same" : "differs",
      [String(total), String(here.bytes.total)],
      "of all weights, padding included",
    ),
  ];
  if (reported.quality && here.quality) {
    verdicts.push(...qualityRows(reported.setting, reported.quality, here.quality, row));
  }
  if (reported.speed && here.speed) verdicts.push(...speedRows(reported.speed, here.speed, row));
  if (reported.kernels && here.kernels) {
    const hashes = new Set(here.kernels.map(({ wgslSha256 }) => wgslSha256));
    const known = reported.kernels.filter(({ wgslSha256 }) => hashes.has(wgslSha256)).length;
    const { length } = reported.kernels;
    verdicts.push(
      row(
        "shaders",
        "noted",
        [`${length}`, `${here.kernels.length}`],
        known === length
          ? "every reported shader runs here, too"
          : `${known} of ${length} reported shaders run here: another version, or other variants`,
      ),
    );
  }
  return verdicts;
}

type Row = (
  figure: Verdict["figure"],
  verdict: Verdict["verdict"],
  values: readonly [string, string],
  note: string,
) => Verdict;

function qualityRows(
  setting: string,
  reported: ReportQuality,
  here: ReportQuality,
  row: Row,
): Verdict[] {
  if (reported.tokens !== here.tokens) {
    const counts = [`${reported.tokens} tokens`, `${here.tokens} tokens`] as const;
    return [row("nll", "differs", counts, "not the same part of the text was scored")];
  }
  const rounded = /\+a\d/.test(setting);
  const nll = [reported.nll.candidate, here.nll.candidate] as const;
  const kl = [reported.kl.mean, here.kl.mean] as const;
  const allowed = (value: number, interval: { low: number; high: number } | null, share: number) =>
    rounded && interval ? interval.high - interval.low : value * share;
  const bounds = {
    nll: allowed(nll[0].value, nll[0].interval, NLL_TOLERANCE),
    kl: allowed(kl[0].value, kl[0].interval, KL_TOLERANCE) + KL_FLOOR,
  };
  const judge = (figure: "nll" | "kl", [there, measured]: readonly [number, number]): Verdict =>
    row(
      figure,
      Math.abs(there - measured) <= bounds[figure] ? "same" : "differs",
      [there.toPrecision(5), measured.toPrecision(5)],
      `nats a token, ±${bounds[figure].toPrecision(2)} is the same`,
    );
  return [judge("nll", [nll[0].value, nll[1].value]), judge("kl", [kl[0].value, kl[1].value])];
}

function speedRows(reported: ReportSpeed, here: ReportSpeed, row: Row): Verdict[] {
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
      return row(
        figure,
        "noted",
        [there.toPrecision(4), measured.toPrecision(4)],
        `tokens a second, ${(measured / there).toPrecision(3)} times as fast here${lengths}`,
      );
    });
}
