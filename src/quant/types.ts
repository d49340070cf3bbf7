/** Inputs that share a scale: 32, 64 or 128 neighbours along a row, or the whole row. */
export type Group = 32 | 64 | 128 | "row";

/** A weight format as a setting names it: `int4-asym-g32+2:4` is {id: "int4-asym", group: 32, sparse: true}. */
export interface WeightFormat {
  /** Registry id: "f32", "f16", "int8", "int4-asym" ... */
  readonly id: string;
  /** Absent for formats without scales. */
  readonly group?: Group;
  /** 2:4: of every aligned four along the input, two are kept. */
  readonly sparse: boolean;
  /** How the codes are chosen. */
  readonly method: Method;
}

export type Method = "rtn" | "clip";

/**
 * A matrix in a format's codes, before any device layout. `cols` is the input dimension K, `rows` the output dimension N.
 * Dense: `kept` = cols. 2:4: `kept` = 2 * ceil(cols / 4) and `positions` says where the kept values stand.
 */
export interface QuantTensor {
  readonly format: WeightFormat;
  readonly rows: number;
  readonly cols: number;
  /** [rows][kept]: unsigned codes u (integers), f16 bits (f16) or values (f32). */
  readonly codes: Uint8Array | Uint16Array | Float32Array;
  /** [rows][groups] f16 bits; absent for formats without scales. */
  readonly scales?: Uint16Array;
  /** [rows][groups] zero points of asymmetric formats; symmetric ones have 2^(bits - 1) throughout. */
  readonly zeros?: Uint8Array;
  /** 2:4, [rows][ceil(cols / 4)]: p0 | p1 << 2 with p0 < p1. */
  readonly positions?: Uint8Array;
}

/** "packed": codes side by side, for decoding; "planes": one word a bit and 32 inputs, for bit-serial kernels. */
export type Layout = "packed" | "planes";

/**
 * A matrix as the kernels read it (see quant/README.md for the picture). Rows are padded to fours ("quads"), inputs to blocks of 32 kept
 * values. `weights` is [tile of 8 quads][block][chunk][row in quad][quad] of `chunkWords` words, `scales` is [group][quad] of 2 words (3 with zero
 * points), `positions` (2:4) is [block][row in quad][quad] of 2 words.
 */
export interface PackedTensor {
  readonly format: WeightFormat;
  readonly layout: Layout;
  readonly rows: number;
  readonly cols: number;
  readonly quads: number;
  readonly blocks: number;
  readonly weights: Uint32Array;
  readonly scales?: Uint32Array;
  readonly positions?: Uint32Array;
}

export interface TensorBytes {
  readonly weights: number;
  readonly scales: number;
  readonly positions: number;
}

/** A row of the registry: everything the rest of the program may ask about a format. */
export interface FormatRow {
  readonly id: string;
  readonly family: "float" | "int";
  /** Bits of one code. */
  readonly bits: number;
  readonly grouped: boolean;
  readonly asymmetric: boolean;
  /** shaders/formats/<hooks>.wgsl */
  readonly hooks: string;
  /** Words that hold 32 packed codes, and words a single load takes. */
  readonly blockWords: number;
  readonly chunkWords: 1 | 2 | 4;
  readonly label: string;
  /** One sentence for the page: what it does and which choice was made where the papers leave one. */
  readonly sentence: string;
  readonly paper: string;
  /** Largest magnitude a weight may have; beyond it, quantizeTensor refuses the tensor. */
  readonly largest: number;
  /**
   * Quantises the `kept` values of one group: returns the scale (f16 bits) and zero point, writes codes. The group is
   * values[start, stop), its codes go to the same places; all of both arrays when left out.
   */
  quantizeGroup?(
    values: Float32Array,
    codes: Uint8Array,
    method: Method,
    start?: number,
    stop?: number,
  ): { scale: number; zero: number };
  /** Formats without scales: values to codes (f32 hands the same array back) and back. */
  encodeFloats?(values: Float32Array): Uint16Array | Float32Array;
  decodeFloats?(codes: Uint16Array | Float32Array): Float32Array;
  /** Worst |w - ŵ| for a group, given its values (methods.md 1.7), for property tests. */
  errorBound(values: Float32Array, method: Method): number;
}
