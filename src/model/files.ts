import { sha256Hex } from "../lib/sha256.ts";
import { readText } from "./bytes/source.ts";
import { type ModelConfig, parseConfig } from "./config.ts";
import { askModel, type ModelFiles, optionalText } from "./model-files.ts";
import { openSafetensors } from "./safetensors.ts";
import { openShards } from "./shards.ts";
import { checkTensors, mismatched } from "./tensor-check.ts";
import { expectedTensors, readWeights } from "./tensors.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";
import type { ModelWeights } from "./weights.ts";
import { readTensors, type WeightsFile } from "./weights-file.ts";

export interface LoadedModel {
  readonly config: ModelConfig;
  /**
   * The file's weights as float32, the one copy that every setting is packed from. The file's bytes
   * are no longer needed.
   */
  readonly master: ModelWeights;
  readonly tokenizer: Tokenizer;
  /** Of the weights file; of several, of the lines that sha256sum prints for them in order of name. */
  readonly sha256: string;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  /** What is being read, and how many of its bytes have come. */
  readonly onProgress?: ((name: string, done: number, total: number) => void) | undefined;
}

/** Everything about a model but the values of its weights. */
interface Opened {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly weights: readonly WeightsFile[];
}

/**
 * Reads a model and checks its files against each other; whatever does not fit is a UserError that
 * names the file and the place.
 */
export async function loadModel(
  files: ModelFiles,
  options: LoadOptions = {},
): Promise<LoadedModel> {
  const { config, tokenizer, weights } = await openModel(files, options.signal);
  if (tokenizer.vocabSize > config.vocabSize) {
    throw mismatched(
      `tokenizer.json has ${tokenizer.vocabSize} tokens, config.json only ${config.vocabSize}`,
    );
  }
  checkTensors(weights, config);
  return { config, tokenizer, ...(await readMaster(weights, config, options)) };
}

async function openModel(files: ModelFiles, signal?: AbortSignal): Promise<Opened> {
  const place = await askModel(files, signal);
  const generation = await optionalText(files, "generation_config.json", signal);
  const config = parseConfig(
    await readText(files.open("config.json"), signal),
    generation ?? undefined,
  );
  const tokenizer = createTokenizer(await readText(files.open("tokenizer.json"), signal));
  const weights =
    place.kind === "shards"
      ? await openShards(files, place.index, signal)
      : [await openSafetensors(files.open(place.weights), signal)];
  return { config, tokenizer, weights };
}

async function readMaster(
  weights: readonly WeightsFile[],
  config: ModelConfig,
  { signal = new AbortController().signal, onProgress }: LoadOptions,
): Promise<{ master: ModelWeights; sha256: string }> {
  const names = new Set(weights.flatMap(({ tensors }) => [...tensors.keys()]));
  const wanted = new Set(expectedTensors(config, (name) => names.has(name)).keys());
  const sizes = await Promise.all(weights.map(({ source }) => source.size(signal)));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const tensors = new Map<string, Float32Array>();
  const sums: string[] = [];
  let before = 0;
  for (const [i, file] of weights.entries()) {
    const { name } = file.source;
    const read = await readTensors(file, wanted, {
      signal,
      onProgress: (done) => onProgress?.(name, before + done, total),
    });
    for (const [tensor, values] of read.tensors) tensors.set(tensor, values);
    sums.push(read.sha256);
    before += sizes[i] ?? 0;
  }
  const master = readWeights(config, {
    has: (name) => names.has(name),
    read: (name) => {
      const values = tensors.get(name);
      if (values === undefined) throw new RangeError(`tensor "${name}" was not read`);
      // Where the model keeps another arrangement, the file's is not held as well.
      tensors.delete(name);
      return values;
    },
  });
  const [only] = sums;
  if (only !== undefined && sums.length === 1) return { master, sha256: only };
  const lines = weights.map(({ source }, i) => `${sums[i]}  ${source.name}\n`);
  return { master, sha256: await sha256Hex(lines.join("")) };
}
