import { z } from "zod";
import { readReport } from "../lab/report.ts";

/** A result recorded elsewhere, for visitors whose browser cannot run the engine. */
const sampleSchema = z.object({
  schema: z.literal("bitdial-sample"),
  version: z.literal(1),
  prompt: z.string(),
  /** The setting that wrote the candidate's text; the report has its figures. */
  setting: z.string(),
  reference: z.array(z.string()),
  candidate: z.array(z.object({ text: z.string(), kl: z.number().nonnegative().nullable() })),
  partsAt: z.number().int().nonnegative().nullable(),
  /** Of any version that reads. */
  report: z.unknown().transform((report, context) => {
    const read = readReport(JSON.stringify(report));
    if (read.ok) return read.report;
    context.addIssue({ code: "custom", message: read.problems.join("; ") });
    return z.NEVER;
  }),
});

export type Sample = z.infer<typeof sampleSchema>;

/** The sample, or null: a page without one still tells what to do. */
export function readSample(text: string): Sample | null {
  try {
    return sampleSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
