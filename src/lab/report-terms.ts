import { z } from "zod";

/** What fields of a report are made of. */

export const count = z.int().nonnegative();
export const amount = z.number().nonnegative();
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");
export const words = z.string().max(4000);

const interval = z.object({ low: z.number(), high: z.number() });
export const estimate = z.object({ value: z.number(), interval: interval.nullable() });
