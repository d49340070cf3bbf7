import { UserError } from "../lib/assert.ts";
import type { ModelConfig } from "../model/config.ts";
import { type MatrixName, type ModelWeights, matrixNames, matrixShape } from "../model/weights.ts";
import { formatOf, formatSetting, type Setting, tableFormat } from "../quant/setting.ts";
import type { QuantTensor } from "../quant/types.ts";
import { addAttention, addRotary, attentionInputs, cacheValues } from "./attention.ts";
import { matrixOp, peerLack, tableOp } from "./matrix.ts";
import { graphNames } from "./names.ts";
import { Nodes } from "./nodes.ts";
import { onnxModel, type Value } from "./onnx.ts";
import type { GraphKind } from "./protocol.ts";

/** Where the graph takes its numbers from: those our kernels compute with. */
export interface GraphWeights extends Pick<ModelWeights, "norm" | "finalNorm" | "bias"> {
  matrix(layer: number, name: MatrixName): QuantTensor;
  table(name: "embedding" | "head"): QuantTensor;
}

/** Why the peer cannot run a setting, as a sentence; null when it can. */
export function graphLack(config: ModelConfig, setting: Setting): string | null {
  const shape = shapeLack(config);
  if (shape !== null)
    return `The graph for ONNX Runtime is written for Llama and its like: ${shape}.`;
  const lacks = [peerLack(tableFormat(setting, "head"), config.hiddenSize)];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const name of matrixNames(config)) {
      lacks.push(peerLack(formatOf(setting, layer, name), matrixShape(config, name)[1]));
    }
  }
  if (setting.activations !== 32) {
    lacks.push("ONNX Runtime rounds activations in a way of its own, so leave them in f32");
  }
  if (setting.kv !== 32) {
    lacks.push(
      "ONNX Runtime's cache is written in f32 here, so leave out the part for the KV cache",
    );
  }
  const lack = lacks.find((found) => found !== null);
  return lack ? `${formatSetting(setting)}: ${lack}.` : null;
}

/** What of a model the graph does not say. */
function shapeLack(config: ModelConfig): string | null {
  const { architecture, rotary, headDim, layerKinds, norms } = config;
  const plain =
    config.norm === "rms" &&
    norms.length === 2 &&
    norms.includes("attention") &&
    norms.includes("mlp") &&
    !config.parallel &&
    config.embeddingScale === 1 &&
    config.positionOffset === null;
  if (!plain) return `${architecture} norms or joins its blocks in another way`;
  if (config.activation !== "silu" || !config.gated) return `${architecture} has no gated SiLU`;
  if (config.biases.includes("head")) return `${architecture} adds a bias to its logits`;
  const turned = rotary.length === 1 && rotary[0]?.dims === headDim;
  if (!turned || layerKinds.some((kind) => kind.rotary === null)) {
    return `${architecture} does not rotate whole heads in every layer`;
  }
  return layerKinds.some(({ window }) => window !== null)
    ? `${architecture} lets tokens see a window of those before`
    : null;
}

/**
 * The model under a setting as an ONNX graph of the operators that exports of language models hold:
 * MatMulNBits for codes, RMSNorm in one node with the sum before it, and attention as `kind` says.
 * Throws UserError where the peer has no operator for the setting.
 */
export function buildGraph(
  config: ModelConfig,
  setting: Setting,
  weights: GraphWeights,
  { output, attention }: GraphKind,
): Uint8Array {
  const lack = graphLack(config, setting);
  if (lack !== null) throw new UserError(lack);
  const nodes = new Nodes();
  addRotary(nodes, config, attention);
  const last = addLayers(nodes, config, weights, attention);
  const head = weights.table("head");
  const outputs =
    output === "all" ? [addLogits(nodes, config, head, last)] : [addNextId(nodes, head, last)];
  return onnxModel({
    name: "bitdial",
    nodes: nodes.nodes,
    initializers: nodes.initializers,
    inputs: [
      { name: graphNames.ids, type: "int64", dims: [1, "tokens"] },
      ...attentionInputs(attention),
      ...cacheValues(config, "past"),
    ],
    outputs: [...outputs, ...cacheValues(config, "present")],
  });
}

/** From ids to the last norm, [1, tokens, hidden]. */
function addLayers(
  nodes: Nodes,
  config: ModelConfig,
  weights: GraphWeights,
  attention: GraphKind["attention"],
): string {
  const multiply = (layer: number, name: MatrixName, input: string): string => {
    const product = addProduct(nodes, weights.matrix(layer, name), `${layer}.${name}`, input);
    const bias = weights.bias(layer, name);
    if (!bias) return product;
    const addend = nodes.constant(`${product}.bias`, [bias.length], bias);
    return nodes.add("Add", `${product}.sum`, [product, addend]);
  };
  let stream = addLookup(nodes, weights.table("embedding"));
  let added: string | null = null;
  const norm = (name: string, gain: Float32Array): string => {
    stream = addNorm(nodes, config, name, gain, stream, added);
    return name;
  };
  for (let layer = 0; layer < config.layers; layer++) {
    const seen = norm(`${layer}.norm1`, weights.norm(layer, "attention"));
    const projected = {
      q: multiply(layer, "q", seen),
      k: multiply(layer, "k", seen),
      v: multiply(layer, "v", seen),
    };
    added = multiply(layer, "o", addAttention(nodes, config, attention, layer, projected));
    const input = norm(`${layer}.norm2`, weights.norm(layer, "mlp"));
    const [gate, up] = [multiply(layer, "gate", input), multiply(layer, "up", input)];
    // ONNX writes SiLU as a sigmoid and a product.
    const sigmoid = nodes.add("Sigmoid", `${layer}.sigmoid`, [gate]);
    const silu = nodes.add("Mul", `${layer}.silu`, [gate, sigmoid]);
    added = multiply(layer, "down", nodes.add("Mul", `${layer}.mixed`, [silu, up]));
  }
  return norm("norm", weights.finalNorm);
}

function addLookup(nodes: Nodes, tensor: QuantTensor): string {
  const lookup = tableOp(tensor, "embedding");
  const { op, attributes, domain } = lookup;
  const [table = "", ...scales] = nodes.keep(lookup);
  return nodes.add(op, "embed", [table, graphNames.ids, ...scales], attributes, domain);
}

function addProduct(nodes: Nodes, tensor: QuantTensor, name: string, input: string): string {
  const matrix = matrixOp(tensor, `${name}.weight`);
  const { op, attributes, domain } = matrix;
  return nodes.add(op, name, [input, ...nodes.keep(matrix)], attributes, domain);
}

/**
 * RMSNorm of the residual stream, once what a block adds to it is in it; the sum comes from the same
 * node. The norm goes by `name`; the stream's name is returned.
 */
function addNorm(
  nodes: Nodes,
  { normEps }: ModelConfig,
  name: string,
  gain: Float32Array,
  stream: string,
  added: string | null,
): string {
  const weight = nodes.constant(`${name}.weight`, [gain.length], gain);
  const attributes = { epsilon: { float: normEps } };
  if (added === null) {
    nodes.add("SimplifiedLayerNormalization", name, [stream, weight], attributes);
    return stream;
  }
  const sum = `${name}.sum`;
  nodes.nodes.push({
    op: "SkipSimplifiedLayerNormalization",
    domain: "com.microsoft",
    name,
    inputs: [stream, added, weight],
    outputs: [name, "", "", sum],
    attributes,
  });
  return sum;
}

function addLogits(nodes: Nodes, config: ModelConfig, head: QuantTensor, last: string): Value {
  const name = addProduct(nodes, head, graphNames.logits, last);
  return { name, type: "float", dims: [1, "tokens", config.vocabSize] };
}

/** The head for the last token alone, as exporters offer it, and its likeliest id. */
function addNextId(nodes: Nodes, head: QuantTensor, last: string): Value {
  const index = nodes.constant("last", [1], BigInt64Array.of(-1n));
  const row = nodes.add("Gather", "last_row", [last, index], { axis: 1 });
  const logits = addProduct(nodes, head, graphNames.logits, row);
  const name = nodes.add("ArgMax", graphNames.next, [logits], { axis: 2, keepdims: 0 });
  return { name, type: "int64", dims: [1, 1] };
}
