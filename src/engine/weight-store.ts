import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import { type PackSource, packsOnDevice } from "../kernels/pack.ts";
import type { LoadedModel } from "../model/files.ts";
import { rowsOf, type WeightRef, weightKey } from "../model/plan.ts";
import { matrixShape } from "../model/weights.ts";
import { packTensor } from "../quant/pack.ts";
import { quantizeTensor } from "../quant/quantize.ts";
import type { QuantTensor, WeightFormat } from "../quant/types.ts";
import { type DevicePacker, leastWeights } from "./device-packer.ts";
import type { PackBatch, PackPart } from "./pack-batch.ts";
import type { SelfCheck } from "./protocol.ts";

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
  /** Whether other formats may be packed from it: as what it holds the master's values, every bit. */
  source: "f32" | "f16" | null;
}

/** What is being packed on the device for one setting. */
export interface Packing {
  /** null: too little to be worth it. */
  readonly batch: PackBatch | null;
  readonly jobs: Entry[];
  /** Of the kernels it takes, by name. */
  readonly checks: Map<string, SelfCheck>;
}

/**
 * Packed weights by what they are, shared by everyone who holds them: reference and candidate keep one copy of what they have in common,
 * and a dial packs only what no one holds yet. What the last holder lets go is freed.
 */
export class WeightStore {
  readonly #context: GpuContext;
  readonly #model: WeightSource;
  readonly #packer: DevicePacker;
  readonly #entries = new Map<string, Entry>();

  constructor(context: GpuContext, model: WeightSource, packer: DevicePacker) {
    this.#context = context;
    this.#model = model;
    this.#packer = packer;
  }

  has(ref: WeightRef): boolean {
    return this.#entries.has(weightKey(ref));
  }

  /** For what of `refs` nobody holds yet; `least` weights are worth the device's attention. */
  begin(refs: Iterable<WeightRef>, least = leastWeights): Packing {
    let weights = 0;
    for (const ref of refs) {
      if (!this.has(ref) && packsOnDevice(ref.format, ref.layout)) weights += ref.rows * ref.cols;
    }
    return { batch: weights >= least ? this.#packer.begin() : null, jobs: [], checks: new Map() };
  }

  /** Takes hold of the weights, packing them when nobody has them yet; what the device packs may be used before `finish`. */
  async hold(ref: WeightRef, packing: Packing): Promise<StoredWeights> {
    const key = weightKey(ref);
    const known = this.#entries.get(key);
    if (known) {
      known.holders++;
      return known.stored;
    }
    const entry = (await this.#packThere(ref, key, packing)) ?? this.#packHere(ref, key);
    this.#entries.set(key, entry);
    return entry.stored;
  }

  /** Waits for the device, and learns what it found. Throws UserError where a format does not reach a weight, as the CPU's packer does. */
  async finish({ batch, jobs }: Packing): Promise<void> {
    for (const [job, { beyond, inexact }] of ((await batch?.findings()) ?? []).entries()) {
      const entry = jobs[job];
      if (!entry) throw new Error(`job ${job} packed nothing`);
      const { ref } = entry.stored;
      if (beyond) {
        quantizePlace(this.#model, ref);
        throw new Error(`${weightKey(ref)} is out of the device's reach alone`);
      }
      if (isDense(ref.format, "f16") && !inexact) entry.source = "f16";
    }
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

  /** Null where the device cannot, or not as the CPU does. */
  async #packThere(ref: WeightRef, key: string, packing: Packing): Promise<Entry | null> {
    const { batch, jobs, checks } = packing;
    const { format, layout, rows, cols } = ref;
    if (!batch || batch.full || !packsOnDevice(format, layout)) return null;
    const parts = await this.#partsOf(ref, checks);
    if (!parts) return null;
    const category = categoryOf(ref);
    const target = { label: key, category, format, layout, rows, cols };
    const buffers = await batch.pack(target, parts);
    const entry = entryOf({ ref, ...buffers });
    jobs.push(entry);
    return entry;
  }

  /** From buffers that hold the master's values where there are any, else from the master. */
  async #partsOf(ref: WeightRef, checks: Packing["checks"]): Promise<PackPart[] | null> {
    const { layer, matrices, cols } = ref;
    const parts: PackPart[] = [];
    let targetRow = 0;
    for (const name of matrices) {
      const [first, rows] = this.#rowsIn(ref, name);
      let values: Float32Array | null = null;
      for (let at = 0; at < rows; ) {
        let held = this.#heldRows(layer, name, first + at);
        let pipelines = held && (await this.#pipelines(ref, held.kind, checks));
        if (!pipelines) {
          held = null;
          pipelines = await this.#pipelines(ref, "rows", checks);
        }
        if (!pipelines) return null;
        const count = held ? Math.min(held.rows, rows - at) : rows - at;
        values = held ? values : valuesOf(this.#model, layer, name);
        const own = values?.subarray((first + at) * cols, (first + at + count) * cols);
        const from = held ?? own;
        if (!from) throw new Error(`no values of ${weightKey(ref)}`);
        parts.push({ pipelines, targetRow: targetRow + at, count, from });
        at += count;
      }
      targetRow += rows;
    }
    return parts;
  }

  async #pipelines(
    { format, layout }: WeightRef,
    source: PackSource,
    checks: Packing["checks"],
  ): Promise<PackPart["pipelines"] | null> {
    const { pipelines, check } = await this.#packer.pipelines(format, layout, source);
    checks.set(check.kernel, check);
    return pipelines;
  }

  /** Where a row of a matrix and those behind it stand on the device as the master has them. */
  #heldRows(
    layer: WeightRef["layer"],
    name: WeightRef["matrices"][number],
    row: number,
  ): { kind: PackSource; buffer: GpuBuffer; row: number; rows: number } | null {
    for (const { stored, source } of this.#entries.values()) {
      const { ref, weights } = stored;
      if (!source || ref.layer !== layer) continue;
      let before = 0;
      for (const other of ref.matrices) {
        const [first, rows] = this.#rowsIn(ref, other);
        const at = row - first;
        if (other === name && at >= 0 && at < rows)
          return { kind: source, buffer: weights, row: before + at, rows: rows - at };
        before += rows;
      }
    }
    return null;
  }

  /** The first row of a matrix that a ref holds, and how many. */
  #rowsIn(ref: WeightRef, name: WeightRef["matrices"][number]): readonly [number, number] {
    return ref.matrices.length > 1
      ? [0, rowsOf(this.#model.config, name)]
      : [ref.firstRow, ref.rows];
  }

  #packHere(ref: WeightRef, key: string): Entry {
    const packed = packTensor(quantizePlace(this.#model, ref), ref.layout);
    const upload = (part: string, words: Uint32Array | undefined): GpuBuffer | null =>
      words ? this.#context.upload(`${key} ${part}`, `${categoryOf(ref)}.${part}`, words) : null;
    const weights = upload("weights", packed.weights);
    if (!weights) throw new Error(`${key} packed to nothing`);
    return entryOf({
      ref,
      weights,
      scales: upload("scales", packed.scales),
      positions: upload("positions", packed.positions),
    });
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

function entryOf(stored: StoredWeights): Entry {
  return { stored, holders: 1, source: isDense(stored.ref.format, "f32") ? "f32" : null };
}

/** As the master is, but for rounding. */
function isDense({ id, sparse, pruned, fromFile }: WeightFormat, wanted: "f32" | "f16"): boolean {
  return id === wanted && !sparse && pruned === undefined && !fromFile;
}

function categoryOf({ layer }: WeightRef): string {
  return layer === "table" ? "embedding" : "layers";
}
