import { architectureOf } from "../../src/model/architectures.ts";
import { memorySource } from "../../src/model/bytes/source.ts";
import type { ModelConfig } from "../../src/model/config.ts";
import { type GgufTensorData, type GgufValue, writeGguf } from "../../src/model/gguf/write.ts";
import { openSafetensors } from "../../src/model/safetensors.ts";
import { readTensors } from "../../src/model/weights-file.ts";
import { blockBytes } from "./file-blocks.ts";

// What llama.cpp's converter makes of a Hugging Face folder, as far as it is read here.

type Json = Record<string, unknown>;

interface Kind {
  readonly name: string;
  readonly interleaved?: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  llama: { name: "llama", interleaved: true },
  qwen2: { name: "qwen2" },
  qwen3: { name: "qwen3" },
  smollm3: { name: "smollm3", interleaved: true },
  olmo2: { name: "olmo2" },
  gemma3_text: { name: "gemma3" },
  phi: { name: "phi2" },
  gpt2: { name: "gpt2" },
  gpt_neox: { name: "gptneox" },
};

export interface Folder {
  readonly config: ModelConfig;
  readonly configJson: Json;
  readonly tokenizerJson: Json;
  readonly weights: Uint8Array;
}

export async function floatTensors(weights: Uint8Array): Promise<Map<string, Float32Array>> {
  const file = await openSafetensors(memorySource("model.safetensors", weights));
  const { tensors } = await readTensors(file, new Set(file.tensors.keys()), {
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  return new Map([...tensors].map(([name, read]) => [name, read()]));
}

export async function toGguf(
  folder: Folder,
  vocabulary: Record<string, GgufValue> = byteLevelVocabulary(folder.tokenizerJson),
  typeOf: (name: string, cols: number) => string = () => "F32",
): Promise<Uint8Array<ArrayBuffer>> {
  const { config, configJson } = folder;
  const kind = kinds[config.architecture];
  if (kind === undefined) throw new Error(`no GGUF of ${config.architecture}`);
  const tensors: GgufTensorData[] = [];
  for (const [name, values] of await floatTensors(folder.weights)) {
    const own = ggufName(name, config);
    // A folder of more layers than the config wants gives the first ones.
    if (Number(/^blk\.(\d+)/.exec(own)?.[1] ?? 0) >= config.layers) continue;
    const put = arrange(own, values, config, kind);
    const cols = width(own, config);
    const shape = cols === 0 ? [put.length] : [put.length / cols, cols];
    const type = cols === 0 ? "F32" : typeOf(own, cols);
    tensors.push({ name: own, shape, type, bytes: blockBytes(type, put, cols) });
  }
  return writeGguf({
    metadata: { ...metadataOf(config, configJson, kind.name), ...vocabulary },
    tensors,
  });
}

function ggufName(name: string, config: ModelConfig): string {
  const tensors = architectureOf(config.architecture)?.tensors;
  if (tensors === undefined) throw new Error("no row");
  const dot = name.lastIndexOf(".");
  const stem = name.slice(0, dot);
  const end = name.slice(dot);
  const outer = new Map([
    [tensors.prefix + tensors.embedding, "token_embd"],
    [tensors.prefix + (tensors.positions ?? "-"), "position_embd"],
    [tensors.prefix + tensors.finalNorm, "output_norm"],
    [tensors.head, "output"],
  ]).get(stem);
  if (outer !== undefined) return outer + end;
  const list = `${tensors.prefix}${tensors.layers}.`;
  const [layer = "", ...rest] = stem.slice(list.length).split(".");
  const part = rest.join(".");
  const { norms: n, matrices: m } = tensors;
  const parts = new Map<string | undefined, string>([
    [n.attention, "attn_norm"],
    [n.mlp, "ffn_norm"],
    [n.attentionOut, "post_attention_norm"],
    [n.mlpOut, "post_ffw_norm"],
    [n.q, "attn_q_norm"],
    [n.k, "attn_k_norm"],
    [m.q, "attn_q"],
    [m.k, "attn_k"],
    [m.v, "attn_v"],
    [m.o, "attn_output"],
    [m.gate, "ffn_gate"],
    [m.up, "ffn_up"],
    [m.down, "ffn_down"],
    [tensors.fused?.stem, "attn_qkv"],
  ]);
  const found = parts.get(part);
  if (found === undefined) throw new Error(`no name for ${name}`);
  return `blk.${layer}.${found}${end}`;
}

/** Inputs of a matrix, 0 for a vector. */
function width(name: string, config: ModelConfig): number {
  if (!name.endsWith(".weight") || /norm\.weight$/.test(name)) return 0;
  if (name.includes("ffn_down")) return config.intermediateSize;
  if (name.includes("attn_output")) return config.heads * config.headDim;
  return config.hiddenSize;
}

function arrange(
  name: string,
  values: Float32Array,
  config: ModelConfig,
  { interleaved }: Kind,
): Float32Array {
  const row = architectureOf(config.architecture);
  if (row?.gainOffset !== undefined && name.endsWith("norm.weight"))
    return values.map((value) => value + (row.gainOffset ?? 0));
  if (interleaved && /attn_[qk]\.(weight|bias)$/.test(name)) {
    const heads = name.includes("attn_q") ? config.heads : config.kvHeads;
    return joinHalves(values, heads, config.headDim);
  }
  if (row?.tensors.fused?.order === "head" && name.includes("attn_qkv"))
    return stacked(values, config.heads);
  const turned = row?.tensors.transposed && width(name, config) > 0 && name.startsWith("blk");
  return turned ? transposed(values, width(name, config)) : values;
}

/** Rotary pairs from half a head apart to neighbours. */
export function joinHalves(values: Float32Array, heads: number, headDim: number): Float32Array {
  const cols = values.length / heads / headDim;
  const out = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let pair = 0; pair < headDim / 2; pair++) {
      for (let side = 0; side < 2; side++) {
        const from = (head * headDim + side * (headDim / 2) + pair) * cols;
        out.set(values.subarray(from, from + cols), (head * headDim + 2 * pair + side) * cols);
      }
    }
  }
  return out;
}

/** [head][q, k, v] to [q, k, v][head]. */
function stacked(values: Float32Array, heads: number): Float32Array {
  const size = values.length / heads / 3;
  const out = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let part = 0; part < 3; part++) {
      const from = (head * 3 + part) * size;
      out.set(values.subarray(from, from + size), (part * heads + head) * size);
    }
  }
  return out;
}

/** [inputs, outputs] to [outputs, inputs]. */
function transposed(values: Float32Array, inputs: number): Float32Array {
  const outputs = values.length / inputs;
  return values.map((_value, i) => values[(i % inputs) * outputs + Math.floor(i / inputs)] ?? 0);
}

function metadataOf(config: ModelConfig, json: Json, name: string): Record<string, GgufValue> {
  const u32 = (value: number): GgufValue => ({ type: "u32", value });
  const f32 = (value: number): GgufValue => ({ type: "f32", value });
  const [rotary] = config.rotary;
  const window = config.layerKinds.find((kind) => kind.window !== null)?.window;
  const eps = config.norm === "rms" ? "layer_norm_rms_epsilon" : "layer_norm_epsilon";
  return {
    "general.architecture": { type: "string", value: name },
    [`${name}.block_count`]: u32(config.layers),
    [`${name}.context_length`]: u32(config.contextLength),
    [`${name}.embedding_length`]: u32(config.hiddenSize),
    [`${name}.feed_forward_length`]: u32(config.intermediateSize),
    [`${name}.attention.head_count`]: u32(config.heads),
    [`${name}.attention.head_count_kv`]: u32(config.kvHeads),
    [`${name}.attention.key_length`]: u32(config.headDim),
    [`${name}.attention.${eps}`]: f32(config.normEps),
    ...(rotary && { [`${name}.rope.freq_base`]: f32(rotary.theta) }),
    ...(rotary && { [`${name}.rope.dimension_count`]: u32(rotary.dims) }),
    ...(window && { [`${name}.attention.sliding_window`]: u32(window) }),
    ...(name === "gemma3" && {
      "gemma3.attention.sliding_window_pattern": u32(
        1 + config.layerKinds.findIndex((kind) => kind.window === null),
      ),
    }),
    ...(name === "gptneox" && {
      "gptneox.use_parallel_residual": { type: "bool" as const, value: config.parallel },
    }),
    ...(config.bosId !== null && { "tokenizer.ggml.bos_token_id": u32(config.bosId) }),
    ...(typeof json.eos_token_id === "number" && {
      "tokenizer.ggml.eos_token_id": u32(json.eos_token_id),
    }),
  };
}

interface AddedEntry {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

/** The tokens of a tokenizer.json by id, and their types. */
export function tokensOf(json: Json): { texts: string[]; types: number[] } {
  const model = json.model as { vocab: Record<string, number> };
  const texts: string[] = [];
  for (const [text, id] of Object.entries(model.vocab)) texts[id] = text;
  const types = texts.map(() => 1);
  for (const { id, content, special } of json.added_tokens as AddedEntry[]) {
    texts[id] = content;
    types[id] = special ? 3 : 4;
  }
  return { texts, types };
}

export function byteLevelVocabulary(json: Json, pre = "gpt-2"): Record<string, GgufValue> {
  const { texts, types } = tokensOf(json);
  const { merges } = json.model as { merges: (string | string[])[] };
  return {
    "tokenizer.ggml.model": { type: "string", value: "gpt2" },
    "tokenizer.ggml.pre": { type: "string", value: pre },
    "tokenizer.ggml.tokens": { type: "strings", value: texts },
    "tokenizer.ggml.token_type": { type: "i32s", value: types },
    "tokenizer.ggml.merges": {
      type: "strings",
      value: merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" "))),
    },
  };
}
