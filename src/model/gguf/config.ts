import { UserError } from "../../lib/assert.ts";
import { architectureOf } from "../architectures.ts";
import { damaged, show } from "../json.ts";
import type { GgufFile } from "./header.ts";
import type { Metadata } from "./metadata.ts";
import { ggufArchitectures } from "./names.ts";

export interface GgufConfig {
  /** As the file calls it. */
  readonly architecture: string;
  /** The fields that config.json would have. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a Hugging Face folder of the same model says in config.json. */
export function ggufConfig({ source, metadata, tensors }: GgufFile): GgufConfig {
  const { name } = source;
  const architecture = metadata.text("general.architecture");
  if (architecture === null) throw damaged(`${name}: general.architecture is missing`);
  if (metadata.has("split.count") && (metadata.number("split.count") ?? 1) > 1) {
    throw new UserError(
      `${name} is one of several parts; join them with llama-gguf-split --merge and choose the result`,
    );
  }
  const known = Object.hasOwn(ggufArchitectures, architecture)
    ? ggufArchitectures[architecture]
    : undefined;
  const row = known && architectureOf(known.modelType);
  if (known === undefined || row === undefined) {
    throw new UserError(
      `${name}: general.architecture is ${show(architecture)}, which Bitdial does not compute; it runs ${Object.keys(ggufArchitectures).join(", ")}`,
    );
  }
  const names = new Set(tensors.map((tensor) => tensor.name));
  const own = (key: string): number | null => metadata.number(`${architecture}.${key}`);
  const heads = own("attention.head_count");
  const headDim = own("attention.key_length");
  const { fields } = row;
  const set: Record<string, unknown> = {
    model_type: known.modelType,
    [fields.hidden]: own("embedding_length"),
    [fields.layers]: own("block_count"),
    [fields.heads]: heads,
    [fields.inner]: own("feed_forward_length"),
    [fields.context]: own("context_length"),
    vocab_size: tensors.find((tensor) => tensor.name === "token_embd.weight")?.shape[0],
    tie_word_embeddings: !names.has("output.weight"),
    bos_token_id: metadata.number("tokenizer.ggml.bos_token_id"),
    eos_token_id: endIds(metadata),
    sliding_window_pattern: own("attention.sliding_window_pattern"),
    attention_bias: names.has("blk.0.attn_q.bias") || names.has("blk.0.attn_qkv.bias"),
    mlp_bias: names.has("blk.0.ffn_up.bias"),
    ...positions(architecture, metadata, name),
  };
  if (fields.kvHeads) set[fields.kvHeads] = own("attention.head_count_kv") ?? heads;
  if (fields.headDim && headDim !== null) set[fields.headDim] = headDim;
  const eps = own("attention.layer_norm_rms_epsilon") ?? own("attention.layer_norm_epsilon");
  if (fields.eps && eps !== null) set[fields.eps] = shortest(eps);
  const window = own("attention.sliding_window");
  if (window !== null && window > 0)
    Object.assign(set, { sliding_window: window, use_sliding_window: true });
  const width = headDim ?? (own("embedding_length") ?? 0) / (heads ?? 1);
  if (row.attentionScale === "query_pre_attn_scalar") set.query_pre_attn_scalar = width;
  const rotated = own("rope.dimension_count");
  if (row.rotary?.share && rotated !== null) set.partial_rotary_factor = rotated / width;
  const parallel = metadata.flag(`${architecture}.use_parallel_residual`);
  if (row.parallelFlag && parallel !== null) set[row.parallelFlag] = parallel;
  // What a file leaves out is left to the defaults of config.json.
  const json = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== null));
  return { architecture, json };
}

/** Every token at which llama.cpp ends a text. */
function endIds(metadata: Metadata): number[] {
  const keys = ["eos_token_id", "eot_token_id", "eom_token_id"];
  const ids = keys.map((key) => metadata.number(`tokenizer.ggml.${key}`));
  return [...new Set(ids.filter((id) => id !== null))];
}

function positions(
  architecture: string,
  metadata: Metadata,
  name: string,
): Record<string, unknown> {
  const own = (key: string): number | null => metadata.number(`${architecture}.rope.${key}`);
  const theta = own("freq_base");
  const type = metadata.text(`${architecture}.rope.scaling.type`) ?? "none";
  const factor = own("scaling.factor") ?? own("scale_linear") ?? 1;
  const base = theta === null ? {} : { rope_theta: shortest(theta) };
  if (type === "none" || factor === 1) return base;
  if (type === "linear") return { ...base, rope_scaling: { rope_type: "linear", factor } };
  if (type === "yarn") {
    const trained = own("scaling.original_context_length");
    return {
      ...base,
      rope_scaling: {
        rope_type: "yarn",
        factor,
        ...(trained !== null && { original_max_position_embeddings: trained }),
      },
    };
  }
  throw new UserError(
    `${name}: ${architecture}.rope.scaling.type is ${show(type)}, but only none, linear and yarn are computed; choose another model`,
  );
}

/** The shortest decimal that rounds to this float32: 1e-5, where widening gives 9.999999747378752e-6. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}
