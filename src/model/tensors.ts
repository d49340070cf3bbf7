import type { Architecture } from "./architecture.ts";
import { architectureOf } from "./architectures.ts";
import { transpose } from "./arrange.ts";
import type { ModelConfig } from "./config.ts";
import {
  kvDim,
  type MatrixName,
  type ModelWeights,
  matrixNames,
  matrixShape,
  type NormName,
  normSize,
  queryDim,
} from "./weights.ts";

/** A file's tensors under the names that transformers gives them, whatever the file is. */
export interface TensorSource {
  has(name: string): boolean;
  /** The values in the order of the file. */
  read(name: string): Float32Array;
  /** What is read is not to be held: it is decoded for each who asks. */
  late(name: string): boolean;
}

/** Every tensor that a model of this config needs, with its shape. */
export function expectedTensors(
  config: ModelConfig,
  has: (name: string) => boolean = () => true,
): Map<string, readonly number[]> {
  const { layers, hiddenSize, vocabSize, contextLength, positionOffset } = config;
  const names = namesOf(config, has);
  const shapes = new Map<string, readonly number[]>();
  const vectors = (stem: string, size: number): void => {
    shapes.set(`${stem}.weight`, [size]);
    if (config.norm === "layer") shapes.set(`${stem}.bias`, [size]);
  };
  shapes.set(`${names.embedding}.weight`, [vocabSize, hiddenSize]);
  if (positionOffset !== null)
    shapes.set(`${names.positions}.weight`, [contextLength + positionOffset, hiddenSize]);
  for (let layer = 0; layer < layers; layer++) {
    for (const norm of config.norms) vectors(names.norm(layer, norm), normSize(config, norm));
    for (const { name, stem, rows, cols, transposed, biased } of matrixTensors(
      config,
      names,
      layer,
    )) {
      shapes.set(name, transposed ? [cols, rows] : [rows, cols]);
      if (biased) shapes.set(`${stem}.bias`, [rows]);
    }
  }
  vectors(names.finalNorm, hiddenSize);
  if (!config.tiedHead) shapes.set(`${names.head}.weight`, [vocabSize, hiddenSize]);
  if (config.biases.includes("head")) shapes.set(`${names.head}.bias`, [vocabSize]);
  return shapes;
}

/** What old files repeat although it follows from the config: rotary frequencies, masks, a tied head. */
export function isRepeated(config: ModelConfig, name: string): boolean {
  if (/\.(rotary_emb\.inv_freq|(attn|attention)\.(bias|masked_bias))$/.test(name)) return true;
  return name === `${rowOf(config).tensors.head}.weight`;
}

/** Reads everything once, but for what is late: that is read whenever it is asked for. Learned positions only as far as `context`. */
export function readWeights(
  config: ModelConfig,
  source: TensorSource,
  context = config.contextLength,
): ModelWeights {
  const names = namesOf(config, source.has);
  const places = placesOf(config, source.has);
  const { hiddenSize, positionOffset } = config;
  const { gainOffset = 0 } = rowOf(config);
  const readNorm = (stem: string): Norm => {
    const stored = source.read(`${stem}.weight`);
    const gain = gainOffset === 0 ? stored : stored.map((value) => value + gainOffset);
    return { gain, bias: config.norm === "layer" ? source.read(`${stem}.bias`) : null };
  };
  const norms = new Map<string, Norm>();
  const matrices = new Map<string, () => Float32Array>();
  const biases = new Map<string, Float32Array | null>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const norm of config.norms)
      norms.set(`${layer}.${norm}`, readNorm(names.norm(layer, norm)));
  }
  for (const { layer, tensor } of places.layers) {
    const values = held(source, tensor.name, (stored) => splitMatrices(config, tensor, stored));
    const bias = tensor.biased ? source.read(`${tensor.stem}.bias`) : null;
    for (const [part, name] of tensor.matrices.entries()) {
      const key = `${layer}.${name}`;
      matrices.set(key, () => partOf(values(), part));
      biases.set(key, bias && partOf(splitRows(config, tensor, bias, 1), part));
    }
  }
  const embedding = held(source, places.embedding, (stored) => stored);
  const head = config.tiedHead ? embedding : held(source, places.head, (stored) => stored);
  const finalNorm = readNorm(names.finalNorm);
  const of = <T>(map: ReadonlyMap<string, T>, layer: number, name: string): T => {
    const value = map.get(`${layer}.${name}`);
    if (value === undefined)
      throw new RangeError(`the model of ${config.layers} layers has no "${name}" in ${layer}`);
    return value;
  };
  return {
    matrix: (layer, name) => of(matrices, layer, name)(),
    bias: (layer, name) => of(biases, layer, name),
    norm: (layer, name) => of(norms, layer, name).gain,
    normBias: (layer, name) => of(norms, layer, name).bias,
    finalNorm: finalNorm.gain,
    finalNormBias: finalNorm.bias,
    get embedding() {
      return embedding();
    },
    get head() {
      return head();
    },
    positions:
      positionOffset === null
        ? null
        : source
            .read(`${names.positions}.weight`)
            .slice(positionOffset * hiddenSize, (positionOffset + context) * hiddenSize),
    headBias: config.biases.includes("head") ? source.read(`${names.head}.bias`) : null,
  };
}

interface Norm {
  readonly gain: Float32Array;
  readonly bias: Float32Array | null;
}

/** What `make` makes of a tensor: once, or of a late one each time. */
function held<T>(source: TensorSource, name: string, make: (stored: Float32Array) => T): () => T {
  if (source.late(name)) return () => make(source.read(name));
  const made = make(source.read(name));
  return () => made;
}

/** Stems of tensors in one file. */
interface Names {
  readonly embedding: string;
  readonly positions: string;
  readonly finalNorm: string;
  readonly head: string;
  layer(layer: number): string;
  norm(layer: number, name: NormName): string;
}

function rowOf({ architecture }: ModelConfig): Architecture {
  const row = architectureOf(architecture);
  if (!row) throw new RangeError(`no architecture "${architecture}"`);
  return row;
}

/** Files saved from the inner model leave its prefix out; the embedding tells. */
function namesOf(config: ModelConfig, has: (name: string) => boolean): Names {
  const { tensors } = rowOf(config);
  const inner = has(`${tensors.prefix}${tensors.embedding}.weight`) ? tensors.prefix : "";
  const layer = (at: number): string => `${inner}${tensors.layers}.${at}.`;
  return {
    embedding: inner + tensors.embedding,
    positions: inner + (tensors.positions ?? ""),
    finalNorm: inner + tensors.finalNorm,
    head: tensors.head,
    layer,
    norm: (at, name) => layer(at) + (tensors.norms[name] ?? ""),
  };
}

/** A tensor of one matrix of a layer, or of several below each other. */
export interface MatrixTensor {
  readonly stem: string;
  /** "….weight" */
  readonly name: string;
  /** One, or q, k and v in one tensor. */
  readonly matrices: readonly MatrixName[];
  readonly rows: number;
  readonly cols: number;
  readonly transposed: boolean;
  readonly biased: boolean;
}

/** In which tensors the matrices are. A tied head is the embedding. */
export function placesOf(config: ModelConfig, has: (name: string) => boolean) {
  const names = namesOf(config, has);
  const layers = Array.from({ length: config.layers }, (_, layer) =>
    matrixTensors(config, names, layer).map((tensor) => ({ layer, tensor })),
  ).flat();
  const embedding = `${names.embedding}.weight`;
  return { layers, embedding, head: config.tiedHead ? embedding : `${names.head}.weight` };
}

function matrixTensors(config: ModelConfig, names: Names, layer: number): MatrixTensor[] {
  const { tensors } = rowOf(config);
  const transposed = tensors.transposed ?? false;
  const list: MatrixTensor[] = [];
  if (tensors.fused) {
    const rows = queryDim(config) + 2 * kvDim(config);
    const biased = config.biases.includes("q");
    const stem = names.layer(layer) + tensors.fused.stem;
    const matrices = ["q", "k", "v"] as const;
    const name = `${stem}.weight`;
    list.push({ stem, name, matrices, rows, cols: config.hiddenSize, transposed, biased });
  }
  for (const name of matrixNames(config)) {
    const own = tensors.matrices[name];
    if (own === undefined) continue;
    const [rows, cols] = matrixShape(config, name);
    const biased = config.biases.includes(name);
    const stem = names.layer(layer) + own;
    const matrices = [name];
    list.push({ stem, name: `${stem}.weight`, matrices, rows, cols, transposed, biased });
  }
  return list;
}

/** The matrices that one tensor holds, in their order. */
function splitMatrices(
  config: ModelConfig,
  tensor: MatrixTensor,
  stored: Float32Array,
): readonly Float32Array[] {
  const { rows, cols, transposed } = tensor;
  return splitRows(config, tensor, transposed ? transpose(stored, cols, rows) : stored, cols);
}

/** Rows of `width` values each: a bias, whose rows are single numbers, is split like its matrix. */
export function splitRows(
  config: ModelConfig,
  { matrices }: MatrixTensor,
  values: Float32Array,
  width: number,
): readonly Float32Array[] {
  if (matrices.length === 1) return [values];
  const byHead = rowOf(config).tensors.fused?.order === "head";
  return matrices.map((_name, part) =>
    byHead
      ? headRows(values, part, config.heads, config.headDim * width)
      : values.slice((part * values.length) / 3, ((part + 1) * values.length) / 3),
  );
}

function partOf(parts: readonly Float32Array[], part: number): Float32Array {
  const values = parts[part];
  if (values === undefined)
    throw new RangeError(`a tensor of ${parts.length} parts has no ${part}`);
  return values;
}

/** Part 0, 1 or 2 (queries, keys, values) of [heads, 3, size], as [heads, size]. */
function headRows(values: Float32Array, part: number, heads: number, size: number): Float32Array {
  const rows = new Float32Array(heads * size);
  for (let head = 0; head < heads; head++) {
    const from = (3 * head + part) * size;
    rows.set(values.subarray(from, from + size), head * size);
  }
  return rows;
}
