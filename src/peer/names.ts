export const kvParts = ["key", "value"] as const;
export type KvPart = (typeof kvParts)[number];

/** Inputs and outputs of a graph by what they are; whoever runs it needs them. */
export const graphNames = {
  ids: "input_ids",
  /** Plain attention: where the first token stands, and what keeps tokens from seeing later ones. */
  position: "position",
  mask: "attention_mask",
  /** Fused attention: positions before the last token, and positions in all. */
  lengths: "seqlens_k",
  total: "total_sequence_length",
  logits: "logits",
  next: "next_id",
  past: (layer: number, part: KvPart): string => `past.${layer}.${part}`,
  present: (layer: number, part: KvPart): string => `present.${layer}.${part}`,
} as const;
