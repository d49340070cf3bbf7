import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { ModelConfig } from "../model/config.ts";
import { type WeightRef, weightKey } from "../model/plan.ts";
import { type ModelWeights, matrixShape } from "../model/weights.ts";
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
  readonly #config: ModelConfig;
  readonly #master: ModelWeights;
  readonly #entries = new Map<string, Entry>();

  constructor(context: GpuContext, config: ModelConfig, master: ModelWeights) {
    this.#context = context;
    this.#config = config;
    this.#master = master;
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
    const packed = packTensor(this.quantize(ref), ref.layout);
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

  /** Codes and scales of the ref's matrices (or of its part of one), one after another, as `hold` packs them. */
  quantize({ layer, matrices, format, firstRow, rows }: Place): QuantTensor[] {
    return matrices.map((name) => {
      const [own, cols, values] = this.#values(layer, name);
      if (matrices.length > 1 || own === rows) return quantizeTensor(values, own, cols, format);
      const part = values.subarray(firstRow * cols, (firstRow + rows) * cols);
      return quantizeTensor(part, rows, cols, format);
    });
  }

  #values(layer: Place["layer"], name: Place["matrices"][number]) {
    const { vocabSize, hiddenSize } = this.#config;
    if (layer === "table" || name === "embedding" || name === "head") {
      const values = name === "embedding" ? this.#master.embedding : this.#master.head;
      return [vocabSize, hiddenSize, values] as const;
    }
    return [...matrixShape(this.#config, name), this.#master.matrix(layer, name)] as const;
  }
}

type Place = Omit<WeightRef, "layout" | "cols">;
