import type { Engine, Progress, SpeedRequest, SpeedSample } from "../engine/protocol.ts";
import { mergeSamples, STEADY_SPREAD, timing } from "./speed.ts";

/** When repeats end: as soon as they are steady, or at one of two bounds. */
export interface StopRule {
  /** Taken in any case: fewer have no percentiles worth the name. */
  readonly leastRepeats: number;
  readonly mostRepeats: number;
  /** Of measuring, for one setting; what was begun is ended. */
  readonly mostMs: number;
}

/** "steady": both spreads are within 5 %. The others are the bounds at which it was given up. */
export type StopReason = "steady" | "repeats" | "time";

export interface SteadySample {
  readonly sample: SpeedSample;
  readonly stopped: StopReason;
  readonly rule: StopRule;
}

/** Rounds over which the repeats of settings that take turns are spread: even, so that they go as often forwards as backwards. */
const ROUNDS = 4;

/** Why a setting's repeats end here; null when they go on. */
export function stopReason(sample: SpeedSample, rule: StopRule): StopReason | null {
  const { prefillMs, decodeMs, tokens } = sample;
  if (decodeMs.length < rule.leastRepeats) return null;
  const spreads = [prefillMs, decodeMs].map((times) => timing(times, 1).spread);
  if (spreads.every((spread) => spread <= STEADY_SPREAD)) return "steady";
  if (decodeMs.length >= rule.mostRepeats) return "repeats";
  const spent = sum(prefillMs) + sum(decodeMs) * Math.max(1, tokens - 1);
  return spent >= rule.mostMs ? "time" : null;
}

/** How many repeats come next. Those of one setting alone need no turns. */
export function nextRepeats(taken: number, rule: StopRule, alone: boolean): number {
  const share = Math.ceil(rule.leastRepeats / ROUNDS);
  const wanted = alone && taken === 0 ? rule.leastRepeats : share;
  const bound = taken < rule.leastRepeats ? rule.leastRepeats : rule.mostRepeats;
  return Math.max(1, Math.min(wanted, bound - taken));
}

/**
 * Measures each item until its own repeats may stop. All that still need repeats are visited once a round, forwards and backwards in
 * turns, so that a machine which slows down as it warms slows all of them alike. Ends early when aborted, with what is complete.
 */
export async function measureInTurns<T>(
  items: readonly T[],
  rule: StopRule,
  visit: (item: T, repeats: number, taken: number) => Promise<SpeedSample>,
  signal: AbortSignal,
): Promise<Map<T, SteadySample>> {
  const samples = new Map<T, SpeedSample[]>();
  const done = new Map<T, SteadySample>();
  for (let round = 0; done.size < items.length; round++) {
    const order = round % 2 === 0 ? items : items.toReversed();
    for (const item of order.filter((candidate) => !done.has(candidate))) {
      if (signal.aborted) return done;
      const known = samples.get(item) ?? [];
      const taken = known.reduce((count, { decodeMs }) => count + decodeMs.length, 0);
      const repeats = nextRepeats(taken, rule, items.length === 1);
      const all = [...known, await visit(item, repeats, taken)];
      samples.set(item, all);
      const sample = mergeSamples(all);
      const stopped = stopReason(sample, rule);
      if (stopped) done.set(item, { sample, stopped, rule });
    }
  }
  return done;
}

/** One side alone, as it stands in the engine. Null when it was stopped before it had repeats enough. */
export async function measureUntilSteady(
  engine: Pick<Engine, "speed">,
  request: Omit<SpeedRequest, "repeats" | "warmups">,
  rule: StopRule,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<SteadySample | null> {
  const measured = await measureInTurns(
    [request.side],
    rule,
    (_side, repeats, taken) => {
      const done = Math.min(1, taken / rule.mostRepeats);
      return engine.speed(
        // Nothing else ran since the last repeat: it warmed the next one.
        { ...request, repeats, warmups: taken === 0 ? 1 : 0 },
        (progress) => {
          const fraction = done + ((progress.fraction ?? 0) * repeats) / rule.mostRepeats;
          onProgress({ ...progress, fraction: Math.min(1, fraction) });
        },
      );
    },
    signal,
  );
  return measured.get(request.side) ?? null;
}

/** "spread within 5 % after 12 repeats", or what ended them before that. */
export function stopWords({ sample, stopped, rule }: SteadySample): string {
  const count = `${sample.decodeMs.length} repeats`;
  if (stopped === "steady") return `steady after ${count}`;
  const bound =
    stopped === "repeats"
      ? `${rule.mostRepeats} repeats`
      : `${(rule.mostMs / 1000).toLocaleString("en-US")} s`;
  return `not steady after ${count}: given up at ${bound}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
