import type { ModelConfig } from "../model/config.ts";
import { buildPlan, type WeightRef, weightKey, weightRefs } from "../model/plan.ts";
import { matrixNames, matrixShape, parameterCount, vectorCount } from "../model/weights.ts";
import { tensorBytes } from "../quant/pack.ts";
import type { Setting } from "../quant/setting.ts";
import { kvCacheBytes } from "./kv-cache.ts";
import type { SizeReport } from "./protocol.ts";
import type { StoredWeights } from "./weight-store.ts";

interface PartBytes {
  readonly weights: number;
  readonly scales: number;
  readonly positions: number;
}

/** Bytes of one buffer of weights, as it would be allocated. */
export function refBytes(ref: WeightRef): PartBytes {
  return tensorBytes(ref.format, ref.rows, ref.cols, ref.layout);
}

/** Adds up weights by category; `bytesOf` says what each takes (real buffers, or an estimate before there are any). */
export function sizeReport(
  config: ModelConfig,
  refs: Iterable<WeightRef>,
  bytesOf: (ref: WeightRef) => PartBytes,
  other: { readonly kvCache: number; readonly activations: number },
): SizeReport {
  const layers = { weights: 0, scales: 0, positions: 0 };
  let embedding = 0;
  for (const ref of refs) {
    const { weights, scales, positions } = bytesOf(ref);
    if (ref.layer === "table") embedding += weights + scales + positions;
    else {
      layers.weights += weights;
      layers.scales += scales;
      layers.positions += positions;
    }
  }
  const norms = vectorCount(config) * 4;
  const layerBytes = layers.weights + layers.scales + layers.positions;
  const weightBytes = layerBytes + embedding + norms;
  return {
    layers,
    embedding,
    norms,
    ...other,
    weightBytes,
    bitsPerWeight: (weightBytes * 8) / parameterCount(config),
    layerBitsPerWeight: (layerBytes * 8) / layerWeights(config),
  };
}

/** What stands in buffers. */
export function allocatedSize(
  config: ModelConfig,
  held: Iterable<StoredWeights>,
  other: Pick<SizeReport, "kvCache" | "activations">,
): SizeReport {
  const stored = new Map([...held].map((weights) => [weightKey(weights.ref), weights]));
  const refs = [...stored.values()].map(({ ref }) => ref);
  const bytesOf = (ref: WeightRef): PartBytes => {
    const { weights, scales, positions } = stored.get(weightKey(ref)) ?? {};
    return {
      weights: weights?.size ?? 0,
      scales: scales?.size ?? 0,
      positions: positions?.size ?? 0,
    };
  };
  return sizeReport(config, refs, bytesOf, other);
}

/** What a setting would take, without a GPU. */
export function estimateSize(config: ModelConfig, setting: Setting): SizeReport {
  const refs = weightRefs([buildPlan(config, setting, "decode")]);
  const other = { kvCache: kvCacheBytes(config, setting.kv), activations: 0 };
  return sizeReport(config, refs.values(), refBytes, other);
}

/** Two-dimensional weights inside the layers. */
function layerWeights(config: ModelConfig): number {
  let weights = 0;
  for (const name of matrixNames(config)) {
    const [rows, cols] = matrixShape(config, name);
    weights += rows * cols;
  }
  return weights * config.layers;
}
