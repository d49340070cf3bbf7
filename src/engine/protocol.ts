import type { Roofs } from "../lib/roof.ts";
import type { ChatMessage } from "../model/chat.ts";
import type { TokenClass } from "../model/token-class.ts";
import type { MatrixName } from "../quant/overrides.ts";
import type { Family } from "../quant/registry.ts";
import type {
  CurveRequest,
  CurveSample,
  DistributionRequest,
  LayerErrors,
  NextToken,
  TextTrace,
  TraceRequest,
} from "./protocol-charts.ts";
import type {
  JudgeRequest,
  KernelBenchRequest,
  KernelCopy,
  KernelQuery,
  KernelRow,
  KernelSource,
  KernelVerdict,
  UsedCopy,
} from "./protocol-kernels.ts";
import type {
  KeptModels,
  LoadChoice,
  Loaded,
  ModelNeeds,
  ModelPreview,
  ModelSource,
  PreviewedLoad,
} from "./protocol-models.ts";
import type {
  ChoiceRequest,
  ChoiceResult,
  EvaluateAnswer,
  EvaluateChunk,
  EvaluateRequest,
  EvaluateSummary,
} from "./protocol-quality.ts";
import type { GpuCounters, SpeedRequest, SpeedSample, TokenProfile } from "./protocol-speed.ts";

export type * from "./protocol-charts.ts";
export type * from "./protocol-kernels.ts";
export type * from "./protocol-models.ts";
export type * from "./protocol-quality.ts";
export type * from "./protocol-speed.ts";
export type { ChatMessage, MatrixName, Roofs, TokenClass };

/**
 * What the page, the command line and the engine's worker say to each other: types and plain data only.
 * Times are milliseconds, sizes bytes, probabilities and KL in natural units (nats).
 */

export interface AdapterInfo {
  /** "llvmpipe (LLVM 15.0.6)", "Apple M2" ... for people. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** A CPU pretending to be a GPU: its speed says nothing about a GPU. */
  readonly software: boolean;
  readonly runtime: "browser" | "node";
  readonly features: readonly string[];
  readonly wgslFeatures: readonly string[];
  readonly subgroupSize: { readonly min: number; readonly max: number } | null;
  readonly limits: Readonly<Record<string, number>>;
}

export interface ModelInfo {
  readonly name: string;
  readonly architecture: string;
  readonly parameters: number;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly tiedHead: boolean;
  /** Formats of the blocks that its file has and `native` leaves as they are ("q4_1"), the most frequent first; empty where it has none. */
  readonly blocks: readonly string[];
  /** How conversations are written, in Jinja; null for a model that was not made for them. */
  readonly chatTemplate: string | null;
  /** Of model.safetensors, hex. */
  readonly sha256: string;
  /** Shapes of the matrices inside a layer, [rows, cols], by matrix name. */
  readonly matrices: Readonly<Record<MatrixName, readonly [number, number]>>;
}

export type LoadPhase = "download" | "read" | "pack" | "compile" | "self-check" | "ready";

export interface Progress {
  readonly phase: LoadPhase | "prefill" | "evaluate" | "measure" | "search";
  /** 0..1, or null while the total is unknown. */
  readonly fraction: number | null;
  readonly note: string;
}

/** Which of the two models: `reference` (f32 unless told otherwise) or `candidate` (the dials). */
export type Side = "reference" | "candidate";

export interface SizeReport {
  /** Bytes of the buffers really allocated, by category. */
  readonly layers: {
    readonly weights: number;
    readonly scales: number;
    readonly positions: number;
  };
  readonly embedding: number;
  readonly norms: number;
  readonly kvCache: number;
  readonly activations: number;
  /** Everything the weights take: layers + embedding and head + norms. */
  readonly weightBytes: number;
  /** weightBytes * 8 / parameters. */
  readonly bitsPerWeight: number;
  /** Of the two-dimensional weights inside the layers alone. */
  readonly layerBitsPerWeight: number;
}

/** A setting made to fit, and what it takes. */
export interface Budget {
  readonly setting: string;
  readonly size: SizeReport;
}

export interface SelfCheck {
  /** "matvec/int4/uniform-l32-s1" */
  readonly kernel: string;
  readonly format: string;
  readonly ok: boolean;
  /** Largest error as a share of the stated bound. */
  readonly error: number;
  readonly sentence?: string;
}

export interface SettingState {
  readonly side: Side;
  /** Canonical string. */
  readonly setting: string;
  readonly size: SizeReport;
  readonly dispatchesPerToken: number;
  /** Variant in use per op: {"matvec/int4": "uniform-l32-s1"}. */
  readonly variants: Readonly<Record<string, string>>;
  /** Shaders that the user changed and that compute for this side. */
  readonly copies: readonly UsedCopy[];
  readonly family: Family;
  readonly checks: readonly SelfCheck[];
  /** Time from the call to ready, and what of it was packing, compiling, checking. */
  readonly elapsedMs: {
    readonly total: number;
    readonly pack: number;
    readonly compile: number;
    readonly check: number;
  };
  readonly packedTensors: number;
}

export interface Sampling {
  /** 0 is greedy, ties to the lowest id. */
  readonly temperature: number;
  /** 0 is off. */
  readonly topK: number;
  /** 1 is off. */
  readonly topP: number;
  /** 0 is off. */
  readonly minP: number;
  /** 1 is off. */
  readonly repetitionPenalty: number;
  readonly seed: number;
}

export interface GenerateRequest {
  readonly prompt: string;
  readonly maxTokens: number;
  readonly sampling: Sampling;
  /** Both write side by side, or one alone. */
  readonly sides: readonly Side[];
  /** Compare the candidate's text with the reference token by token (KL, likeliest ten). */
  readonly compare: boolean;
  /** Tokens per submit, 8 when absent. */
  readonly tokensPerSubmit?: number;
  /** The prompt is what `renderChat` gave: nothing is put before it, and the end of the model's turn ends the text. */
  readonly conversation?: boolean;
}

export interface TokenChoice {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

/** How the two models see the next token, given the candidate's own text so far. */
export interface TokenComparison {
  readonly kl: number;
  readonly referenceEntropy: number;
  readonly candidateEntropy: number;
  /** Likeliest ten under each. */
  readonly reference: readonly TokenChoice[];
  readonly candidate: readonly TokenChoice[];
  /** Probability of the token written, under each. */
  readonly chosen: { readonly reference: number; readonly candidate: number };
}

export type StopReason = "length" | "stop" | "context" | "cancelled";

/** What a generation reports while it runs. */
export type GenerateEvent =
  | {
      readonly kind: "prompt";
      readonly side: Side;
      readonly tokens: readonly number[];
      readonly texts: readonly string[];
      readonly prefillMs: number;
    }
  | {
      readonly kind: "tokens";
      readonly side: Side;
      readonly start: number;
      readonly ids: readonly number[];
      readonly texts: readonly string[];
      readonly elapsedMs: number;
    }
  | {
      readonly kind: "comparison";
      readonly start: number;
      readonly rows: readonly TokenComparison[];
    };

export interface SideResult {
  readonly side: Side;
  readonly promptTokens: readonly number[];
  /** How many of them were read for this; in a conversation, those before stood in the cache. */
  readonly readTokens: number;
  readonly tokens: readonly number[];
  readonly text: string;
  readonly stop: StopReason;
  readonly prefillMs: number;
  /** Median over submits, per token, of this side's own decode submits. */
  readonly decodeMsPerToken: number;
  readonly tokensPerSecond: number;
}

export interface GenerateResult {
  readonly sides: readonly SideResult[];
  /** Index of the first generated token in which the two texts differ; null when they never do. */
  readonly partsAt: number | null;
}

/** Anything that went wrong and what the user can do now. */
export interface EngineProblem {
  readonly kind: "lost" | "out-of-memory" | "validation" | "input" | "unsupported" | "internal";
  readonly sentence: string;
  readonly recovering: boolean;
}

export interface EngineOptions {
  /** Features to leave off although the adapter has them: "shader-f16", "subgroups", "timestamp-query". */
  readonly withoutFeatures?: readonly string[];
  /** Ask for WebGPU's default limits even where the adapter allows more. */
  readonly defaultLimits?: boolean;
  /** Positions that a cache has room for at first; when absent, all of a small one. It grows as texts do. */
  readonly firstPositions?: number;
}

/**
 * The engine as the page sees it through comlink and the command line calls it directly. Callbacks are `Comlink.proxy`d by the client.
 * Every promise rejects with an Error whose message is one sentence for the user. Long calls stop within one submit of `cancel()`.
 */
export interface Engine {
  start(options: EngineOptions, onProblem: (problem: EngineProblem) => void): Promise<AdapterInfo>;
  load(source: ModelSource, onProgress: (progress: Progress) => void): Promise<ModelInfo>;
  /** Reads what a model's files say of it, not its weights. The model that is loaded stays. */
  preview(source: ModelSource, onProgress: (progress: Progress) => void): Promise<ModelPreview>;
  /** What a previewed model would take, without touching the GPU. */
  needs(ticket: number, choice: LoadChoice): Promise<ModelNeeds>;
  /** Loads what was previewed last. Until its weights are there, the model that is loaded stays. */
  loadPreviewed(
    ticket: number,
    how: PreviewedLoad,
    onProgress: (progress: Progress) => void,
  ): Promise<Loaded>;
  /** The models that this browser keeps. */
  kept(): Promise<KeptModels>;
  /** Deletes a kept model, or with null all of them. */
  forget(id: string | null): Promise<void>;
  /** Packs what changed, keeps the old weights until the new are ready. */
  apply(
    side: Side,
    setting: string,
    onProgress: (progress: Progress) => void,
  ): Promise<SettingState>;
  /** Bytes the setting would take, without touching the GPU. */
  estimate(setting: string): Promise<SizeReport>;
  /** The setting with a format for every matrix, by the errors of the weights, so that the layers take at most `bits` a weight. */
  budget(setting: string, bits: number, onProgress: (progress: Progress) => void): Promise<Budget>;
  /** A conversation as the model's own template writes it, up to where its next answer begins. */
  renderChat(messages: readonly ChatMessage[]): Promise<string>;
  tokenize(text: string): Promise<readonly number[]>;
  generate(
    request: GenerateRequest,
    onEvent: (event: GenerateEvent) => void,
  ): Promise<GenerateResult>;
  /** `onChunk` may end the evaluation by its answer, without cancelling anything else. */
  evaluate(
    request: EvaluateRequest,
    onChunk: (chunk: EvaluateChunk) => EvaluateAnswer,
  ): Promise<EvaluateSummary>;
  /** How likely each model finds each continuation of each context. */
  scoreChoices(
    request: ChoiceRequest,
    onProgress: (progress: Progress) => void,
  ): Promise<ChoiceResult>;
  speed(request: SpeedRequest, onProgress: (progress: Progress) => void): Promise<SpeedSample>;
  curves(request: CurveRequest, onProgress: (progress: Progress) => void): Promise<CurveSample>;
  trace(request: TraceRequest, onProgress: (progress: Progress) => void): Promise<TextTrace>;
  distribution(request: DistributionRequest): Promise<NextToken>;
  /** Of the candidate's setting, computed on the CPU. */
  layerErrors(
    request: TraceRequest,
    onProgress: (progress: Progress) => void,
  ): Promise<LayerErrors>;
  /** Where a decoded token's time goes; each kernel is timed `rounds` times, 7 when left out. */
  profile(side: Side, rounds?: number): Promise<TokenProfile>;
  /** What the device does at best; measured once, then remembered as long as the device lives. */
  roofs(): Promise<Roofs>;
  /** Logits of every position of a token list, [tokens][vocab], for tests and oracles. `stepwise` decodes token by token. */
  logits(side: Side, tokens: readonly number[], stepwise: boolean): Promise<Float32Array>;
  /**
   * The model under a setting as an ONNX graph with the codes and scales that `apply` packs, for other programs to run: logits of
   * all tokens or the likeliest next id, attention as one operator or as several.
   */
  exportOnnx(
    setting: string,
    output: "all" | "next",
    attention: "fused" | "plain",
  ): Promise<Uint8Array>;
  /** Override a variant ("matvec/int4" -> "storage-l64-s1"), or null for the measured choice. */
  setVariant(op: string, variant: string | null): Promise<void>;
  variants(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Every variant of a kernel that fits this device, checked and timed in turns; `format` may be any setting. */
  benchKernel(
    request: KernelBenchRequest,
    onProgress: (progress: Progress) => void,
  ): Promise<readonly KernelRow[]>;
  /** The assembled shaders of a kernel, the best first for a device that nobody has measured. */
  kernelSources(query: KernelQuery): Promise<readonly KernelSource[]>;
  /** Compiles a changed shader, holds it against the CPU and times it beside the original. */
  judgeKernel(
    request: JudgeRequest,
    onProgress: (progress: Progress) => void,
  ): Promise<KernelVerdict>;
  /** From the next `apply` on, these and no other changed shaders stand for the originals. */
  setCopies(copies: readonly KernelCopy[]): Promise<void>;
  counters(): Promise<GpuCounters>;
  /** For tests: destroys the device as a driver reset would. */
  loseDevice(): Promise<void>;
  cancel(): Promise<void>;
  dispose(): Promise<void>;
}
