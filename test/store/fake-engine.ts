import type { EngineClient } from "../../src/engine/client.ts";
import type {
  AdapterInfo,
  ChatMessage,
  ChoiceRequest,
  EngineProblem,
  GenerateEvent,
  KeptModel,
  KeptModels,
  KernelCopy,
  KernelRow,
  LoadChoice,
  Loaded,
  ModelInfo,
  ModelNeeds,
  ModelPreview,
  ModelSource,
  PreviewedLoad,
  SettingState,
  Side,
  SizeReport,
  TokenComparison,
} from "../../src/engine/protocol.ts";
import type { Surroundings } from "../../src/store/types.ts";
import { sampleRoofs } from "../support/sample-roofs.ts";
import { scoredToken } from "../support/scored-token.ts";

export const size: SizeReport = {
  layers: { weights: 2000, scales: 200, positions: 0 },
  embedding: 600,
  norms: 40,
  kvCache: 100,
  activations: 100,
  weightBytes: 2840,
  bitsPerWeight: 4.9,
  layerBitsPerWeight: 4.5,
};

const adapter: AdapterInfo = {
  name: "Test adapter",
  vendor: "test",
  architecture: "test",
  device: "",
  description: "",
  software: true,
  runtime: "node",
  features: [],
  wgslFeatures: [],
  subgroupSize: null,
  limits: { maxBufferSize: 1024 },
};

const square = [64, 64] as const;
const model: ModelInfo = {
  name: "test",
  architecture: "LlamaForCausalLM",
  parameters: 4640,
  layers: 2,
  hiddenSize: 64,
  intermediateSize: 64,
  heads: 2,
  kvHeads: 2,
  headDim: 32,
  vocabSize: 100,
  contextLength: 128,
  tiedHead: true,
  blocks: [],
  chatTemplate: "{{ messages }}",
  sha256: "a".repeat(64),
  matrices: {
    q: square,
    k: square,
    v: square,
    o: square,
    gate: square,
    up: square,
    down: square,
  },
};

const row: TokenComparison = {
  kl: 0.25,
  referenceEntropy: 1,
  candidateEntropy: 1,
  reference: [{ id: 1, text: "a", probability: 0.5 }],
  candidate: [{ id: 1, text: "a", probability: 0.4 }],
  chosen: { reference: 0.5, candidate: 0.4 },
};

export const keptModel: KeptModel = {
  id: "hf:org/name",
  name: "name",
  bytes: 1000,
  parameters: 4640,
  keptAt: "2026-01-01T00:00:00Z",
  usedAt: "2026-01-02T00:00:00Z",
};
function kernelRow(
  op: string,
  format: string,
  shape: string,
  variant: string,
  ms: number,
): KernelRow {
  return {
    op,
    format,
    shape,
    variant,
    ms,
    gbPerSecond: 1 / ms,
    gflops: 2 / ms,
    samples: 3,
    spread: 0.1,
    bytes: 1e6,
    roofOperations: 2e6,
    roof: { share: 0.5, bound: "memory" },
    wgslSha256: "c".repeat(64),
  };
}

/** An engine that answers at once with fixed figures, and lists what it was asked. */
export class FakeEngine implements EngineClient {
  readonly calls: string[] = [];
  /** Makes `apply` fail for these settings. */
  readonly refused = new Map<string, string>();
  /** What `setCopies` was last given. */
  copies: readonly KernelCopy[] = [];
  /** While set, generating waits until this is called or the run is cancelled. */
  hold = false;
  /** What the previewed model's file is made of. */
  blocks: readonly string[] = [];
  /** Why the previewed model does not fit. */
  faults: readonly string[] = [];
  /** Why nothing is kept. */
  keepFault: string | null = null;
  readonly shelf: KeptModel[] = [];
  /** Loading a previewed model waits for it. */
  fetching: Promise<void> = Promise.resolve();
  onProblem: (problem: EngineProblem) => void = () => {};
  #release: () => void = () => {};
  #cancelled = false;

  start(_options: object, onProblem: (problem: EngineProblem) => void): Promise<AdapterInfo> {
    this.onProblem = onProblem;
    return Promise.resolve(adapter);
  }

  load(): Promise<ModelInfo> {
    this.calls.push("load");
    return Promise.resolve(model);
  }

  preview(source: ModelSource): Promise<ModelPreview> {
    this.calls.push(`preview ${source.kind} ${source.name}`);
    const { sha256: _, chatTemplate: __, ...shape } = model;
    const refusal = this.refused.get(source.name);
    if (refusal) return Promise.reject(new Error(refusal));
    return Promise.resolve({
      ticket: 1,
      model: { ...shape, name: source.name, blocks: this.blocks },
      title: "Llama",
      chat: false,
      form: "safetensors",
      types: ["F32"],
      licence: "mit",
      files: [{ name: "model.safetensors", bytes: 1000 }],
      from: source.kind === "kept" ? "kept" : source.kind === "files" ? "disk" : "network",
    });
  }

  needs(_ticket: number, choice: LoadChoice): Promise<ModelNeeds> {
    return Promise.resolve({
      choice,
      reference: size,
      candidate: size,
      gpu: { weights: 1, norms: 1, kvCache: 1, activations: 1, total: 4 },
      masterBytes: 4,
      largest: { name: "the table of tokens", bytes: 1, allowed: 2 },
      memoryBytes: null,
      faults: this.faults,
      doubts: [],
      instead: this.faults.length > 0 ? { ...choice, reference: "f16" } : null,
    });
  }

  async loadPreviewed(_ticket: number, { keepAs }: PreviewedLoad): Promise<Loaded> {
    this.calls.push(`load previewed, keep as ${keepAs}`);
    await this.fetching;
    if (keepAs !== null && this.keepFault === null)
      this.shelf.push({ ...keptModel, id: keepAs === "" ? "kept:aaaaaaaaaaaaaaaa" : keepAs });
    const keptId =
      keepAs === null || this.keepFault !== null ? null : (this.shelf.at(-1)?.id ?? null);
    return {
      model: { ...model, blocks: this.blocks },
      keptId,
      keepFault: keepAs === null ? null : this.keepFault,
    };
  }

  kept(): Promise<KeptModels> {
    return Promise.resolve({ models: this.shelf, usedBytes: 1, quotaBytes: 2, lack: null });
  }

  forget(id: string | null): Promise<void> {
    this.calls.push(`forget ${id}`);
    const left = this.shelf.filter((kept) => id !== null && kept.id !== id);
    this.shelf.splice(0, this.shelf.length, ...left);
    return Promise.resolve();
  }

  apply(side: Side, setting: string): Promise<SettingState> {
    this.calls.push(`apply ${side} ${setting}`);
    const refusal = this.refused.get(setting);
    if (refusal) return Promise.reject(new Error(refusal));
    return Promise.resolve({
      side,
      setting,
      size,
      dispatchesPerToken: 10,
      variants: { "matvec/int4": "one" },
      copies: this.copies.map(({ code: _, ...used }) => used),
      family: "dequant",
      checks: [{ kernel: "matvec/int4/one", format: "int4", ok: true, error: 0.1 }],
      elapsedMs: { total: 3, pack: 1, compile: 1, check: 1 },
      packedTensors: 14,
    });
  }

  estimate(): Promise<SizeReport> {
    return Promise.resolve(size);
  }

  renderChat(messages: readonly ChatMessage[]): Promise<string> {
    return Promise.resolve(messages.map(({ role, content }) => `<${role}>${content}`).join(""));
  }

  tokenize(text: string): Promise<readonly number[]> {
    return Promise.resolve([...text].map((_, at) => at));
  }

  async generate(
    { sides, maxTokens }: { readonly sides: readonly Side[]; readonly maxTokens: number },
    onEvent: (event: GenerateEvent) => void,
  ): ReturnType<EngineClient["generate"]> {
    this.calls.push(`generate ${sides.join("+")}`);
    this.#cancelled = false;
    const ids = { reference: [1, 2, 3], candidate: [1, 2, 4] } as const;
    for (const side of sides) {
      onEvent({ kind: "prompt", side, tokens: [9], texts: ["p"], prefillMs: 2 });
      const texts = ids[side].map((id) => ` ${id}`);
      onEvent({ kind: "tokens", side, start: 0, ids: ids[side], texts, elapsedMs: 6 });
    }
    onEvent({ kind: "comparison", start: 0, rows: [row, row, { ...row, kl: 0.5 }] });
    if (this.hold) {
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
    }
    const stop = this.#cancelled ? ("cancelled" as const) : ("length" as const);
    return {
      partsAt: 2,
      sides: sides.map((side) => ({
        side,
        promptTokens: [9],
        readTokens: 1,
        tokens: ids[side].slice(0, maxTokens),
        text: ids[side].map((id) => ` ${id}`).join(""),
        stop,
        prefillMs: 2,
        decodeMsPerToken: 2,
        tokensPerSecond: 500,
      })),
    };
  }

  evaluate(
    { maxTokens = 512 }: { readonly maxTokens?: number },
    onChunk: Parameters<EngineClient["evaluate"]>[1],
  ): ReturnType<EngineClient["evaluate"]> {
    this.calls.push(`evaluate ${maxTokens}`);
    for (let done = 0; done < maxTokens; done += 64) {
      const rows = Array.from({ length: 64 }, (_, at) =>
        scoredToken({
          position: done + at,
          referenceNll: 2,
          candidateNll: 2.1,
          kl: 0.1,
          sameTop1: at % 8 !== 0,
          top5: 0.9,
        }),
      );
      onChunk({ rows, done: done + 64, total: maxTokens });
    }
    return Promise.resolve({
      scoredTokens: maxTokens,
      scoredBytes: maxTokens * 3,
      ended: "limit",
    });
  }

  /** The first choice is always the likelier one. */
  scoreChoices({ sides, items }: ChoiceRequest): ReturnType<EngineClient["scoreChoices"]> {
    this.calls.push(`choices ${sides.join("+")} ${items.length}`);
    const scores = (choices: readonly string[]) => choices.map((_, at) => -1 - at);
    return Promise.resolve({
      cancelled: false,
      items: items.map(({ choices }) => ({
        tokens: choices.map(() => 1),
        logLikelihood: Object.fromEntries(sides.map((side) => [side, scores(choices)])),
      })),
    });
  }

  speed({ side }: { readonly side: Side }): ReturnType<EngineClient["speed"]> {
    this.calls.push(`speed ${side}`);
    const decodeMs = side === "reference" ? [4, 4, 4] : [2, 2, 2];
    return Promise.resolve({
      prefillMs: [10, 10, 10],
      decodeMs,
      promptTokens: 64,
      tokens: 32,
      warmups: 1,
      cold: null,
      counters: {
        prefill: { dispatches: 80, submits: 8, readbackBytes: 4 },
        decode: { dispatches: 310, submits: 4, readbackBytes: 124 },
        liveBytes: 9000,
        peakBytes: 12_000,
      },
    });
  }

  curves({
    side,
    positions,
    promptTokens,
    repeats,
  }: Parameters<EngineClient["curves"]>[0]): ReturnType<EngineClient["curves"]> {
    this.calls.push(`curves ${side}`);
    const times = (ms: number) => Array.from({ length: repeats }, () => ms);
    return Promise.resolve({
      byPosition: positions.map((position) => ({ position, decodeMs: times(2 + position / 64) })),
      prefillByTokens: promptTokens.map((tokens) => ({ tokens, prefillMs: times(2 + tokens / 8) })),
      warmups: 1,
    });
  }

  profile(): ReturnType<EngineClient["profile"]> {
    const kernel = {
      label: "matvec/int4/one",
      shape: "64x64",
      module: "qkv" as const,
      calls: 2,
      ms: 0.5,
      bytes: 1e6,
      operations: 2e6,
      arithmetic: "fma" as const,
      roofOperations: 2e6,
      measuredBy: "repeats" as const,
      wgslSha256: "b".repeat(64),
    };
    return Promise.resolve({ kernels: [kernel], position: 64, tokenMs: [0.6], tokensPerSubmit: 8 });
  }

  roofs(): ReturnType<EngineClient["roofs"]> {
    this.calls.push("roofs");
    return Promise.resolve(sampleRoofs);
  }

  trace({ maxTokens }: { readonly maxTokens: number }): ReturnType<EngineClient["trace"]> {
    this.calls.push(`trace ${maxTokens}`);
    const scored = { kl: 0.1, referenceNll: 1, candidateNll: 1.2 };
    return Promise.resolve({
      tokens: [
        { id: 1, text: "A", scored: null },
        { id: 2, text: " story", scored },
        { id: 3, text: ".", scored: { ...scored, kl: 0.4 } },
      ],
      density: { leastNats: -24, cells: 2, counts: [90, 1, 2, 107] },
      ranks: [
        { rank: 1, reference: -0.5, candidate: -0.6 },
        { rank: 100, reference: -15, candidate: -14 },
      ],
    });
  }

  distribution({
    position,
  }: {
    readonly position: number;
  }): ReturnType<EngineClient["distribution"]> {
    this.calls.push(`distribution ${position}`);
    const reference = Float32Array.of(-0.1, -3, -5);
    const candidate = Float32Array.of(-0.2, -2, -6);
    return Promise.resolve({
      position,
      target: 1,
      reference,
      candidate,
      names: { 0: " a", 1: " b", 2: " c" },
    });
  }

  budget(setting: string, bits: number): ReturnType<EngineClient["budget"]> {
    this.calls.push(`budget ${setting} ${bits}`);
    if (bits < 2) return Promise.reject(new Error("1 bits a weight are too few."));
    return Promise.resolve({ setting: "int4-g32;0=int8-g32", size: size });
  }

  layerErrors(): ReturnType<EngineClient["layerErrors"]> {
    this.calls.push("layerErrors");
    return Promise.resolve({
      setting: "int4-g32",
      tokens: 8,
      cells: [
        { layer: 0, matrix: "q" as const, format: "int4-g32", snrDb: 21, outputError: 0.08 },
        { layer: null, matrix: "head" as const, format: "f32", snrDb: null, outputError: 0 },
      ],
    });
  }

  cancel(): Promise<void> {
    this.calls.push("cancel");
    this.#cancelled = true;
    this.#release();
    return Promise.resolve();
  }

  logits(): Promise<Float32Array> {
    return Promise.resolve(new Float32Array(0));
  }

  exportOnnx(setting: string): Promise<Uint8Array> {
    this.calls.push(`onnx ${setting}`);
    return Promise.resolve(new Uint8Array(8));
  }

  setVariant(op: string, variant: string | null): Promise<void> {
    this.calls.push(`variant ${op} ${variant}`);
    return Promise.resolve();
  }

  variants(): ReturnType<EngineClient["variants"]> {
    return Promise.resolve({ "matvec/int4": ["one", "two"] });
  }

  benchKernel({
    op,
    format,
    shape: { m, n, k },
  }: Parameters<EngineClient["benchKernel"]>[0]): ReturnType<EngineClient["benchKernel"]> {
    this.calls.push(`bench ${op} ${format} ${m}x${n}x${k}`);
    const refusal = this.refused.get(format);
    if (refusal) return Promise.reject(new Error(refusal));
    return Promise.resolve([kernelRow(op, format, `${m}x${n}x${k}`, "one", 2)]);
  }

  kernelSources({
    op,
    format,
  }: Parameters<EngineClient["kernelSources"]>[0]): ReturnType<EngineClient["kernelSources"]> {
    const label = `${op}/${format}/one`;
    const sha256 = "c".repeat(64);
    return Promise.resolve([{ op, format, variant: "one", label, code: "fn main() {}", sha256 }]);
  }

  judgeKernel({
    op,
    format,
    variant,
    code,
  }: Parameters<EngineClient["judgeKernel"]>[0]): ReturnType<EngineClient["judgeKernel"]> {
    this.calls.push(`judge ${op} ${format} ${variant}`);
    const label = `${op}/${format}/${variant}`;
    const copy = { label, op: "matvec/int4", variant, code, sha256: "d".repeat(64) };
    const ok = code.includes("main");
    const message = { type: "error" as const, line: 1, column: 2, length: 3, text: "no main" };
    return Promise.resolve({
      ok,
      copy,
      messages: ok ? [] : [{ ...message, place: "prelude:1" }],
      checks: ok ? [{ name: "1x1x32, set", fault: null }] : [],
      rows: ok
        ? [
            kernelRow(op, format, "1x64x64", variant, 2),
            kernelRow(op, format, "1x64x64", `${variant}/copy`, 1),
          ]
        : [],
    });
  }

  setCopies(copies: readonly KernelCopy[]): Promise<void> {
    this.calls.push(`copies ${copies.map(({ label }) => label).join(",")}`);
    this.copies = copies;
    return Promise.resolve();
  }

  counters(): Promise<never> {
    return Promise.reject(new Error("There is no GPU device."));
  }

  loseDevice(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  restart(): void {
    this.calls.push("restart");
  }
}

/** A page without a page: frames come at once, time goes a millisecond a look. */
export function surroundings(engine: EngineClient, part: Partial<Surroundings> = {}): Surroundings {
  const kept = new Map<string, string>();
  let clock = 0;
  return {
    engine,
    connectPeer: () => Promise.reject(new Error("This test has no other program.")),
    modelBase: "http://localhost/models/test/",
    version: "0.0.0",
    agent: "vitest",
    now: () => ++clock,
    wait: () => Promise.resolve(),
    nextFrame: (run) => queueMicrotask(run),
    readText: () => Promise.resolve("A story."),
    findLack: () => Promise.resolve(null),
    recall: (key) => kept.get(key) ?? null,
    remember: (key, value) => void kept.set(key, value),
    keep: async (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
    kept: async (key) => kept.get(key) ?? null,
    persisted: () => Promise.resolve(false),
    askToPersist: () => Promise.resolve(true),
    mayReach: () => true,
    allowHost: () => {},
    ...part,
  };
}
