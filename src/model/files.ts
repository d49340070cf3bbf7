import { sha256Hex } from "../lib/sha256.ts";
import { type ByteSource, readText } from "./bytes/source.ts";
import type { ChatSource, ChatTemplate } from "./chat.ts";
import { type ModelConfig, parseConfig } from "./config.ts";
import { parseObject } from "./json.ts";
import { askModel, type ModelFiles, optionalText } from "./model-files.ts";
import type { Opened } from "./opened.ts";
import { type OwnBlocks, ownBlocks } from "./own-blocks.ts";
import { openSafetensors } from "./safetensors.ts";
import { openShards } from "./shards.ts";
import { checkTensors, expectedOfFolder } from "./tensor-check.ts";
import { expectedTensors, readWeights, type TensorSource } from "./tensors.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { ModelWeights } from "./weights.ts";
import {
  type BytesReader,
  elementsOf,
  readTensors,
  type StoredTensor,
  type TensorReader,
  type WeightsFile,
} from "./weights-file.ts";

export interface LoadedModel {
  readonly config: ModelConfig;
  /**
   * The file's weights as float32, which every setting is packed from. Of a large model only what
   * is asked for is decoded, from the file itself, which must stay.
   */
  readonly master: ModelWeights;
  /** The same where the file has it in blocks that run as they are; null where it has none. */
  readonly own: OwnBlocks | null;
  /** A file of weights lies there as well, and nearer: from now on it is read there, and nothing of it is held. */
  moveTo(name: string, source: ByteSource): void;
  readonly tokenizer: Tokenizer;
  /** Of the weights file; of several, of the lines that sha256sum prints for them in order of name. */
  readonly sha256: string;
  /** How a conversation is written; null where the model's files do not say. */
  readonly chat: ChatTemplate | null;
  /** The token that ends the model's turn in a conversation, where the template tells. */
  readonly turnEnd: number | null;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  /** What is being read, and how many of its bytes have come. */
  readonly onProgress?: ((name: string, done: number, total: number) => void) | undefined;
  /** A file of weights that was read to its end, and its SHA-256. */
  readonly onFile?: ((name: string, sha256: string) => void) | undefined;
  /** Tokens that a text may have at most, where the model could hold more. */
  readonly context?: number | undefined;
  /** Values of a model that is held as float32; a larger one's matrices are decoded when they are asked for. */
  readonly holdUpTo?: number | undefined;
}

/**
 * Reads a model and checks its files against each other; whatever does not fit is a UserError that
 * names the file and the place.
 */
export async function loadModel(
  files: ModelFiles,
  options: LoadOptions = {},
): Promise<LoadedModel> {
  return await readOpened(await openModel(files, options.signal), options);
}

/** Reads and checks everything but the weights' values. */
export async function openModel(files: ModelFiles, signal?: AbortSignal): Promise<Opened> {
  const opened = await openPlace(files, signal);
  const { config, tokenizer, weights, expected } = opened;
  if (tokenizer.vocabSize > config.vocabSize) {
    throw expected.mismatched(
      `the tokenizer has ${tokenizer.vocabSize} tokens, ${expected.asks} only ${config.vocabSize}`,
    );
  }
  checkTensors(weights, config, expected);
  return opened;
}

/** Reads the weights of a model that was opened. */
export async function readOpened(
  { config: whole, tokenizer, weights, chat }: Opened,
  options: LoadOptions = {},
): Promise<LoadedModel> {
  const { master, own, moveTo, sha256 } = await readMaster(weights, whole, options);
  const config = withContext(whole, options.context);
  const spoken = await readChat(chat, tokenizer);
  // The master as it is: a copy would decode the tables and hold them for as long as the model runs.
  return { config, tokenizer, ...spoken, master, own, moveTo, sha256 };
}

/** The model with room for shorter texts: what it computes stays the same. */
export function withContext(config: ModelConfig, context: number | undefined): ModelConfig {
  return {
    ...config,
    contextLength: Math.min(config.contextLength, context ?? Number.POSITIVE_INFINITY),
  };
}

async function readChat(
  source: ChatSource | null,
  tokenizer: Tokenizer,
): Promise<Pick<LoadedModel, "chat" | "turnEnd">> {
  if (source === null) return { chat: null, turnEnd: null };
  const { createChat, turnEnd } = await import("./chat.ts");
  const chat = createChat(source);
  return { chat, turnEnd: turnEnd(chat, tokenizer) };
}

/** What only some files need is fetched when one is opened: the page begins without it. */
async function openPlace(files: ModelFiles, signal?: AbortSignal): Promise<Opened> {
  const place = await askModel(files, signal);
  switch (place.kind) {
    case "gguf":
      return await (await import("./gguf/open.ts")).openGgufModel(
        files.open(place.weights),
        signal,
      );
    case "llama2c":
      return await (await import("./llama2c-open.ts")).openLlama2cModel(
        files.open(place.weights),
        (name) => files.open(name ?? place.tokenizer),
        signal,
      );
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
  const [{ createTokenizer }, json] = await Promise.all([
    import("./tokenizer.ts"),
    readText(files.open("tokenizer.json"), signal),
  ]);
  const tokenizer = createTokenizer(json);
  const chat = await folderChat(files, signal);
  return {
    config,
    tokenizer,
    weights,
    expected: expectedOfFolder,
    chat,
    form: "safetensors",
    licence: null,
  };
}

/** A template in a file of its own counts more, as in transformers. */
async function folderChat(files: ModelFiles, signal?: AbortSignal): Promise<ChatSource | null> {
  const config = await optionalText(files, "tokenizer_config.json", signal);
  const json = config === null ? {} : parseObject(config);
  const own = await optionalText(files, "chat_template.jinja", signal);
  if (own === null && !("chat_template" in json)) return null;
  const { chatOfConfig, tokensOf } = await import("./chat.ts");
  if (own !== null) return { name: own.name, template: own.text, tokens: tokensOf(json) };
  return chatOfConfig(json, "tokenizer_config.json");
}

/** 64 MiB as float32. */
export const usuallyHeld = 16 << 20;

async function readMaster(
  weights: readonly WeightsFile[],
  config: ModelConfig,
  {
    signal = new AbortController().signal,
    onProgress,
    onFile,
    context,
    holdUpTo = usuallyHeld,
  }: LoadOptions,
): Promise<Pick<LoadedModel, "master" | "own" | "moveTo" | "sha256">> {
  const names = new Set(weights.flatMap(({ tensors }) => [...tensors.keys()]));
  const wanted = new Set(expectedTensors(config, (name) => names.has(name)).keys());
  const sizes = await Promise.all(weights.map(({ source }) => source.size(signal)));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const tensors = new Map<string, TensorReader>();
  const bytes = new Map<string, BytesReader>();
  const moves = new Map<string, (source: ByteSource) => void>();
  const stored = new Map<string, StoredTensor>(weights.flatMap((file) => [...file.tensors]));
  const values = [...stored].reduce(
    (sum, [name, tensor]) => sum + (wanted.has(name) ? elementsOf(tensor) : 0),
    0,
  );
  const late = values > holdUpTo;
  const sums: string[] = [];
  let before = 0;
  for (const [i, file] of weights.entries()) {
    const { name } = file.source;
    let place = name;
    const read = await readTensors(file, wanted, {
      signal,
      late,
      onProgress: (done) => onProgress?.(place, before + done, total),
      onTensor: (tensor) => {
        place = `${name}: ${tensor}`;
      },
    });
    onFile?.(name, read.sha256);
    for (const [tensor, reader] of read.tensors) tensors.set(tensor, reader);
    for (const [tensor, reader] of read.bytes) bytes.set(tensor, reader);
    moves.set(name, read.moveTo);
    sums.push(read.sha256);
    before += sizes[i] ?? 0;
  }
  const source: TensorSource = {
    has: (name) => names.has(name),
    late: (name) => bytes.has(name),
    read: (name) => {
      const read = tensors.get(name);
      if (read === undefined) throw new RangeError(`tensor "${name}" was not read`);
      // Where the model keeps another arrangement, the file's is not held as well.
      if (!bytes.has(name)) tensors.delete(name);
      return read();
    },
  };
  const master = readWeights(config, source, withContext(config, context).contextLength);
  const [only] = sums;
  const own = ownBlocks(config, stored, bytes);
  const moveTo = (name: string, source: ByteSource): void => moves.get(name)?.(source);
  if (only !== undefined && sums.length === 1) return { master, own, moveTo, sha256: only };
  const lines = weights.map(({ source }, i) => `${sums[i]}  ${source.name}\n`);
  return { master, own, moveTo, sha256: await sha256Hex(lines.join("")) };
}
