import { z } from "zod";
import { count, estimate, sha256, words } from "./report-terms.ts";
import { TASK_IDS } from "./tasks.ts";

const share = z.number().min(0).max(1);
const accuracy = z.object({ right: count, share: estimate });

const task = z.object({
  task: z.enum(TASK_IDS),
  source: z.object({ name: words, sha256 }),
  /** Answered, of so many that the file has. */
  items: count,
  totalItems: count,
  chance: share,
  reference: accuracy,
  candidate: accuracy,
  /** Candidate minus reference, on the same items. */
  difference: estimate,
  /** Items right under the reference alone, and under the candidate alone. */
  lost: count,
  won: count,
  groups: z.array(z.object({ group: words, items: count, reference: count, candidate: count })),
});

/** Means over the texts; distinct words and runs of four count tokens. */
const writing = z.object({
  repetition: estimate,
  distinct1: estimate,
  distinct2: estimate,
  length: estimate,
});

export const reportTasks = z.object({
  /** How intervals were computed. */
  intervals: words,
  tasks: z.array(task),
  /** Sampled texts, a row for each temperature. */
  writing: z.array(
    z.object({
      temperature: z.number().nonnegative(),
      texts: count,
      reference: writing,
      candidate: writing,
      difference: estimate,
    }),
  ),
});

export type ReportTasks = z.infer<typeof reportTasks>;
export type ReportTask = z.infer<typeof task>;
export type ReportWriting = ReportTasks["writing"][number];
