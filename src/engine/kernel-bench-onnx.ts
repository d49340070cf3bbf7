/**
 * A writer for ONNX models that are one matrix, or the same one several times in a row. ONNX is
 * protocol buffers: a field is a key (number << 3 | wire type) and a varint, or a length with that
 * many bytes behind it. The numbers are those of onnx.proto3.
 */
export interface ChainModel {
  readonly op: string;
  /** "" is ONNX's own set of operators. */
  readonly domain: string;
  readonly attributes: Readonly<Record<string, number>>;
  /** Shapes of the input "A" and the output "Y", f32. */
  readonly input: readonly [m: number, k: number];
  readonly output: readonly [m: number, n: number];
  /** The node's inputs behind "A", in order; all nodes share them. */
  readonly initializers: readonly Initializer[];
  /** How many times the node stands in a row, each on the output of the one before. */
  readonly nodes: number;
}

export interface Initializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

const FLOAT = 1;
const UINT8 = 2;
const INT_ATTRIBUTE = 2;
const IR_VERSION = 10;

export function onnxModel(model: ChainModel): Uint8Array {
  const graph = [
    ...Array.from({ length: model.nodes }, (_, at) => field(1, nodeProto(model, at))),
    field(2, model.op),
    ...model.initializers.map((tensor) => field(5, tensorProto(tensor))),
    field(11, valueProto("A", model.input)),
    field(12, valueProto("Y", model.output)),
  ];
  return joined([
    field(1, IR_VERSION),
    field(2, "bitdial"),
    field(7, joined(graph)),
    field(8, joined([field(1, ""), field(2, 21)])),
    field(8, joined([field(1, "com.microsoft"), field(2, 1)])),
  ]);
}

function nodeProto(model: ChainModel, at: number): Uint8Array {
  const { op, domain, attributes, initializers, nodes } = model;
  return joined([
    field(1, at === 0 ? "A" : `Y${at}`),
    ...initializers.map(({ name }) => field(1, name)),
    field(2, at === nodes - 1 ? "Y" : `Y${at + 1}`),
    field(3, `${op}${at}`),
    field(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      field(5, joined([field(1, name), field(3, value), field(20, INT_ATTRIBUTE)])),
    ),
    field(7, domain),
  ]);
}

function tensorProto({ name, dims, data }: Initializer): Uint8Array {
  return joined([
    ...dims.map((dim) => field(1, dim)),
    field(2, data instanceof Uint8Array ? UINT8 : FLOAT),
    field(8, name),
    field(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);
}

function valueProto(name: string, dims: readonly number[]): Uint8Array {
  const shape = joined(dims.map((dim) => field(1, joined([field(1, dim)]))));
  const tensor = joined([field(1, FLOAT), field(2, shape)]);
  return joined([field(1, name), field(2, joined([field(1, tensor)]))]);
}

function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === "number") return joined([varint(number << 3), varint(value)]);
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return joined([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

/** Seven bits a byte, low ones first; the top bit says that more follow. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.of(...bytes, rest);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
