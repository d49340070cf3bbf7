import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { LoadedModel } from "../model/files.ts";
import { type WeightRef, weightKey } from "../model/plan.ts";
import { matrixShape } from "../model/weights.ts";
import { packTensor } from "../quant/pack.ts";
import { quantizeTensor } from "../quant/quantize.ts";
import type { QuantTensor } from "../quant/types.ts";

/** A matrix (or several under one another) on the GPU. */
export interface StoredWeights {
  readonly ref: WeightRef;
  readonly weights: GpuBuffer;
  readonly scales: GpuBuffer | null;
  readonly positions: GpuBuffer | null;
}

interface Entry {
  readonly stored: StoredWeights;
  holders: number;
}

/**
 * Packed weights by what they are, shared by everyone who holds them: reference and candidate keep one copy of what they have in common,
 * and a dial packs only what no one holds yet. What the last holder lets go is freed.
 */
export class WeightStore {
  readonly #context: GpuContext;
  readonly #model: WeightSource;
  readonly #entries = new Map<string, Entry>();

  constructor(context: GpuContext, model: WeightSource) {
    this.#context = context;
    this.#model = model;
  }

  has(ref: WeightRef): boolean {
    return this.#entries.has(weightKey(ref));
  }

  /** Takes hold of the weights, packing them from the master copy when nobody has them yet. */
  hold(ref: WeightRef): StoredWeights {
    const key = weightKey(ref);
    const known = this.#entries.get(key);
    if (known) {
      known.holders++;
      return known.stored;
    }
    const stored = this.#pack(ref, key);
    this.#entries.set(key, { stored, holders: 1 });
    return stored;
  }

  release(stored: StoredWeights): void {
    const key = weightKey(stored.ref);
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.holders--;
    if (entry.holders > 0) return;
    this.#entries.delete(key);
    stored.weights.destroy();
    stored.scales?.destroy();
    stored.positions?.destroy();
  }

  #pack(ref: WeightRef, key: string): StoredWeights {
    const packed = packTensor(quantizePlace(this.#model, ref), ref.layout);
    const category = ref.layer === "table" ? "embedding" : "layers";
    const upload = (part: string, words: Uint32Array | undefined): GpuBuffer | null =>
      words ? this.#context.upload(`${key} ${part}`, `${category}.${part}`, words) : null;
    const weights = upload("weights", packed.weights);
    if (!weights) throw new Error(`${key} packed to nothing`);
    return {
      ref,
      weights,
      scales: upload("scales", packed.scales),
      positions: upload("positions", packed.positions),
    };
  }
}

/** What matrices are packed from. */
type WeightSource = Pick<LoadedModel, "config" | "master" | "own">;
type Place = Omit<WeightRef, "layout" | "cols">;

/** Codes and scales of a place's matrices (or of its part of one), one after another, as they are packed: chosen here, or the file's own. */
export function quantizePlace(
  model: WeightSource,
  { layer, matrices, format, firstRow, rows }: Place,
): QuantTensor[] {
  return matrices.map((name) => {
    const [all, cols] = shapeOf(model, layer, name);
    const whole = matrices.length > 1 || all === rows;
    const [first, count] = whole ? [0, all] : [firstRow, rows];
    if (format.fromFile) {
      if (!model.own) throw new Error(`${layer}.${name} has no blocks of its own`);
      return model.own.codes(layer, name, first, count);
    }
    const values = valuesOf(model, layer, name);
    const part = whole ? values : values.subarray(first * cols, (first + count) * cols);
    return quantizeTensor(part, count, cols, format);
  });
}

type Name = Place["matrices"][number];

function shapeOf({ config }: WeightSource, layer: Place["layer"], name: Name) {
  if (layer === "table" || name === "embedding" || name === "head")
    return [config.vocabSize, config.hiddenSize] as const;
  return matrixShape(config, name);
}

function valuesOf({ master }: WeightSource, layer: Place["layer"], name: Name): Float32Array {
  if (layer === "table" || name === "embedding" || name === "head")
    return name === "embedding" ? master.embedding : master.head;
  return master.matrix(layer, name);
}
