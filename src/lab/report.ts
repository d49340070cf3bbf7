import { z } from "zod";
import { REPORT_VERSION } from "./build-report.ts";
import { shapeProblem, sizeProblem } from "./report-bounds.ts";
import { peer } from "./report-peer.ts";
import { density, metrics, modules, roofs, token, work, working } from "./report-profile.ts";
import { quality } from "./report-quality.ts";
import { speedDetails } from "./report-speed.ts";
import { reportTasks } from "./report-tasks.ts";
import { amount, count, sha256, words } from "./report-terms.ts";
import { UPGRADES, upgraded } from "./report-upgrade.ts";

const time = z.iso.datetime();

const adapter = z.object({
  name: words,
  vendor: words,
  architecture: words,
  device: words,
  description: words,
  /** A processor posing as a GPU: its times say nothing about a GPU. */
  software: z.boolean(),
  features: z.array(words),
  wgslFeatures: z.array(words),
  subgroupSize: z.object({ min: count, max: count }).nullable(),
  limits: z.record(words, z.number()),
});

const model = z.object({
  name: words,
  architecture: words,
  parameters: count,
  layers: count,
  hiddenSize: count,
  vocabSize: count,
  contextLength: count,
  /** Of model.safetensors. */
  sha256,
});

const bytes = z.object({
  layerWeights: count,
  layerScales: count,
  layerPositions: count,
  embedding: count,
  norms: count,
  /** Of all weights: the five above. */
  total: count,
});

const speed = z.object({
  rule: words,
  promptTokens: count,
  tokens: count,
  warmups: count,
  /** Of the whole prompt, one per repeat. */
  prefillMs: z.array(amount),
  /** Of one token, one per repeat. */
  decodeMs: z.array(amount),
  ...speedDetails,
});

const kernel = z.object({
  label: words,
  shape: words,
  calls: count,
  ms: amount,
  measuredBy: z.enum(["timestamp-query", "repeats"]),
  wgslSha256: sha256,
  work,
});

const entry = z.object({
  setting: words.min(1),
  role: z.enum(["reference", "candidate"]),
  bytes,
  /** Of all weights, and of the matrices inside the layers alone. */
  bitsPerWeight: amount,
  layerBitsPerWeight: amount,
  kernelFamily: words,
  variants: z.record(words, words),
  dispatchesPerToken: count,
  checks: z.object({
    at: time,
    passed: count,
    failed: z.array(z.object({ kernel: words, format: words, sentence: words })),
  }),
  /** From the turn of a dial to the first token of the new text on screen. */
  firstTokenMs: amount.nullable(),
  quality: quality.nullable(),
  speed: speed.nullable(),
  /** Absent or null where none was asked for. */
  tasks: reportTasks.nullish(),
  kernels: z.array(kernel).nullable(),
  /** Other programs on the same weights; absent where none was asked for. */
  peers: z.array(peer).max(100).optional(),
  token,
  working,
  modules,
  metrics,
  density,
});

export const reportSchema = z.object({
  schema: z.literal("bitdial-report"),
  version: z.literal(REPORT_VERSION),
  app: z.object({ name: z.literal("Bitdial"), version: words }),
  time,
  runtime: z.object({ kind: z.enum(["browser", "node"]), agent: words }),
  adapter,
  roofs,
  model,
  /** The setting that quality is measured against. */
  reference: words.min(1),
  settings: z.array(entry).max(1000),
});

export type Report = z.infer<typeof reportSchema>;
export type ReportEntry = z.infer<typeof entry>;
export type ReportQuality = z.infer<typeof quality>;
export type ReportSpeed = z.infer<typeof speed>;

export type ReadReport =
  | { readonly ok: true; readonly report: Report }
  /** One sentence per bad field: "settings.0.speed.decodeMs.3: expected number, got a string". */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a report that somebody else wrote: all of it is right, or every bad field is named. */
export function readReport(text: string): ReadReport {
  const large = sizeProblem(text.length);
  if (large) return refused(large);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refused(`This is not JSON: ${reason}.`);
  }
  const shape = shapeProblem(json);
  if (shape) return refused(shape);
  const header = z.looseObject({ schema: z.literal("bitdial-report"), version: z.int() });
  const known = header.safeParse(json);
  if (known.success) {
    const { version } = known.data;
    if (version > REPORT_VERSION) {
      return refused(
        `This report has version ${version}; this Bitdial reads version ${REPORT_VERSION}. Use a newer Bitdial.`,
      );
    }
    if (version < 1) return refused(`version: ${version} is none that Bitdial ever wrote.`);
    json = upgraded(known.data, version, UPGRADES);
  }
  const read = reportSchema.safeParse(json);
  if (read.success) return { ok: true, report: read.data };
  return { ok: false, problems: read.error.issues.map(problemOf) };
}

/** What is wrong in one sentence: the first bad field, and how many more there are. */
export function refusalOf(problems: readonly string[]): string {
  const [first = "", ...more] = problems;
  if (more.length === 0) return first;
  return `${first} (and ${more.length} more field${more.length === 1 ? "" : "s"})`;
}

/** The one way a report is written, so that what we write we also read. */
export function writeReport(report: Report): string {
  return `${JSON.stringify(reportSchema.parse(report), null, 2)}\n`;
}

function refused(problem: string): ReadReport {
  return { ok: false, problems: [problem] };
}

/** A name in the path may be as long as its writer liked. */
const MOST_OF_A_PATH = 200;

function problemOf({ path, message }: z.core.$ZodIssue): string {
  const field = path.length === 0 ? "report" : path.map(String).join(".");
  return `${field.length > MOST_OF_A_PATH ? `${field.slice(0, MOST_OF_A_PATH)}…` : field}: ${message}`;
}
