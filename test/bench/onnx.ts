/**
 * A writer for ONNX models of one node, or of the same node several times in a row. ONNX is protocol buffers: every field is a varint key (number << 3 | wire type) and a varint or a
 * length with that many bytes. The field numbers are those of onnx.proto3.
 */
export interface Attribute {
  readonly name: string;
  readonly value: number;
}

/** A constant of the model; the type follows from the array. */
export interface Initializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

export interface ChainModel {
  readonly op: string;
  /** "" is ONNX's own set of operators. */
  readonly domain: string;
  readonly attributes: readonly Attribute[];
  /** [m, k] f32, goes by "A". */
  readonly input: readonly [number, number];
  /** [m, n] f32, goes by "Y". */
  readonly output: readonly [number, number];
  /** The node's inputs behind "A", in order; all nodes share them. */
  readonly initializers: readonly Initializer[];
  /** How many times the node stands in a row, each on the output of the one before. */
  readonly nodes: number;
}

const FLOAT = 1;
const UINT8 = 2;
const IR_VERSION = 10;
const OPSETS = [
  { domain: "", version: 21 },
  { domain: "com.microsoft", version: 1 },
];
const INT_ATTRIBUTE = 2;

export function onnxModel(model: ChainModel): Uint8Array {
  const graph = message([
    ...Array.from({ length: model.nodes }, (_, at): Field => [1, nodeProto(model, at)]),
    [2, text(model.op)],
    ...model.initializers.map((tensor): Field => [5, tensorProto(tensor)]),
    [11, valueProto("A", model.input)],
    [12, valueProto("Y", model.output)],
  ]);
  return message([
    [1, IR_VERSION],
    [2, text("bitdial bench")],
    [7, graph],
    ...OPSETS.map(({ domain, version }): Field => [8, message([[1, text(domain)], [2, version]])]),
  ]);
}

function nodeProto({ op, domain, attributes, initializers, nodes }: ChainModel, at: number): Uint8Array {
  return message([
    [1, text(at === 0 ? "A" : `Y${at}`)],
    ...initializers.map(({ name }): Field => [1, text(name)]),
    [2, text(at === nodes - 1 ? "Y" : `Y${at + 1}`)],
    [3, text(`${op}${at}`)],
    [4, text(op)],
    ...attributes.map(({ name, value }): Field => {
      return [5, message([[1, text(name)], [3, value], [20, INT_ATTRIBUTE]])];
    }),
    [7, text(domain)],
  ]);
}

function tensorProto({ name, dims, data }: Initializer): Uint8Array {
  return message([
    ...dims.map((dim): Field => [1, dim]),
    [2, data instanceof Uint8Array ? UINT8 : FLOAT],
    [8, text(name)],
    [9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
  ]);
}

function valueProto(name: string, dims: readonly number[]): Uint8Array {
  const shape = message(dims.map((dim): Field => [1, message([[1, dim]])]));
  const tensor = message([[1, FLOAT], [2, shape]]);
  return message([[1, text(name)], [2, message([[1, tensor]])]]);
}

/** A field's number, and its value: a whole number, or bytes. */
type Field = readonly [number, number | Uint8Array];

function message(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value]) =>
    typeof value === "number"
      ? [varint(number << 3), varint(value)]
      : [varint((number << 3) | 2), varint(value.length), value],
  );
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Seven bits a byte, low ones first; the top bit says that more follow. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.of(...bytes, rest);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
