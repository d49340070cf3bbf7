import { type FileFormats, formatOfType } from "../quant/native.ts";
import { formatRow } from "../quant/registry.ts";
import type { QuantTensor } from "../quant/types.ts";
import type { ModelConfig } from "./config.ts";
import { type MatrixTensor, placesOf, splitRows } from "./tensors.ts";
import type { MatrixName } from "./weights.ts";
import type { BytesReader, StoredTensor } from "./weights-file.ts";

/** A model's matrices as its file stores them, where some of that is blocks which kernels read. */
export interface OwnBlocks {
  readonly formats: FileFormats;
  /** `count` rows of a matrix whose format is the file's: its codes and scales, bit for bit. */
  codes(
    layer: number | "table",
    name: MatrixName | "embedding" | "head",
    first: number,
    count: number,
  ): QuantTensor;
}

type Tensors = ReadonlyMap<string, StoredTensor>;

/** How each matrix is stored; null where nothing is stored as blocks of a format of ours. */
export function fileFormats(config: ModelConfig, tensors: Tensors): FileFormats | null {
  const { layers, embedding, head } = placesOf(config, (name) => tensors.has(name));
  const formatOf = (name: string) => formatOfType(tensors.get(name)?.type ?? "");
  const matrices = layers.flatMap(({ layer, tensor }) => {
    const format = formatOf(tensor.name);
    return tensor.matrices.map((matrix) => ({ layer, matrix, format }));
  });
  const formats = { matrices, embedding: formatOf(embedding), head: formatOf(head) };
  const all = [formats.embedding, formats.head, ...matrices.map(({ format }) => format)];
  return all.some(({ fromFile }) => fromFile) ? formats : null;
}

/** `bytes` reads a tensor's blocks where the file has them. */
export function ownBlocks(
  config: ModelConfig,
  tensors: Tensors,
  bytes: ReadonlyMap<string, BytesReader>,
): OwnBlocks | null {
  const formats = fileFormats(config, tensors);
  if (formats === null) return null;
  const { layers, embedding, head } = placesOf(config, (name) => tensors.has(name));
  const parts = new Map<string, { tensor: MatrixTensor; part: number }>(
    layers.flatMap(({ layer, tensor }) =>
      tensor.matrices.map((name, part) => [`${layer}.${name}`, { tensor, part }] as const),
    ),
  );
  const rowsOf = (name: string, cols: number, order: Order, first: number, count: number) => {
    const [stored, read] = [tensors.get(name), bytes.get(name)];
    if (!stored || !read) throw new RangeError(`no blocks of "${name}"`);
    const format = formatOfType(stored.type);
    const { file } = formatRow(format.id);
    if (!file) throw new RangeError(`${name} is stored as ${stored.type}, not in blocks of ours`);
    const rowBytes = (cols / file.elements) * file.bytes;
    const blocks = rowsInOrder(read, rowBytes, order(stored), first, count);
    return { format, rows: count, cols, ...file.codesOf(blocks) };
  };
  return {
    formats,
    codes(layer, name, first, count) {
      if (layer === "table") {
        const tensor = name === "embedding" ? embedding : head;
        return rowsOf(tensor, config.hiddenSize, () => null, first, count);
      }
      const place = parts.get(`${layer}.${name}`);
      if (!place) throw new RangeError(`no matrix ${layer}.${name}`);
      const { tensor, part } = place;
      const order: Order = (stored) => orderOf(config, tensor, stored, part);
      return rowsOf(tensor.name, tensor.cols, order, first, count);
    },
  };
}

/** Numbers of a tensor's rows in the order in which a matrix has them; null: as they are. */
type Order = (stored: StoredTensor) => Float32Array | null;

/** Blocks run along the inputs whatever a Hugging Face file has, so that rows only change places. */
function orderOf(
  config: ModelConfig,
  tensor: MatrixTensor,
  { moveRows }: StoredTensor,
  part: number,
): Float32Array | null {
  if (!moveRows && tensor.matrices.length === 1) return null;
  const numbers = Float32Array.from({ length: tensor.rows }, (_, row) => row);
  return splitRows(config, tensor, moveRows?.(numbers) ?? numbers, 1)[part] ?? null;
}

function rowsInOrder(
  read: BytesReader,
  rowBytes: number,
  order: Float32Array | null,
  first: number,
  count: number,
): Uint8Array {
  if (order === null) return read(first * rowBytes, (first + count) * rowBytes);
  const wanted = order.subarray(first, first + count);
  // From the first of them to the last at once: rows that change places stay in the same matrix.
  const [least, most] = wanted.reduce(
    ([low, high], row) => [Math.min(low, row), Math.max(high, row)],
    [Number.POSITIVE_INFINITY, 0],
  );
  const bytes = read(least * rowBytes, (most + 1) * rowBytes);
  const rows = new Uint8Array(count * rowBytes);
  for (const [at, row] of wanted.entries()) {
    const from = (row - least) * rowBytes;
    rows.set(bytes.subarray(from, from + rowBytes), at * rowBytes);
  }
  return rows;
}
