import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import { ropeTable } from "../kernels/rope.ts";
import type { ModelConfig } from "../model/config.ts";
import { rotaryFrequencies, rotaryMagnitude } from "../model/rotary.ts";
import { quadRows } from "../model/rows.ts";
import {
  biasName,
  type MatrixName,
  type ModelWeights,
  matrixShape,
  qkvNames,
  upNames,
} from "../model/weights.ts";

/**
 * gain: "3.attention", "3.q+k" (beside a row of queries and keys), "final". shift: the bias of a layer norm, by the same names. bias: of
 * matrices, "3.q+k+v", as long as their output row, and "head". rotary: cos and sin of [position][pair], by place in the config.
 * positions: the learned ones, "all".
 */
export type VectorKind = "gain" | "shift" | "bias" | "rotary" | "positions";

/** Uploads what stays f32 in every setting, by kind and name: "gain 3.attention". */
export function createVectors(
  context: GpuContext,
  config: ModelConfig,
  master: ModelWeights,
): ReadonlyMap<string, GpuBuffer> {
  const made = new Map<string, GpuBuffer>();
  const put = (kind: VectorKind, name: string, values: Float32Array | null): void => {
    if (!values) return;
    const category = kind === "rotary" ? "activations" : "norms";
    made.set(`${kind} ${name}`, context.upload(`${kind} ${name}`, category, values));
  };
  for (let layer = 0; layer < config.layers; layer++) {
    for (const name of config.norms) {
      if (name === "q" || name === "k") continue;
      put("gain", `${layer}.${name}`, master.norm(layer, name));
      put("shift", `${layer}.${name}`, master.normBias(layer, name));
    }
    if (config.qkNorm !== null) put("gain", `${layer}.q+k`, queryKeyGain(config, master, layer));
    for (const names of [qkvNames, ["o"], upNames(config), ["down"]] as const)
      put("bias", biasName(layer, names), biasRow(config, master, layer, names));
  }
  put("gain", "final", master.finalNorm);
  put("shift", "final", master.finalNormBias);
  put("bias", "head", master.headBias && padded(master.headBias));
  put("positions", "all", master.positions);
  for (const [place, rotary] of config.rotary.entries()) {
    const frequencies = rotaryFrequencies(rotary);
    const table = ropeTable(frequencies, rotaryMagnitude(rotary), config.contextLength);
    put("rotary", String(place), table);
  }
  return made;
}

/** A gain for every value of a row's queries and keys. */
function queryKeyGain(config: ModelConfig, master: ModelWeights, layer: number): Float32Array {
  const repeated = (name: "q" | "k"): Float32Array => {
    const gain = master.norm(layer, name);
    const [rows] = matrixShape(config, name);
    return Float32Array.from({ length: rows }, (_, i) => gain[i % gain.length] ?? 0);
  };
  return Float32Array.of(...repeated("q"), ...repeated("k"));
}

/** The biases of matrices whose outputs stand side by side, each from a quad's start; null where none has one. */
function biasRow(
  config: ModelConfig,
  master: ModelWeights,
  layer: number,
  names: readonly MatrixName[],
): Float32Array | null {
  if (!names.some((name) => config.biases.includes(name))) return null;
  const sizes = names.map((name) => quadRows(matrixShape(config, name)[0]));
  const row = new Float32Array(sizes.reduce((sum, size) => sum + size));
  let at = 0;
  for (const [i, name] of names.entries()) {
    const bias = master.bias(layer, name);
    if (bias) row.set(bias, at);
    at += sizes[i] ?? 0;
  }
  return row;
}

function padded(values: Float32Array): Float32Array {
  const row = new Float32Array(quadRows(values.length));
  row.set(values);
  return row;
}
