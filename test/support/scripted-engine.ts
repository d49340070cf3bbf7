import type {
  AdapterInfo,
  Engine,
  GenerateRequest,
  ModelInfo,
  SettingState,
  Side,
  SizeReport,
} from "../../src/engine/protocol.ts";
import { UserError } from "../../src/lib/assert.ts";
import { sampleRoofs } from "./sample-roofs.ts";
import { scoredToken } from "./scored-token.ts";

export const scriptedAdapter: AdapterInfo = {
  name: "paper machine",
  vendor: "nobody",
  architecture: "paper",
  device: "paper",
  description: "made of paper",
  software: true,
  runtime: "node",
  features: [],
  wgslFeatures: [],
  subgroupSize: null,
  limits: {},
};

const model: ModelInfo = {
  name: "paper",
  architecture: "LlamaForCausalLM",
  parameters: 8000,
  layers: 1,
  hiddenSize: 8,
  intermediateSize: 16,
  heads: 1,
  kvHeads: 1,
  headDim: 8,
  vocabSize: 16,
  contextLength: 512,
  tiedHead: true,
  blocks: [],
  chatTemplate: null,
  sha256: "0".repeat(64),
  matrices: {
    q: [8, 8],
    k: [8, 8],
    v: [8, 8],
    o: [8, 8],
    gate: [16, 8],
    up: [16, 8],
    down: [8, 16],
  },
};

const size: SizeReport = {
  layers: { weights: 3000, scales: 500, positions: 0 },
  embedding: 400,
  norms: 100,
  kvCache: 0,
  activations: 0,
  weightBytes: 4000,
  bitsPerWeight: 4,
  layerBitsPerWeight: 4.5,
};

function stateOf(side: Side, setting: string): SettingState {
  return {
    side,
    setting,
    size,
    dispatchesPerToken: 12,
    variants: {},
    copies: [],
    family: "dequant",
    checks: [],
    elapsedMs: { total: 1, pack: 1, compile: 0, check: 0 },
    packedTensors: 7,
  };
}

const row = scoredToken({ candidateNll: 2, kl: 0.5, top5: 0.8 });

function refuseFiles(): never {
  throw new UserError("A paper machine has no files.");
}

function refuseInt9(setting: string): void {
  if (setting.startsWith("int9")) throw new UserError(`"${setting}": int9 is no format.`);
}

/** What the command line hears from an engine, without one: every answer is made up. */
export function scriptedEngine(calls: string[]): Engine {
  let cancel = (): void => {};
  const cancelled = new Promise<void>((resolve) => {
    cancel = resolve;
  });
  return {
    start: async () => scriptedAdapter,
    load: async () => model,
    preview: async () => refuseFiles(),
    needs: async () => refuseFiles(),
    loadPreviewed: async () => refuseFiles(),
    kept: async () => ({ models: [], usedBytes: null, quotaBytes: null, lack: "paper burns" }),
    forget: async () => {},
    apply: async (side, setting) => {
      refuseInt9(setting);
      calls.push(`apply ${side} ${setting}`);
      return stateOf(side, setting);
    },
    estimate: async (setting) => {
      refuseInt9(setting);
      return size;
    },
    renderChat: async (messages) => messages.map(({ content }) => content).join("\n"),
    tokenize: async () => [],
    generate: async ({ prompt, maxTokens }: GenerateRequest, onEvent) => {
      if (prompt === "endless") await cancelled;
      if (prompt === "broken") throw new Error("The device was lost.");
      const ids = [4, 5];
      const texts = [", there", " was\u001b[31m"];
      onEvent({ kind: "tokens", side: "candidate", start: 0, ids, texts, elapsedMs: 4 });
      const side = {
        side: "candidate",
        promptTokens: [0, 1],
        readTokens: 2,
        tokens: ids.slice(0, maxTokens),
        text: texts.join(""),
        stop: prompt === "endless" ? "cancelled" : "length",
        prefillMs: 3,
        decodeMsPerToken: 2,
        tokensPerSecond: 500,
      } as const;
      return { sides: [side], partsAt: null };
    },
    evaluate: async (_request, onChunk) => {
      onChunk({ rows: [row, row], done: 2, total: 2 });
      return { scoredTokens: 2, scoredBytes: 8, ended: "text" };
    },
    // The first choice is right under the reference, the last under the candidate.
    scoreChoices: async ({ sides, items }) => {
      calls.push(`choices ${sides.join("+")} ${items.length}`);
      const scored = items.map(({ choices }) => ({
        tokens: choices.map(() => 1),
        logLikelihood: {
          reference: choices.map((_, at) => -1 - at),
          candidate: choices.map((_, at) => at - choices.length),
        },
      }));
      return { items: scored, cancelled: false };
    },
    speed: async ({ promptTokens, tokens, repeats }) => {
      calls.push(`speed ${repeats}`);
      const times = Array.from({ length: repeats }, () => 2);
      const cold = repeats === 0 ? { prefillMs: 9, decodeMs: 4 } : null;
      const lengths = { promptTokens, tokens, warmups: 1 };
      return { prefillMs: times, decodeMs: times, ...lengths, cold, counters: null };
    },
    curves: async ({ positions, promptTokens, repeats }) => {
      calls.push(`curves ${repeats}`);
      const times = Array.from({ length: repeats }, () => 2);
      return {
        byPosition: positions.map((position) => ({ position, decodeMs: times })),
        prefillByTokens: promptTokens.map((tokens) => ({ tokens, prefillMs: times })),
        warmups: 1,
      };
    },
    trace: () => Promise.reject(new Error("The paper machine reads no text.")),
    distribution: () => Promise.reject(new Error("The paper machine reads no text.")),
    budget: () => Promise.reject(new Error("The paper machine has no layers.")),
    layerErrors: () => Promise.reject(new Error("The paper machine has no layers.")),
    profile: async () => ({ kernels: [], position: 256, tokenMs: [2], tokensPerSubmit: 8 }),
    roofs: async () => sampleRoofs,
    logits: async () => new Float32Array(),
    exportOnnx: async () => new Uint8Array(),
    setVariant: async () => {},
    variants: async () => ({}),
    benchKernel: async () => [],
    kernelSources: async () => [],
    judgeKernel: async () => {
      throw new UserError("There is no device to judge a kernel on.");
    },
    setCopies: async () => undefined,
    counters: async () => ({
      liveBytes: 0,
      peakBytes: 0,
      buffersMade: 0,
      pipelinesMade: 0,
      bindGroupsMade: 0,
      dispatches: 0,
      submits: 0,
      readbackBytes: 0,
    }),
    loseDevice: async () => {},
    cancel: async () => cancel(),
    dispose: async () => {
      calls.push("dispose");
    },
  };
}
