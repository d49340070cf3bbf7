import type { Architecture, Fields, TensorNames, Windows } from "./architecture.ts";

const llamaFields: Fields = {
  hidden: "hidden_size",
  layers: "num_hidden_layers",
  heads: "num_attention_heads",
  kvHeads: "num_key_value_heads",
  headDim: "head_dim",
  inner: "intermediate_size",
  context: "max_position_embeddings",
  eps: "rms_norm_eps",
  activation: "hidden_act",
};

const llamaTensors: TensorNames = {
  prefix: "model.",
  embedding: "embed_tokens",
  finalNorm: "norm",
  head: "lm_head",
  layers: "layers",
  norms: { attention: "input_layernorm", mlp: "post_attention_layernorm" },
  matrices: {
    q: "self_attn.q_proj",
    k: "self_attn.k_proj",
    v: "self_attn.v_proj",
    o: "self_attn.o_proj",
    gate: "mlp.gate_proj",
    up: "mlp.up_proj",
    down: "mlp.down_proj",
  },
};

const qkNormTensors = { q: "self_attn.q_norm", k: "self_attn.k_norm" } as const;
const attentionBias = {
  of: ["q", "k", "v", "o"],
  when: { flag: "attention_bias", fallback: false },
} as const;
const mlpBias = {
  of: ["gate", "up", "down"],
  when: { flag: "mlp_bias", fallback: false },
} as const;
const before = ["attention", "mlp"] as const;
const slidingFlag: Windows = { kind: "flag", field: "sliding_window", fallback: 4096 };

const llama: Architecture = {
  id: "llama",
  title: "Llama (SmolLM, SmolLM2, TinyLlama)",
  norm: "rms",
  norms: before,
  gated: true,
  biases: [attentionBias, mlpBias],
  rotary: { theta: 10_000 },
  fixed: { rope_interleaved: false },
  fields: llamaFields,
  defaults: { context: 2048, eps: 1e-6, tied: false, activation: "silu" },
  tensors: llamaTensors,
};

const gptFields: Fields = {
  ...llamaFields,
  kvHeads: null,
  headDim: null,
  eps: "layer_norm_epsilon",
  activation: "activation_function",
};

/** Layer norms with biases before the blocks, and a feed-forward block without a gate. */
const gpt = {
  norm: "layer",
  norms: before,
  gated: false,
  fields: gptFields,
} as const;

const gptTensors: TensorNames = {
  prefix: "transformer.",
  embedding: "wte",
  positions: "wpe",
  finalNorm: "ln_f",
  head: "lm_head",
  layers: "h",
  norms: { attention: "ln_1", mlp: "ln_2" },
  matrices: { o: "attn.c_proj", up: "mlp.c_fc", down: "mlp.c_proj" },
};

const everyMatrix = ["q", "k", "v", "o", "up", "down"] as const;

export const architectures: readonly Architecture[] = [
  llama,
  {
    ...llama,
    id: "mistral",
    title: "Mistral",
    biases: [],
    windows: { kind: "all", field: "sliding_window", fallback: 4096 },
    defaults: { ...llama.defaults, context: 131_072, kvHeads: 8 },
  },
  {
    ...llama,
    id: "qwen2",
    title: "Qwen2, Qwen2.5",
    biases: [{ of: ["q", "k", "v"], when: true }],
    windows: slidingFlag,
    defaults: { ...llama.defaults, context: 32_768 },
  },
  {
    ...llama,
    id: "qwen3",
    title: "Qwen3",
    norms: [...before, "q", "k"],
    qkNorm: "head",
    biases: [attentionBias],
    windows: slidingFlag,
    defaults: { ...llama.defaults, context: 32_768, headDim: 128 },
    tensors: { ...llamaTensors, norms: { ...llamaTensors.norms, ...qkNormTensors } },
  },
  {
    ...llama,
    id: "smollm3",
    title: "SmolLM3",
    rotary: { theta: 2_000_000, skips: true },
    windows: { ...slidingFlag, fallback: null },
    defaults: { ...llama.defaults, context: 32_768, tied: true, kvHeads: 4 },
  },
  {
    ...llama,
    id: "olmo2",
    title: "OLMo2",
    norms: ["attentionOut", "mlpOut", "q", "k"],
    qkNorm: "all",
    biases: [attentionBias],
    defaults: { ...llama.defaults, eps: 1e-5 },
    tensors: {
      ...llamaTensors,
      norms: {
        attentionOut: "post_attention_layernorm",
        mlpOut: "post_feedforward_layernorm",
        ...qkNormTensors,
      },
    },
  },
  {
    ...llama,
    id: "gemma3_text",
    title: "Gemma 3 (text)",
    gainOffset: 1,
    norms: ["attention", "attentionOut", "mlp", "mlpOut", "q", "k"],
    qkNorm: "head",
    biases: [attentionBias],
    rotary: { theta: 1_000_000, localTheta: 10_000 },
    windows: { kind: "pattern", field: "sliding_window", fallback: 4096 },
    attentionScale: "query_pre_attn_scalar",
    scaledEmbedding: true,
    fixed: {
      attn_logit_softcapping: null,
      final_logit_softcapping: null,
      use_bidirectional_attention: false,
    },
    fields: { ...llamaFields, activation: "hidden_activation" },
    defaults: {
      context: 131_072,
      eps: 1e-6,
      tied: true,
      activation: "gelu_pytorch_tanh",
      kvHeads: 4,
      headDim: 256,
    },
    tensors: {
      ...llamaTensors,
      norms: {
        attention: "input_layernorm",
        attentionOut: "post_attention_layernorm",
        mlp: "pre_feedforward_layernorm",
        mlpOut: "post_feedforward_layernorm",
        ...qkNormTensors,
      },
    },
  },
  {
    ...gpt,
    id: "phi",
    title: "Phi-1, Phi-1.5, Phi-2",
    norms: ["attention"],
    parallel: true,
    biases: [{ of: [...everyMatrix, "head"], when: true }],
    rotary: { theta: 10_000, share: { fields: ["partial_rotary_factor"], fallback: 0.5 } },
    fixed: { qk_layernorm: false },
    fields: { ...llamaFields, headDim: null, eps: "layer_norm_eps" },
    defaults: { context: 2048, eps: 1e-5, tied: false, activation: "gelu_new" },
    tensors: {
      ...llamaTensors,
      finalNorm: "final_layernorm",
      norms: { attention: "input_layernorm" },
      matrices: {
        q: "self_attn.q_proj",
        k: "self_attn.k_proj",
        v: "self_attn.v_proj",
        o: "self_attn.dense",
        up: "mlp.fc1",
        down: "mlp.fc2",
      },
    },
  },
  {
    ...gpt,
    id: "gpt2",
    title: "GPT-2",
    biases: [{ of: everyMatrix, when: true }],
    positionOffset: 0,
    innerDefault: true,
    fixed: {
      scale_attn_weights: true,
      scale_attn_by_inverse_layer_idx: false,
      add_cross_attention: false,
    },
    fields: {
      ...gptFields,
      hidden: "n_embd",
      layers: "n_layer",
      heads: "n_head",
      inner: "n_inner",
      context: "n_positions",
    },
    defaults: { context: 1024, eps: 1e-5, tied: true, activation: "gelu_new" },
    tensors: { ...gptTensors, fused: { stem: "attn.c_attn", order: "matrix" }, transposed: true },
  },
  {
    ...gpt,
    id: "gpt_neo",
    title: "GPT-Neo (TinyStories-1M to 33M)",
    biases: [{ of: ["o", "up", "down"], when: true }],
    positionOffset: 0,
    windows: { kind: "types", field: "window_size", fallback: 256 },
    attentionScale: "one",
    innerDefault: true,
    fixed: {},
    fields: { ...gptFields, layers: "num_layers", heads: "num_heads" },
    defaults: { context: 2048, eps: 1e-5, tied: true, activation: "gelu_new" },
    tensors: {
      ...gptTensors,
      matrices: {
        q: "attn.attention.q_proj",
        k: "attn.attention.k_proj",
        v: "attn.attention.v_proj",
        o: "attn.attention.out_proj",
        up: "mlp.c_fc",
        down: "mlp.c_proj",
      },
    },
  },
  {
    ...gpt,
    id: "gpt_neox",
    title: "GPT-NeoX (Pythia)",
    parallelFlag: "use_parallel_residual",
    biases: [
      { of: ["q", "k", "v", "o"], when: { flag: "attention_bias", fallback: true } },
      { of: ["up", "down"], when: true },
    ],
    rotary: {
      theta: 10_000,
      share: { fields: ["partial_rotary_factor", "rotary_pct"], fallback: 0.25 },
    },
    fixed: {},
    fields: { ...llamaFields, kvHeads: null, headDim: null, eps: "layer_norm_eps" },
    defaults: { context: 2048, eps: 1e-5, tied: false, activation: "gelu" },
    tensors: {
      prefix: "gpt_neox.",
      embedding: "embed_in",
      finalNorm: "final_layer_norm",
      head: "embed_out",
      layers: "layers",
      norms: { attention: "input_layernorm", mlp: "post_attention_layernorm" },
      matrices: {
        o: "attention.dense",
        up: "mlp.dense_h_to_4h",
        down: "mlp.dense_4h_to_h",
      },
      fused: { stem: "attention.query_key_value", order: "head" },
    },
  },
  {
    ...gpt,
    id: "opt",
    title: "OPT",
    biases: [{ of: everyMatrix, when: { flag: "enable_bias", fallback: true } }],
    positionOffset: 2,
    fixed: {
      do_layer_norm_before: true,
      _remove_final_layer_norm: false,
      layer_norm_elementwise_affine: true,
    },
    fields: { ...gptFields, inner: "ffn_dim", eps: null },
    defaults: { context: 2048, eps: 1e-5, tied: true, activation: "relu" },
    tensors: {
      prefix: "model.decoder.",
      embedding: "embed_tokens",
      positions: "embed_positions",
      finalNorm: "final_layer_norm",
      head: "lm_head",
      layers: "layers",
      norms: { attention: "self_attn_layer_norm", mlp: "final_layer_norm" },
      matrices: {
        q: "self_attn.q_proj",
        k: "self_attn.k_proj",
        v: "self_attn.v_proj",
        o: "self_attn.out_proj",
        up: "fc1",
        down: "fc2",
      },
    },
  },
];

/** The row of a model_type; undefined where there is none. */
export function architectureOf(id: unknown): Architecture | undefined {
  return architectures.find((row) => row.id === id);
}

/** "llama, mistral, …": what runs, for messages. */
export function architectureList(): string {
  return architectures.map(({ id, title }) => `${id} (${title})`).join(", ");
}
