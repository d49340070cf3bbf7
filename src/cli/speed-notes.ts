import type { Curves } from "../lab/curves.ts";
import type { SpeedSummary } from "../lab/speed.ts";
import { count, digits, megabytes, spread } from "./format.ts";
import { table } from "./table.ts";

interface Noted {
  readonly setting: string;
  readonly speed: SpeedSummary;
  readonly ended: string;
}

/** A line for each setting: how its repeats ended, what its first run cost, and what a repeat asked of the GPU. */
export function speedNotes(rows: readonly Noted[]): string {
  const lines = rows.map(({ setting, speed, ended }) => {
    const { cold, counters } = speed;
    const words = [
      ended,
      ...(cold
        ? [`cold ${digits(cold.prefillMs)} ms prefill, ${digits(cold.decodeMs)} ms a token`]
        : []),
      ...(counters
        ? [
            `${count(counters.prefill.submits)} submits and ${count(counters.prefill.dispatches)} dispatches for the prompt`,
            `${count(counters.decode.submits)} and ${count(counters.decode.dispatches)} for the rest`,
            `${count(counters.prefill.readbackBytes + counters.decode.readbackBytes)} bytes read back`,
            `${megabytes(counters.liveBytes)} on the GPU, ${megabytes(counters.peakBytes)} at most`,
          ]
        : []),
    ];
    return `${setting}: ${words.join("; ")}\n`;
  });
  return lines.join("");
}

/** Speed against position and against the prompt's length, as tables. */
export function curveTables(setting: string, { byPosition, prefillByTokens }: Curves): string {
  const decode = byPosition.map((point) => [
    count(point.position),
    digits(point.medianMs),
    digits(point.p10Ms),
    digits(point.p90Ms),
    spread(point),
  ]);
  const prefill = prefillByTokens.map((point) => [
    count(point.tokens),
    digits(point.tokensPerSecond),
    digits(point.medianMs),
    digits(point.p10Ms),
    digits(point.p90Ms),
    spread(point),
  ]);
  return [
    `${setting}, decode by position\n\n${table(DECODE, decode)}`,
    `${setting}, prefill by tokens of the prompt\n\n${table(PREFILL, prefill)}`,
  ].join("\n");
}

const DECODE = [
  { title: "position", align: "right" },
  { title: "ms a token", align: "right" },
  { title: "p10", align: "right" },
  { title: "p90", align: "right" },
  { title: "spread" },
] as const;

const PREFILL = [
  { title: "tokens", align: "right" },
  { title: "tok/s", align: "right" },
  { title: "ms", align: "right" },
  { title: "p10", align: "right" },
  { title: "p90", align: "right" },
  { title: "spread" },
] as const;
