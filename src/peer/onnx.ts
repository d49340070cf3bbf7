/**
 * A writer for ONNX models. ONNX is protocol buffers: a field is a key (number << 3 | wire type) and
 * a varint, or a length with that many bytes behind it. The numbers are those of onnx.proto3.
 */
export interface OnnxGraph {
  readonly name: string;
  /** In an order in which every node comes after those it reads. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

export interface OnnxNode {
  readonly op: string;
  readonly domain: Domain;
  readonly name: string;
  /** Names of values; "" leaves an optional one out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** "" is ONNX's own set of operators; the other is ONNX Runtime's. */
export type Domain = "" | "com.microsoft";

/** A whole number from 0 on is ONNX's INT; what is to be a FLOAT says so, for 1 may be either. */
export type Attribute = number | { readonly float: number } | { readonly ints: readonly number[] };

export interface Initializer {
  readonly name: string;
  /** Empty for a single number. */
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint8Array | BigInt64Array;
}

export interface Value {
  readonly name: string;
  readonly type: "float" | "int32" | "int64";
  /** A name stands for a size that is known only when the model runs. */
  readonly dims: readonly (number | string)[];
}

const TYPES = { float: 1, uint8: 2, int32: 6, int64: 7 } as const;
const ATTRIBUTE_TYPES = { float: 1, int: 2, ints: 7 } as const;
const IR_VERSION = 10;
const OPSETS: readonly [domain: Domain, version: number][] = [
  ["", 21],
  ["com.microsoft", 1],
];

export function onnxModel({ name, nodes, initializers, inputs, outputs }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.map((node) => field(1, nodeProto(node))),
    field(2, name),
    ...initializers.map((tensor) => field(5, tensorProto(tensor))),
    ...inputs.map((value) => field(11, valueProto(value))),
    ...outputs.map((value) => field(12, valueProto(value))),
  ];
  return joined([
    field(1, IR_VERSION),
    field(2, "bitdial"),
    field(7, joined(graph)),
    ...OPSETS.map(([domain, version]) => field(8, joined([field(1, domain), field(2, version)]))),
  ]);
}

function nodeProto({ op, domain, name, inputs, outputs, attributes }: OnnxNode): Uint8Array {
  return joined([
    ...inputs.map((input) => field(1, input)),
    ...outputs.map((output) => field(2, output)),
    field(3, name),
    field(4, op),
    ...Object.entries(attributes).map(([key, value]) => field(5, attributeProto(key, value))),
    field(7, domain),
  ]);
}

function attributeProto(name: string, value: Attribute): Uint8Array {
  return joined([field(1, name), ...attributeValue(value)]);
}

function attributeValue(value: Attribute): Uint8Array[] {
  if (typeof value === "number") return [field(3, value), field(20, ATTRIBUTE_TYPES.int)];
  if ("float" in value) return [float(2, value.float), field(20, ATTRIBUTE_TYPES.float)];
  return [...value.ints.map((int) => field(8, int)), field(20, ATTRIBUTE_TYPES.ints)];
}

function tensorProto({ name, dims, data }: Initializer): Uint8Array {
  return joined([
    ...dims.map((dim) => field(1, dim)),
    field(2, typeOf(data)),
    field(8, name),
    field(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);
}

function typeOf(data: Initializer["data"]): number {
  if (data instanceof Float32Array) return TYPES.float;
  return data instanceof Uint8Array ? TYPES.uint8 : TYPES.int64;
}

function valueProto({ name, type, dims }: Value): Uint8Array {
  const shape = dims.map((dim) => field(1, field(typeof dim === "number" ? 1 : 2, dim)));
  const tensor = joined([field(1, TYPES[type]), field(2, joined(shape))]);
  return joined([field(1, name), field(2, field(1, tensor))]);
}

function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === "number") return joined([varint(number << 3), varint(value)]);
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return joined([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

/** Wire type 5: four bytes, low ones first. */
function float(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joined([varint((number << 3) | 5), bytes]);
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
