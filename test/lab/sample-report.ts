import type { Report, ReportEntry, ReportQuality, ReportSpeed } from "../../src/lab/report.ts";
import type { ReportPeer } from "../../src/lab/report-peer.ts";
import type { ReportTasks } from "../../src/lab/report-tasks.ts";
import { sampleRoofs } from "../support/sample-roofs.ts";

export const hash = "0123456789abcdef".repeat(4);
/** An estimate with an interval of ±0.01. */
export const exactly = (value: number) => ({
  value,
  interval: { low: value - 0.01, high: value + 0.01 },
});

const partOf = (name: string, tokens: number) => ({
  name,
  tokens,
  kl: exactly(0.015),
  nllDifference: exactly(0.02),
  top1: exactly(0.93),
});

const writing = (repetition: number) => ({
  repetition: exactly(repetition),
  distinct1: exactly(0.6),
  distinct2: exactly(0.8),
  length: { value: 90, interval: null },
});

const sampleTasks: ReportTasks = {
  intervals: "95 %",
  tasks: [
    {
      task: "cloze",
      source: { name: "cloze.jsonl", sha256: hash },
      items: 100,
      totalItems: 152,
      chance: 0.25,
      reference: { right: 66, share: exactly(0.66) },
      candidate: { right: 64, share: exactly(0.64) },
      difference: exactly(-0.02),
      lost: 3,
      won: 1,
      groups: [{ group: "animal", items: 9, reference: 5, candidate: 4 }],
    },
  ],
  writing: [
    {
      temperature: 0.5,
      texts: 16,
      reference: writing(0.2),
      candidate: writing(0.3),
      difference: exactly(0.1),
    },
  ],
};

export const report: Report = {
  schema: "bitdial-report",
  version: 2,
  app: { name: "Bitdial", version: "0.1.0" },
  time: "2026-01-02T03:04:05.000Z",
  runtime: { kind: "browser", agent: "A browser" },
  adapter: {
    name: "Some GPU",
    vendor: "vendor",
    architecture: "arch",
    device: "",
    description: "",
    software: false,
    features: ["shader-f16"],
    wgslFeatures: [],
    subgroupSize: { min: 32, max: 32 },
    limits: { maxBufferSize: 268_435_456 },
  },
  roofs: sampleRoofs,
  model: {
    name: "stories",
    architecture: "LlamaForCausalLM",
    parameters: 5_246_208,
    layers: 6,
    hiddenSize: 256,
    vocabSize: 2048,
    contextLength: 512,
    sha256: hash,
  },
  reference: "f32",
  settings: [
    {
      setting: "int4-g32",
      role: "candidate",
      bytes: {
        layerWeights: 2_359_296,
        layerScales: 294_912,
        layerPositions: 0,
        embedding: 557_056,
        norms: 13_312,
        total: 3_224_576,
      },
      bitsPerWeight: 4.917,
      layerBitsPerWeight: 4.5,
      kernelFamily: "dequant",
      variants: { "matvec/int4": "uniform-l32-s1" },
      dispatchesPerToken: 38,
      checks: { at: "2026-01-02T03:04:00.000Z", passed: 14, failed: [] },
      firstTokenMs: 312.5,
      quality: {
        text: { name: "stories.txt", sha256: hash },
        window: 256,
        stride: 128,
        tokens: 2048,
        totalTokens: 11_301,
        ended: "limit",
        within: null,
        intervals: "95 %",
        nll: { reference: exactly(2.61), candidate: exactly(2.63), difference: exactly(0.02) },
        perplexity: { reference: exactly(13.6), candidate: exactly(13.8), ratio: exactly(1.02) },
        kl: { mean: exactly(0.0152), median: 0.004, p95: 0.08, p99: 0.21, max: 1.9 },
        reverseKl: exactly(0.0161),
        entropyDifference: exactly(0.003),
        top1: exactly(0.93),
        top5: exactly(0.95),
        bitsPerByte: { reference: 1.01, candidate: 1.02 },
        byContext: [partOf("8 to 31", 300), partOf("32 to 127", 1748)],
        byClass: [partOf("word", 1400), partOf("punctuation", 648)],
      },
      tasks: sampleTasks,
      speed: {
        rule: "as it was",
        promptTokens: 128,
        tokens: 64,
        warmups: 1,
        prefillMs: [50, 51, 49],
        decodeMs: [2.5, 2.4, 2.6],
        stopped: { because: "time", leastRepeats: 3, mostRepeats: 9, mostMs: 400 },
        order: "in turns",
        cold: { readyMs: 210, prefillMs: 88, decodeMs: 4 },
        counters: {
          prefill: { dispatches: 304, submits: 8, readbackBytes: 4 },
          decode: { dispatches: 2394, submits: 8, readbackBytes: 252 },
          liveBytes: 40_000_000,
          peakBytes: 52_000_000,
        },
        byPosition: [
          { position: 8, decodeMs: [2, 2, 2.1] },
          { position: 504, decodeMs: [3, 3.1, 3.2] },
        ],
        prefillByTokens: [
          { tokens: 1, prefillMs: [3, 3, 3] },
          { tokens: 128, prefillMs: [50, 51, 49] },
        ],
      },
      kernels: [
        {
          label: "matvec/int4/uniform-l32-s1",
          shape: "768x256",
          calls: 12,
          ms: 0.8,
          measuredBy: "repeats",
          wgslSha256: hash,
          work: {
            module: "qkv",
            bytes: 4_000_000,
            operations: 8_000_000,
            arithmetic: "fma",
            roofOperations: 8_000_000,
          },
        },
      ],
      token: { position: 256, tokensPerSubmit: 8, tokenMs: [0.9, 0.88, 1] },
      working: { kvCache: 1_572_864, activations: 600_000 },
      modules: null,
      metrics: null,
      density: null,
    },
  ],
};

/** The report with the settings given: each is the one above with some of its fields replaced. */
export function reportOf(...entries: readonly Partial<ReportEntry>[]): Report {
  const [entry] = report.settings;
  return { ...report, settings: entry ? entries.map((part) => ({ ...entry, ...part })) : [] };
}

/** The same codes in another program, slower in decode and off by a little. */
export const peer: ReportPeer = {
  program: "ONNX Runtime",
  version: "1.30.0",
  provider: "webgpu",
  attention: "plain",
  agreement: { positions: 64, together: 48, maxDifference: 0.000012, sameTop1: 1 },
  fusedDifference: 0.24,
  promptTokens: 128,
  tokens: 64,
  warmups: 1,
  prefillMs: [100, 110, 90],
  decodeMs: [20, 25, 30],
};

/** The quality above with another mean KL. */
export function qualityOf(kl: number, part: Partial<ReportQuality> = {}): ReportQuality {
  const quality = report.settings[0]?.quality;
  if (!quality) throw new Error("The sample has no quality.");
  return { ...quality, kl: { ...quality.kl, mean: exactly(kl) }, ...part };
}

export function sizeOf(total: number): Pick<ReportEntry, "bytes"> {
  const bytes = { layerWeights: total, layerScales: 0, layerPositions: 0, embedding: 0, norms: 0 };
  return { bytes: { ...bytes, total } };
}

/** So many milliseconds for a token, repeated evenly. */
export function speedOf(decodeMs: readonly number[]): ReportSpeed {
  const lengths = { promptTokens: 128, tokens: 64, warmups: 1 };
  return { rule: "as it was", ...lengths, prefillMs: [50, 51, 49], decodeMs: [...decodeMs] };
}
