import { z } from "zod";
import type { CurveSample } from "../engine/protocol.ts";
import type { SteadySample } from "./steady.ts";

const count = z.int().nonnegative();
const amount = z.number().nonnegative();
const run = z.object({ dispatches: count, submits: count, readbackBytes: count });

/**
 * What a speed may say beyond its repeats; reports that were written before these were measured, or without them, leave them out.
 */
export const speedDetails = {
  /** Why the repeats ended, and the bounds they had. */
  stopped: z
    .object({
      because: z.enum(["steady", "repeats", "time"]),
      leastRepeats: count,
      mostRepeats: count,
      mostMs: amount,
    })
    .nullish(),
  /** Whether settings took turns or were measured one after another. */
  order: z.enum(["in turns", "one after another"]).nullish(),
  /** The first run of a setting that nothing had run before; `readyMs` went before it, from the call to a setting that stands. */
  cold: z.object({ readyMs: amount, prefillMs: amount, decodeMs: amount }).nullish(),
  /** Of one repeat: the prompt with its first token, and all tokens after it. */
  counters: z.object({ prefill: run, decode: run, liveBytes: count, peakBytes: count }).nullish(),
  byPosition: z.array(z.object({ position: count, decodeMs: z.array(amount) })).nullish(),
  prefillByTokens: z
    .array(z.object({ tokens: z.int().positive(), prefillMs: z.array(amount) }))
    .nullish(),
};

const details = z.object(speedDetails);
export type SpeedDetails = z.infer<typeof details>;

/** What is measured of a speed besides its sample. */
export interface SpeedExtras {
  readonly stopped?: Pick<SteadySample, "stopped" | "rule"> | null;
  readonly order?: "in turns" | "one after another" | null;
  readonly curves?: CurveSample | null;
}

export function extrasPart({ stopped, order, curves }: SpeedExtras): SpeedDetails {
  return {
    stopped: stopped ? { because: stopped.stopped, ...stopped.rule } : null,
    order: order ?? null,
    byPosition: curves
      ? curves.byPosition.map(({ position, decodeMs }) => ({ position, decodeMs: [...decodeMs] }))
      : null,
    prefillByTokens: curves
      ? curves.prefillByTokens.map(({ tokens, prefillMs }) => ({
          tokens,
          prefillMs: [...prefillMs],
        }))
      : null,
  };
}
