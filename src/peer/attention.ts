import { ropeTable } from "../kernels/rope.ts";
import type { ModelConfig } from "../model/config.ts";
import { rotaryFrequencies, rotaryMagnitude } from "../model/rotary.ts";
import { graphNames, type KvPart, kvParts } from "./names.ts";
import type { Nodes } from "./nodes.ts";
import type { Value } from "./onnx.ts";
import type { Attention } from "./protocol.ts";

/** Names of a layer's queries, keys and values, each [1, tokens, heads * headDim]. */
export type Projected = Readonly<Record<"q" | "k" | "v", string>>;

/** What a run says of its tokens besides their ids. */
export function attentionInputs(attention: Attention): Value[] {
  if (attention === "fused") {
    return [
      { name: graphNames.lengths, type: "int32", dims: [1] },
      { name: graphNames.total, type: "int32", dims: [] },
    ];
  }
  return [
    { name: graphNames.position, type: "int64", dims: [1] },
    { name: graphNames.mask, type: "float", dims: ["rows", "total_length"] },
  ];
}

/** The cache on its way in or out. */
export function cacheValues(
  { layers, kvHeads, headDim }: ModelConfig,
  which: "past" | "present",
): Value[] {
  const dims = [1, kvHeads, `${which}_length`, headDim];
  return Array.from({ length: layers }, (_, layer) =>
    kvParts.map((part): Value => ({ name: graphNames[which](layer, part), type: "float", dims })),
  ).flat();
}

/** Constants that all layers share: cosines and sines, [context, headDim / 2], and the scale of scores. */
export function addRotary(
  nodes: Nodes,
  { contextLength, headDim, rotary, attentionScale }: ModelConfig,
  attention: Attention,
): void {
  const half = headDim / 2;
  // Pairs of a cosine and a sine.
  const [turns] = rotary;
  const table = turns
    ? ropeTable(rotaryFrequencies(turns), rotaryMagnitude(turns), contextLength)
    : new Float32Array();
  const dims = [contextLength, half];
  const every = (offset: 0 | 1): Float32Array =>
    Float32Array.from({ length: contextLength * half }, (_, i) => table[2 * i + offset] ?? 0);
  nodes.constant("cos", dims, every(0));
  nodes.constant("sin", dims, every(1));
  if (attention === "plain") nodes.constant("scale", [], Float32Array.of(attentionScale));
}

/** [1, tokens, heads * headDim]: what the tokens gather from those before them and themselves. */
export function addAttention(
  nodes: Nodes,
  config: ModelConfig,
  attention: Attention,
  layer: number,
  projected: Projected,
): string {
  return attention === "fused"
    ? addFused(nodes, config, layer, projected)
    : addPlain(nodes, config, layer, projected);
}

function addFused(
  { nodes }: Nodes,
  { heads, kvHeads, attentionScale }: ModelConfig,
  layer: number,
  { q, k, v }: Projected,
): string {
  const name = `${layer}.attended`;
  const past = kvParts.map((part) => graphNames.past(layer, part));
  const present = kvParts.map((part) => graphNames.present(layer, part));
  nodes.push({
    op: "GroupQueryAttention",
    domain: "com.microsoft",
    name,
    inputs: [q, k, v, ...past, graphNames.lengths, graphNames.total, "cos", "sin"],
    outputs: [name, ...present],
    attributes: {
      num_heads: heads,
      kv_num_heads: kvHeads,
      scale: { float: attentionScale },
      do_rotary: 1,
    },
  });
  return name;
}

/** The query heads that share a key stand under one another for each token, as rows of one product. */
function addPlain(
  nodes: Nodes,
  config: ModelConfig,
  layer: number,
  { q, k, v }: Projected,
): string {
  const { heads, kvHeads, headDim } = config;
  const shared = heads / kvHeads;
  const tokensAndHeads = [0, 2, 1, 3, 4];
  const at = (name: string): string => `${layer}.${name}`;
  const rotated = addRotation(nodes, at("q.rotated"), q, heads);
  const split = nodes.reshape(at("q.split"), rotated, [1, -1, kvHeads, shared, headDim]);
  const byHead = nodes.transpose(at("q.heads"), split, tokensAndHeads);
  const rows = nodes.reshape(at("q.rows"), byHead, [1, kvHeads, -1, headDim]);
  const query = nodes.add("Mul", at("q.scaled"), [rows, "scale"]);
  const key = addToCache(
    nodes,
    config,
    layer,
    "key",
    addRotation(nodes, at("k.rotated"), k, kvHeads),
  );
  const value = addToCache(nodes, config, layer, "value", v);
  const upright = nodes.transpose(at("k.upright"), key, [0, 1, 3, 2]);
  const scores = nodes.add("MatMul", at("scores"), [query, upright]);
  const masked = nodes.add("Add", at("masked"), [scores, graphNames.mask]);
  const shares = nodes.add("Softmax", at("shares"), [masked], { axis: 3 });
  const mixed = nodes.add("MatMul", at("attended.rows"), [shares, value]);
  const apart = nodes.reshape(at("attended.heads"), mixed, [1, kvHeads, -1, shared, headDim]);
  const byToken = nodes.transpose(at("attended.tokens"), apart, tokensAndHeads);
  return nodes.reshape(at("attended"), byToken, [1, -1, heads * headDim]);
}

function addRotation(nodes: Nodes, name: string, input: string, heads: number): string {
  const inputs = [input, graphNames.position, "cos", "sin"];
  return nodes.add("RotaryEmbedding", name, inputs, { num_heads: heads }, "com.microsoft");
}

/** A layer's keys or values behind those of the cache, [1, kvHeads, positions, headDim]. */
function addToCache(
  nodes: Nodes,
  { kvHeads, headDim }: ModelConfig,
  layer: number,
  part: KvPart,
  input: string,
): string {
  const split = nodes.reshape(`${layer}.${part}.split`, input, [1, -1, kvHeads, headDim]);
  const byHead = nodes.transpose(`${layer}.${part}.heads`, split, [0, 2, 1, 3]);
  const parts = [graphNames.past(layer, part), byHead];
  return nodes.add("Concat", graphNames.present(layer, part), parts, { axis: 2 });
}
