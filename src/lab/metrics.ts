import { leastMs, type Roofs } from "../lib/roof.ts";
import { mean, median } from "../lib/stats.ts";
import { placedKernels } from "./modules.ts";
import type { ReportEntry } from "./report.ts";

export type Metrics = NonNullable<ReportEntry["metrics"]>;

export interface MetricTerms {
  readonly roofs: Roofs | null;
  /** The entry that sizes are compared with; null where the report has none. */
  readonly reference: Pick<ReportEntry, "bytes"> | null;
  /** Of the device, where something tells. WebGPU does not. */
  readonly deviceBytes: number | null;
}

/** The six figures of EfficientLLM (2025) in the form that a decoder in a browser can measure. */
export function metricsOf(entry: ReportEntry, terms: MetricTerms): Metrics {
  const memoryBytes = memoryOf(entry);
  const { deviceBytes } = terms;
  return {
    memoryBytes,
    memoryShare: memoryBytes !== null && deviceBytes ? memoryBytes / deviceBytes : null,
    computeShare: computeShare(entry, terms.roofs),
    latencyMs: entry.speed && entry.speed.decodeMs.length > 0 ? mean(entry.speed.decodeMs) : null,
    throughput: throughput(entry),
    energyWatts: null,
    compressionRate: compressionRate(entry, terms.reference),
  };
}

/** Constant over time, and so its own mean: writing a token allocates nothing. */
function memoryOf({ bytes, working }: ReportEntry): number | null {
  return working && bytes.total + working.kvCache + working.activations;
}

/** The time that a token's operations take at the measured peaks, over the time that the token takes. */
function computeShare(entry: ReportEntry, roofs: Roofs | null): number | null {
  const kernels = placedKernels(entry, roofs);
  if (!roofs || !entry.token || kernels.length === 0) return null;
  let computeMs = 0;
  for (const kernel of kernels) {
    const least = leastMs(roofs, kernel);
    if (!least) return null;
    computeMs += least.compute;
  }
  return computeMs / median(entry.token.tokenMs);
}

/** All tokens written over all time taken for them, reading the prompt included: it gives the first token. */
function throughput({ speed }: ReportEntry): number | null {
  if (!speed || speed.decodeMs.length === 0 || speed.prefillMs.length !== speed.decodeMs.length)
    return null;
  const { tokens, prefillMs, decodeMs } = speed;
  const decoding = decodeMs.reduce((sum, ms) => sum + ms * Math.max(0, tokens - 1), 0);
  const ms = decoding + prefillMs.reduce((sum, each) => sum + each, 0);
  return ms > 0 ? (tokens * decodeMs.length * 1000) / ms : null;
}

/** (bytes of the reference / bytes) x (its perplexity / perplexity). */
function compressionRate(
  { bytes, quality, role }: ReportEntry,
  reference: MetricTerms["reference"],
): number | null {
  if (role === "reference") return 1;
  if (!quality || !reference || bytes.total === 0 || quality.perplexity.ratio.value <= 0)
    return null;
  return reference.bytes.total / bytes.total / quality.perplexity.ratio.value;
}

/** How each is computed here, for screen and reports. */
export const METRIC_WORDS = [
  {
    key: "memoryBytes",
    short: "AMU",
    name: "memory in use",
    formula: "bytes of weights, cache and activations as allocated",
    note: "Average memory utilisation is the mean over time of memory used over memory there. Writing allocates nothing, so the mean is this constant; what the device has WebGPU does not say, so that no share is given unless the runtime knows it.",
  },
  {
    key: "computeShare",
    short: "PCU",
    name: "compute utilisation",
    formula: "time of the token's operations at the measured peaks / time of the token",
    note: "Each kernel's operations at the peak of its own arithmetic (multiply-adds, packed dot products, popcounts); the token timed from outside.",
  },
  {
    key: "latencyMs",
    short: "AL",
    name: "average latency",
    formula: "mean milliseconds of a written token",
    note: "Computing and communication together: from the call to the ids on the CPU, over all counted repeats.",
  },
  {
    key: "throughput",
    short: "IT",
    name: "inference throughput",
    formula: "all tokens written / all time, reading the prompt included",
    note: "Training has throughputs of its own (TT, ST); nothing is trained here.",
  },
  {
    key: "energyWatts",
    short: "AEC",
    name: "average energy consumption",
    formula: "mean power in watts",
    note: "Not measured: neither a browser nor WebGPU tells what a device draws, and an estimate from bytes and operations would be no measurement.",
  },
  {
    key: "compressionRate",
    short: "MCR",
    name: "model compression rate",
    formula: "(bytes of the reference / bytes) × (performance / performance of the reference)",
    note: "Performance is 1 / perplexity on the text measured.",
  },
] as const satisfies readonly {
  readonly key: keyof Metrics;
  readonly short: string;
  readonly name: string;
  readonly formula: string;
  readonly note: string;
}[];
