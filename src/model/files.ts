import { sha256Hex } from "../lib/sha256.ts";
import { type ByteSource, readText } from "./bytes/source.ts";
import { type ChatSource, type ChatTemplate, chatOfConfig, createChat, tokensOf } from "./chat.ts";
import { configOf, type ModelConfig, parseConfig } from "./config.ts";
import { ggufConfig } from "./gguf/config.ts";
import { openGguf } from "./gguf/header.ts";
import { namedTensors } from "./gguf/names.ts";
import { ropeOfFactors } from "./gguf/rope-factors.ts";
import { ggufChat, ggufTokenizer } from "./gguf/tokenizer.ts";
import { parseObject } from "./json.ts";
import { openLlama2c, readLlama2cTokenizer } from "./llama2c.ts";
import { askModel, type ModelFiles, optionalText } from "./model-files.ts";
import { openSafetensors } from "./safetensors.ts";
import { openShards } from "./shards.ts";
import { checkTensors, type Expected, expectedOfFile, expectedOfFolder } from "./tensor-check.ts";
import { expectedTensors, readWeights } from "./tensors.ts";
import { createTokenizer, type Tokenizer, tokenizerOf } from "./tokenizer.ts";
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
  /** How a conversation is written; null where the model's files do not say. */
  readonly chat: ChatTemplate | null;
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
  readonly expected: Expected;
  readonly chat: ChatSource | null;
}

/**
 * Reads a model and checks its files against each other; whatever does not fit is a UserError that
 * names the file and the place.
 */
export async function loadModel(
  files: ModelFiles,
  options: LoadOptions = {},
): Promise<LoadedModel> {
  const opened = await openModel(files, options.signal);
  const { config, tokenizer, weights, expected, chat } = opened;
  if (tokenizer.vocabSize > config.vocabSize) {
    throw expected.mismatched(
      `the tokenizer has ${tokenizer.vocabSize} tokens, ${expected.asks} only ${config.vocabSize}`,
    );
  }
  checkTensors(weights, config, expected);
  const read = await readMaster(weights, config, options);
  return { config, tokenizer, chat: chat && createChat(chat), ...read };
}

async function openModel(files: ModelFiles, signal?: AbortSignal): Promise<Opened> {
  const place = await askModel(files, signal);
  switch (place.kind) {
    case "gguf":
      return await openGgufModel(files.open(place.weights), signal);
    case "llama2c":
      return await openLlama2cModel(files.open(place.weights), files.open(place.tokenizer), signal);
    case "shards":
      return await openFolder(files, await openShards(files, place.index, signal), signal);
    case "safetensors": {
      const weights = await openSafetensors(files.open(place.weights), signal);
      return await openFolder(files, [weights], signal);
    }
    default:
      return place satisfies never;
  }
}

async function openFolder(
  files: ModelFiles,
  weights: readonly WeightsFile[],
  signal?: AbortSignal,
): Promise<Opened> {
  const generation = await optionalText(files, "generation_config.json", signal);
  const text = await readText(files.open("config.json"), signal);
  const config = parseConfig(text, generation ?? undefined);
  const tokenizer = createTokenizer(await readText(files.open("tokenizer.json"), signal));
  const chat = await folderChat(files, signal);
  return { config, tokenizer, weights, expected: expectedOfFolder, chat };
}

/** A template in a file of its own counts more, as in transformers. */
async function folderChat(files: ModelFiles, signal?: AbortSignal): Promise<ChatSource | null> {
  const config = await optionalText(files, "tokenizer_config.json", signal);
  const json = config === null ? {} : parseObject(config);
  const own = await optionalText(files, "chat_template.jinja", signal);
  if (own !== null) return { name: own.name, template: own.text, tokens: tokensOf(json) };
  return chatOfConfig(json, "tokenizer_config.json");
}

async function openGgufModel(source: ByteSource, signal?: AbortSignal): Promise<Opened> {
  const file = await openGguf(source, signal);
  const { architecture, json } = ggufConfig(file);
  const config = configOf(
    { ...json, ...(await ropeOfFactors(file, signal)) },
    `${source.name} (as config.json)`,
  );
  const tokenizer = tokenizerOf(ggufTokenizer(file.metadata, source.name), source.name);
  const tensors = namedTensors(file, architecture, config);
  const chat = ggufChat(file.metadata, source.name);
  return { config, tokenizer, weights: [{ source, tensors }], expected: expectedOfFile, chat };
}

async function openLlama2cModel(
  source: ByteSource,
  tokenizerSource: ByteSource,
  signal?: AbortSignal,
): Promise<Opened> {
  const { weights, config: json } = await openLlama2c(source, signal);
  const config = configOf(json, `${source.name} (as config.json)`);
  const tokenizer = tokenizerOf(
    await readLlama2cTokenizer(tokenizerSource, config.vocabSize, signal),
    tokenizerSource.name,
  );
  return { config, tokenizer, weights: [weights], expected: expectedOfFile, chat: null };
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
