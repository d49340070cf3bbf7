import type { MatrixName } from "../quant/overrides.ts";

/**
 * Norms of a layer by where they stand: before a block (on its input), behind it (on its output, before it is
 * added), and on queries and keys.
 */
export type NormName = "attention" | "attentionOut" | "mlp" | "mlpOut" | "q" | "k";

/** Names of fields in config.json; null where an architecture has no such field. */
export interface Fields {
  readonly hidden: string;
  readonly layers: string;
  readonly heads: string;
  readonly kvHeads: string | null;
  readonly headDim: string | null;
  /** Four times the hidden size when the file leaves it out, where `innerDefault` says so. */
  readonly inner: string;
  readonly context: string;
  readonly eps: string | null;
  readonly activation: string;
}

/** Stems of tensors; ".weight" and ".bias" follow. */
export interface TensorNames {
  /** Of everything but the head; files that were saved from the inner model leave it out. */
  readonly prefix: string;
  readonly embedding: string;
  readonly positions?: string;
  readonly finalNorm: string;
  /** Whole: no prefix stands before it. */
  readonly head: string;
  /** Of all layers' list. */
  readonly layers: string;
  readonly norms: Readonly<Partial<Record<NormName, string>>>;
  readonly matrices: Readonly<Partial<Record<MatrixName, string>>>;
  /** One tensor for q, k and v: one under another, or head by head. */
  readonly fused?: { readonly stem: string; readonly order: "matrix" | "head" };
  /** Matrices are stored [inputs, outputs]. */
  readonly transposed?: boolean;
}

/** What transformers takes where the file has no such field. */
interface Defaults {
  readonly context: number;
  readonly eps: number;
  readonly tied: boolean;
  readonly activation: string;
  readonly kvHeads?: number;
  readonly headDim?: number;
}

export interface Rotary {
  readonly theta: number;
  /** The share of a head that is rotated, by the names it had over time. */
  readonly share?: { readonly fields: readonly string[]; readonly fallback: number };
  /** Layers with a window have a base of their own. */
  readonly localTheta?: number;
  /** Some layers are left unrotated: no_rope_layers, no_rope_layer_interval. */
  readonly skips?: boolean;
}

/** Which layers see only a window: all, those a flag or layer_types names, all but every n-th, or as attention_types lists. */
export interface Windows {
  readonly kind: "all" | "flag" | "pattern" | "types";
  readonly field: string;
  readonly fallback: number | null;
}

/** A row says everything in which an architecture differs; nothing else in the program asks for its name. */
export interface Architecture {
  /** model_type in config.json. */
  readonly id: string;
  /** Whom to expect under it, for people. */
  readonly title: string;
  readonly norm: "rms" | "layer";
  /** Stored gains are so far from the true ones. */
  readonly gainOffset?: number;
  readonly norms: readonly NormName[];
  /** Both blocks read the same residual stream; with no "mlp" norm also the same norm of it. */
  readonly parallel?: boolean;
  /** The flag that says so, for an architecture that has both. */
  readonly parallelFlag?: string;
  /** Norms of queries and keys run over each head or over all of them. */
  readonly qkNorm?: "head" | "all";
  readonly gated: boolean;
  /** Matrices with a bias, always or where a flag (with its default) says so. */
  readonly biases: readonly {
    readonly of: readonly (MatrixName | "head")[];
    readonly when: true | { readonly flag: string; readonly fallback: boolean };
  }[];
  readonly rotary?: Rotary;
  /** Learned positions: the table's rows before position 0. */
  readonly positionOffset?: number;
  readonly windows?: Windows;
  /** Scores are divided by the root of the head's width unless this says otherwise. */
  readonly attentionScale?: "one" | "query_pre_attn_scalar";
  /** Embeddings are multiplied by the root of the hidden size. */
  readonly scaledEmbedding?: boolean;
  readonly innerDefault?: boolean;
  /** Fields that would change what is computed, with the one value that is computed. */
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly fields: Fields;
  readonly defaults: Defaults;
  readonly tensors: TensorNames;
}
