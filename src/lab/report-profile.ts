import { z } from "zod";
import { MODULES } from "./module-names.ts";
import { amount, count, words } from "./report-terms.ts";

const module = z.enum(MODULES);
const bound = z.enum(["memory", "compute", "dispatch"]);

const roof = z.object({ best: z.number().positive(), samples: count, spread: amount });

/** What the device does at best. Null where it was not measured, as in reports of version 1; so are the others here. */
export const roofs = z
  .object({
    copyGbPerSecond: roof,
    fmaGflops: roof,
    dp4aGops: roof.nullable(),
    popcountGops: roof,
    dispatchMicroseconds: roof,
    submitMicroseconds: roof,
  })
  .nullable()
  .default(null);

/** What all runs of a kernel in a token have to do at least, `roofOperations` in those of its roof. */
export const work = z
  .object({
    module,
    bytes: amount,
    operations: amount,
    arithmetic: z.enum(["fma", "dp4a", "popcount"]),
    roofOperations: amount,
  })
  .nullable()
  .default(null);

/** Whole decoded tokens, timed from outside in turns with the kernels. */
export const token = z
  .object({
    position: count,
    tokensPerSubmit: z.int().positive(),
    tokenMs: z.array(amount).min(1),
  })
  .nullable()
  .default(null);

/** Of one decoded token, computed from kernels and roofs; expected times are null without roofs. */
export const modules = z
  .array(
    z.object({
      module,
      calls: count,
      ms: amount,
      bytes: amount,
      operations: amount,
      share: amount,
      expected: z.object({ memoryMs: amount, computeMs: amount, dispatchMs: amount }).nullable(),
      bound: bound.nullable(),
    }),
  )
  .nullable()
  .default(null);

/** Of a stream beside the weights. */
export const working = z.object({ kvCache: count, activations: count }).nullable().default(null);

const figure = amount.nullable();

/** Six figures of efficiency; each is null where what it needs was not measured. */
export const metrics = z
  .object({
    memoryBytes: figure,
    memoryShare: figure,
    computeShare: figure,
    latencyMs: figure,
    throughput: figure,
    energyWatts: figure,
    compressionRate: figure,
  })
  .nullable()
  .default(null);

/** Parameters that an uncompressed model of the scale would need for the same loss; between two assumptions. */
export const density = z
  .object({
    bitsPerByte: amount,
    curves: z.array(
      z.object({
        name: words,
        exponent: amount,
        floor: z.number(),
        parameters: amount,
        byParameters: amount,
        byBytes: amount,
      }),
    ),
    beyond: z.enum(["better", "worse"]).nullable(),
  })
  .nullable()
  .default(null);
