import { configOf } from "../../src/model/config.ts";
import { type GgufValue, writeGguf } from "../../src/model/gguf/write.ts";
import { buildSafetensors, type TensorSource } from "../model/safetensors-file.ts";
import { byteLevelVocabulary } from "./gguf.ts";
import { toLlama2c } from "./llama2c.ts";

// A whole model of a few kilobytes in every kind of file, for tests that load thousands of them.

export type Files = Readonly<Record<string, Uint8Array>>;

const [dim, inner, kv] = [8, 16, 4];
const words = ["a", "b", "c", "ab", "abc", "Ġ", "Ġa", "1"];
const special = ["<s>", "</s>"];
const vocab = words.length + special.length;

const tinyConfig = {
  model_type: "llama",
  hidden_size: dim,
  intermediate_size: inner,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: vocab,
  max_position_embeddings: 16,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  rope_scaling: null,
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: [1],
};

const tinyTokenizer = {
  version: "1.0",
  added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
  normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }] },
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [
      { type: "Split", pattern: { Regex: "\\p{N}|\\s+(?!\\S)|\\s+" }, behavior: "Isolated" },
      { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    ],
  },
  post_processor: {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
    pair: [],
    special_tokens: { "<s>": { id: "<s>", ids: [0], tokens: ["<s>"] } },
  },
  decoder: { type: "ByteLevel" },
  model: {
    type: "BPE",
    vocab: Object.fromEntries(words.map((word, i) => [word, i + special.length])),
    merges: ["a b", "ab c", "Ġ a"],
  },
};

const chat = {
  chat_template:
    "{% for m in messages %}{{ bos_token + m['role'] + ': ' + m['content'] | trim }}{% endfor %}",
  bos_token: "<s>",
};

const shapes: Readonly<Record<string, readonly number[]>> = {
  "model.embed_tokens.weight": [vocab, dim],
  "model.layers.0.input_layernorm.weight": [dim],
  "model.layers.0.self_attn.q_proj.weight": [dim, dim],
  "model.layers.0.self_attn.k_proj.weight": [kv, dim],
  "model.layers.0.self_attn.v_proj.weight": [kv, dim],
  "model.layers.0.self_attn.o_proj.weight": [dim, dim],
  "model.layers.0.post_attention_layernorm.weight": [dim],
  "model.layers.0.mlp.gate_proj.weight": [inner, dim],
  "model.layers.0.mlp.up_proj.weight": [inner, dim],
  "model.layers.0.mlp.down_proj.weight": [dim, inner],
  "model.norm.weight": [dim],
};

function values(shape: readonly number[]): Float32Array {
  const length = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length }, (_, i) => Math.sin(i));
}

function source(shape: readonly number[]): TensorSource {
  return { dtype: "F32", shape, bytes: new Uint8Array(values(shape).buffer) };
}

function safetensors(keep: (index: number) => boolean): Uint8Array {
  const kept = Object.entries(shapes).filter((_entry, i) => keep(i));
  return buildSafetensors(Object.fromEntries(kept.map(([name, shape]) => [name, source(shape)])));
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

const texts = {
  "config.json": json(tinyConfig),
  "tokenizer.json": json(tinyTokenizer),
  "tokenizer_config.json": json(chat),
};

const shardNames = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];

const ggufNames: readonly (readonly [string, string])[] = [
  ["embed_tokens", "token_embd"],
  ["layers.0.input_layernorm", "blk.0.attn_norm"],
  ["layers.0.post_attention_layernorm", "blk.0.ffn_norm"],
  ["layers.0.self_attn.o_proj", "blk.0.attn_output"],
  ["layers.0.self_attn.", "blk.0.attn_"],
  ["layers.0.mlp.", "blk.0.ffn_"],
  ["_proj", ""],
  ["model.norm", "output_norm"],
  ["model.", ""],
];

function gguf(vocabulary: Readonly<Record<string, GgufValue>>): Uint8Array {
  const u32 = (value: number): GgufValue => ({ type: "u32", value });
  return writeGguf({
    metadata: {
      "general.architecture": { type: "string", value: "llama" },
      "general.alignment": u32(32),
      "llama.block_count": u32(1),
      "llama.context_length": u32(16),
      "llama.embedding_length": u32(dim),
      "llama.feed_forward_length": u32(inner),
      "llama.attention.head_count": u32(2),
      "llama.attention.head_count_kv": u32(1),
      "llama.attention.layer_norm_rms_epsilon": { type: "f32", value: 1e-5 },
      "tokenizer.ggml.bos_token_id": u32(0),
      "tokenizer.ggml.eos_token_id": u32(1),
      "tokenizer.ggml.add_bos_token": { type: "bool", value: true },
      "tokenizer.chat_template": { type: "string", value: chat.chat_template },
      ...vocabulary,
    },
    tensors: Object.entries(shapes).map(([name, shape]) => ({
      name: ggufNames.reduce((text, [from, to]) => text.replace(from, to), name),
      shape,
      type: "F32",
      bytes: source(shape).bytes,
    })),
  });
}

const pieces = ["<unk>", "<s>", "</s>", "<0x0A>", "▁", "a", "b", "▁a", "ab", "▁ab"];
const scores = pieces.map((_piece, i) => -i);

function tokenizerBin(): Uint8Array {
  const parts = pieces.map((piece, i) => {
    const text = Buffer.from(piece.replaceAll("▁", " "));
    const head = Buffer.alloc(8);
    head.writeFloatLE(scores[i] ?? 0);
    head.writeInt32LE(text.length, 4);
    return Buffer.concat([head, text]);
  });
  return new Uint8Array(Buffer.concat([Buffer.of(8, 0, 0, 0), ...parts]));
}

function llama2c(): Uint8Array {
  const config = configOf(tinyConfig, "config.json");
  return toLlama2c(
    config,
    new Map(Object.entries(shapes).map(([name, shape]) => [name, values(shape)])),
  );
}

export const tinyModels: Readonly<Record<string, Files>> = {
  folder: { ...texts, "model.safetensors": safetensors(() => true) },
  shards: {
    ...texts,
    [shardNames[0] ?? ""]: safetensors((i) => i % 2 === 0),
    [shardNames[1] ?? ""]: safetensors((i) => i % 2 === 1),
    "model.safetensors.index.json": json({
      weight_map: Object.fromEntries(
        Object.keys(shapes).map((name, i) => [name, shardNames[i % 2]]),
      ),
    }),
  },
  gguf: { "tiny.gguf": gguf(byteLevelVocabulary(tinyTokenizer)) },
  sentencepiece: {
    "tiny.gguf": gguf({
      "tokenizer.ggml.model": { type: "string", value: "llama" },
      "tokenizer.ggml.tokens": { type: "strings", value: pieces },
      "tokenizer.ggml.scores": { type: "f32s", value: scores },
      "tokenizer.ggml.token_type": { type: "i32s", value: [2, 3, 3, 6, 1, 1, 1, 1, 1, 1] },
    }),
  },
  llama2c: { "tiny.bin": llama2c(), "tokenizer.bin": tokenizerBin() },
};
