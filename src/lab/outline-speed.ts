import { fixed, megabytes, percent, significant, thousands } from "./figures.ts";
import type { Block, Section, Words } from "./outline.ts";
import type { ReportEntry, ReportSpeed } from "./report.ts";
import { type Timing, timing } from "./speed.ts";

type Measured = { readonly setting: string; readonly speed: ReportSpeed };

/** How the repeats ended, what a first run cost and what each asked of the GPU; nothing where a report does not say. */
export function speedDetails(settings: readonly ReportEntry[]): Block[] {
  const measured = measuredOf(settings).filter(
    ({ speed }) => speed.stopped || speed.cold || speed.counters,
  );
  if (measured.length === 0) return [];
  const head = ["setting", "repeats ended", "order", "cold prefill ms", "cold ms a token"];
  const gpu = ["submits", "dispatches", "bytes read back", "live MB", "peak MB"];
  return [
    {
      kind: "words",
      words: [
        "Cold is the first run of a setting under which nothing had run; it is not among the repeats. Counts are of one repeat: prompt and first token + all tokens after it.",
      ],
    },
    {
      kind: "table",
      head: [...head, ...gpu],
      rows: measured.map(({ setting, speed }) => [
        [{ code: setting }],
        ...detailCells(speed).map((cell) => [cell]),
      ]),
    },
  ];
}

function detailCells({ stopped, order, cold, counters }: ReportSpeed): string[] {
  const both = (pick: "submits" | "dispatches" | "readbackBytes"): string =>
    counters ? `${thousands(counters.prefill[pick])} + ${thousands(counters.decode[pick])}` : "";
  return [
    stopped ? endedWords(stopped) : "",
    order ?? "",
    cold ? fixed(cold.prefillMs, 1) : "",
    cold ? significant(cold.decodeMs) : "",
    both("submits"),
    both("dispatches"),
    both("readbackBytes"),
    counters ? megabytes(counters.liveBytes) : "",
    counters ? megabytes(counters.peakBytes) : "",
  ];
}

function endedWords({ because, mostRepeats, mostMs }: NonNullable<ReportSpeed["stopped"]>): string {
  if (because === "steady") return because;
  const bound = because === "repeats" ? `${mostRepeats} repeats` : `${fixed(mostMs / 1000, 1)} s`;
  return `not steady after ${bound}`;
}

/** A section for each setting that has curves. */
export function curveSections(settings: readonly ReportEntry[]): Section[] {
  return measuredOf(settings).flatMap(({ setting, speed }) => {
    const byPosition = (speed.byPosition ?? []).filter(({ decodeMs }) => decodeMs.length > 0);
    const byTokens = (speed.prefillByTokens ?? []).filter(({ prefillMs }) => prefillMs.length > 0);
    if (byPosition.length + byTokens.length === 0) return [];
    const blocks: Block[] = [
      {
        kind: "table",
        head: ["position", "ms a token", "p10", "p90", "spread", "repeats"],
        rows: byPosition.map(({ position, decodeMs }) => {
          const time = timing(decodeMs, 1);
          return row(position, [significant(time.medianMs)], time);
        }),
      },
      {
        kind: "table",
        head: ["tokens of the prompt", "tokens/s", "ms", "p10", "p90", "spread", "repeats"],
        rows: byTokens.map(({ tokens, prefillMs }) => {
          const time = timing(prefillMs, tokens);
          return row(tokens, [fixed(time.tokensPerSecond, 1), significant(time.medianMs)], time);
        }),
      },
    ];
    return [{ title: ["Speed by position and prompt: ", { code: setting }], blocks }];
  });
}

function row(at: number, figures: readonly string[], time: Timing): Words[] {
  const ends = [significant(time.p10Ms), significant(time.p90Ms), percent(time.spread)];
  return [thousands(at), ...figures, ...ends, String(time.samples)].map((cell) => [cell]);
}

function measuredOf(settings: readonly ReportEntry[]): Measured[] {
  return settings.flatMap(({ setting, speed }) => (speed ? [{ setting, speed }] : []));
}
