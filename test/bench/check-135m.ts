import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type AdapterChoice, openNodeGpu } from "../../src/cli/adapters.ts";
import { findModelSource } from "../../src/cli/model-source.ts";
import { pathSource } from "../../src/cli/path-source.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { Engine, ModelInfo } from "../../src/engine/protocol.ts";
import { logSoftmax } from "../../src/model/distribution.ts";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { evaluationWindows } from "../../src/model/windows.ts";
import { MemoryWatch } from "./memory-watch.ts";

/** What golden.json beside SmolLM2-135M-Instruct's GGUF file holds; made by transformers and llama.cpp. */
interface Golden {
  readonly encode: readonly { readonly text: string; readonly ids: readonly number[] }[];
  readonly chat_template: readonly {
    readonly messages: Parameters<NonNullable<LoadedModel["chat"]>["render"]>[0];
    readonly add_generation_prompt: boolean;
    readonly text: string;
  }[];
  readonly logits: { readonly ids: readonly number[]; readonly file: string };
  readonly greedy: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly greedy_f32: readonly number[];
    readonly margins: readonly number[];
  }[];
  readonly perplexity: {
    readonly ids_257: readonly number[];
    readonly results: Readonly<Record<string, { readonly perplexity: number }>>;
  };
}

export interface Check {
  readonly what: string;
  readonly found: string;
  readonly wanted: string;
  /** null: not checked, which `found` says why. */
  readonly ok: boolean | null;
}

const LOGIT_BOUND = 2e-3;
const PERPLEXITY_BOUND = 5e-4;
/** Below this gap between the two best logits, rounding may choose either. */
const LEAST_MARGIN = 0.01;
const MEMORY_RATIO = 1.6;
/** Beside two of the largest tensors as float32. */
const SPARE_BYTES = 64e6;

/** Holds the 135M model against its golden values under WebGPU's default limits. `model` is the GGUF file. */
export async function checkModel(
  model: string,
  adapter: AdapterChoice,
  say: (check: Check) => void,
): Promise<boolean> {
  const golden: Golden = JSON.parse(readFileSync(join(dirname(model), "golden.json"), "utf8"));
  let sound = true;
  const report = (check: Check): void => {
    sound &&= check.ok !== false;
    say(check);
  };
  const memory = new MemoryWatch();
  const engine = await openEngine(adapter);
  const info = await engine.load(await findModelSource(model), () => {});
  await engine.apply("reference", "f16", () => {});
  await engine.apply("candidate", "int4-g32", () => {});
  for (const check of await memoryChecks(engine, info, memory.stop())) report(check);

  const loaded = await loadModel(givenFiles({ "model.gguf": pathSource(model, "model.gguf") }));
  for (const check of textChecks(loaded, golden)) report(check);

  // The weights as they are, and what the file's own blocks stand for.
  await engine.apply("reference", "f32", () => {});
  const file = readFileSync(join(dirname(model), golden.logits.file));
  const wanted = new Float32Array(new Uint8Array(file).buffer);
  for (const stepwise of [false, true]) {
    const found = await engine.logits("reference", golden.logits.ids, stepwise);
    report(logitCheck(stepwise ? "one by one" : "together", found, wanted));
  }
  for (const run of golden.greedy) report(await greedyCheck(engine, run));
  // The file's own blocks, as they stand in it: the values are the same, only sums are rounded in another order.
  const { size } = await engine.apply("reference", "native", () => {});
  const found = await engine.logits("reference", golden.logits.ids, false);
  const bits = size.bitsPerWeight.toFixed(2);
  report(
    logitCheck(
      `in native blocks (${info.blocks.join(", ")}, ${bits} bits a weight)`,
      found,
      wanted,
    ),
  );
  for (const run of golden.greedy) {
    const check = await greedyCheck(engine, run);
    report({ ...check, what: `${check.what} in native blocks` });
  }
  await engine.apply("reference", "f32", () => {});
  for (const [name, { perplexity }] of Object.entries(golden.perplexity.results)) {
    const [length = 0, window = 0, stride = 0] = name.split("/").map(Number);
    const ids = golden.perplexity.ids_257;
    if (length !== ids.length) {
      report({
        what: `perplexity, ${name}`,
        found: `not checked: golden.json has the ids of ${ids.length} tokens and no text`,
        wanted: perplexity.toFixed(5),
        ok: null,
      });
      continue;
    }
    const found = await perplexityOf(engine, info, ids, window, stride);
    report({
      what: `perplexity, ${name}`,
      found: found.toFixed(5),
      wanted: `${perplexity.toFixed(5)} within ${100 * PERPLEXITY_BOUND} %`,
      ok: Math.abs(found / perplexity - 1) <= PERPLEXITY_BOUND,
    });
  }
  await engine.dispose();
  return sound;
}

async function openEngine(choice: AdapterChoice): Promise<Engine> {
  const engine = createEngine({
    runtime: "node",
    async openAdapter() {
      const { gpu, adapter, name, software } = await openNodeGpu(choice);
      return { adapter, name, software, wgslFeatures: new Set(gpu.wgslLanguageFeatures) };
    },
    memory: { get: async () => null, set: async () => {} },
  });
  await engine.start({ defaultLimits: true }, ({ sentence }) => {
    throw new Error(sentence);
  });
  return engine;
}

async function memoryChecks(
  engine: Engine,
  { parameters, vocabSize, hiddenSize }: ModelInfo,
  peakBytes: number,
): Promise<Check[]> {
  const { liveBytes, peakBytes: gpuPeak } = await engine.counters();
  const most = 2 * vocabSize * hiddenSize * 4 + SPARE_BYTES;
  const ratio = liveBytes / (2 * parameters);
  return [
    {
      what: "GPU memory with f16 and int4-g32",
      found: `${megabytes(liveBytes)}, ${ratio.toFixed(2)} times f16; at most ${megabytes(gpuPeak)} on the way`,
      wanted: `at most ${MEMORY_RATIO} times`,
      ok: ratio <= MEMORY_RATIO && gpuPeak / (2 * parameters) <= MEMORY_RATIO,
    },
    {
      what: "JavaScript memory while loading",
      found: megabytes(peakBytes),
      wanted: `at most ${megabytes(most)}`,
      ok: peakBytes <= most,
    },
  ];
}

function textChecks({ tokenizer, chat }: LoadedModel, golden: Golden): Check[] {
  const count = <T>(all: readonly T[], fits: (one: T) => boolean): string =>
    `${all.filter(fits).length} of ${all.length} equal`;
  const encodings = count(
    golden.encode,
    ({ text, ids }) => String(tokenizer.encode(text)) === String(ids),
  );
  const renderings = count(
    golden.chat_template,
    ({ messages, add_generation_prompt, text }) =>
      chat?.render(messages, add_generation_prompt) === text,
  );
  return [
    { what: "encodings", found: encodings, wanted: all(golden.encode) },
    { what: "chat renderings", found: renderings, wanted: all(golden.chat_template) },
  ].map((check) => ({ ...check, ok: check.found === check.wanted }));
}

function all(items: readonly unknown[]): string {
  return `${items.length} of ${items.length} equal`;
}

function logitCheck(how: string, found: Float32Array, wanted: Float32Array): Check {
  let worst = found.length === wanted.length ? 0 : Number.NaN;
  for (const [i, value] of found.entries())
    worst = Math.max(worst, Math.abs(value - (wanted[i] ?? Number.NaN)));
  return {
    what: `logits, ${how}`,
    found: `${worst.toExponential(2)} apart at most`,
    wanted: `within ${LOGIT_BOUND}`,
    ok: worst <= LOGIT_BOUND,
  };
}

async function greedyCheck(engine: Engine, run: Golden["greedy"][number]): Promise<Check> {
  const { sides } = await engine.generate(
    {
      prompt: run.text,
      maxTokens: run.greedy_f32.length,
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 },
      sides: ["reference"],
      compare: false,
    },
    () => {},
  );
  const [side] = sides;
  const close = run.margins.findIndex((margin) => margin < LEAST_MARGIN);
  const sure = close < 0 ? run.greedy_f32.length : close;
  const tokens = side?.tokens ?? [];
  const differs = run.greedy_f32.findIndex((id, at) => id !== tokens[at]);
  const equal = differs < 0 ? run.greedy_f32.length : differs;
  const samePrompt = String(side?.promptTokens) === String(run.ids);
  return {
    what: `greedy run after ${JSON.stringify(run.text.slice(0, 24))}`,
    found: samePrompt ? `${equal} tokens equal` : "another prompt",
    wanted: `${sure} of ${run.greedy_f32.length} at least`,
    ok: samePrompt && equal >= sure,
  };
}

async function perplexityOf(
  engine: Engine,
  { vocabSize }: ModelInfo,
  ids: readonly number[],
  window: number,
  stride: number,
): Promise<number> {
  let nll = 0;
  let scored = 0;
  const row = new Float64Array(vocabSize);
  for (const { start, end, scoreFrom } of evaluationWindows(ids.length, window, stride)) {
    const logits = await engine.logits("reference", ids.slice(start, end - 1), false);
    for (let position = scoreFrom; position < end; position++) {
      const at = (position - 1 - start) * vocabSize;
      logSoftmax(logits.subarray(at, at + vocabSize), row);
      nll -= row[ids[position] ?? 0] ?? Number.NaN;
      scored++;
    }
  }
  return Math.exp(nll / scored);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
