import { z } from "zod";
import { amount, count } from "./report-terms.ts";

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
