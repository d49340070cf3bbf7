import type { Codebook } from "./codebook.ts";

/** Inputs that share a scale: 32, 64 or 128 neighbours along a row, or the whole row. */
export type Group = 32 | 64 | 128 | "row";
export const groupNames: readonly Group[] = [32, 64, 128, "row"];

/** A weight format as a setting names it: `int4-asym-g32+2:4` is {id: "int4-asym", group: 32, sparse: true}. */
export interface WeightFormat {
  /** Registry id: "f32", "f16", "int8", "int4-asym" ... */
  readonly id: string;
  /** Absent where the name has none: without scales, or with a group that the format fixes. */
  readonly group?: Group;
  /** 2:4: of every aligned four along the input, two are kept. */
  readonly sparse: boolean;
  /** Percent of a matrix's weights, the smallest, that become 0 before the codes are chosen; stored dense. Not together with 2:4. */
  readonly pruned?: number;
  /** How the codes are chosen. */
  readonly method: Method;
  /** The codes are those of the model's file, not chosen here: what `native` comes to. No text says it. */
  readonly fromFile?: true;
}

/** rtn: to the nearest code; clip: the best of narrower ranges; fit: several scales a group by least squares, in turns with codes. */
export type Method = "rtn" | "clip" | "fit";

/** What a packer gives for the kept values of a matrix, and what its unpacker takes. */
export interface Codes {
  /** [rows][kept]: unsigned codes (f16: bits, f32: values); of formats whose blocks are bytes of their own, [rows][blocks][codes of a block]. */
  readonly codes: CodeArray;
  /** [rows][groups], or several numbers a group; what they mean is the row's affair (f16 bits, e8m0, an 8-bit scale ...). */
  readonly scales?: Uint8Array | Uint16Array;
  /** [rows][groups]: a second number of a group, such as a zero point or the choice of a table. */
  readonly zeros?: Uint8Array;
  /** Numbers of a row, of the tensor or of its tables. */
  readonly factors?: Float32Array;
}

export type CodeArray = Uint8Array | Uint16Array | Float32Array;
export type CodeType = "u8" | "u16" | "f32";
export type Scales = Omit<Codes, "codes">;

/**
 * A matrix in a format's codes, before any device layout. `cols` is the input dimension K, `rows` the output dimension N.
 * Dense: `kept` = cols. 2:4: `kept` = 2 * ceil(cols / 4) and `positions` says where the kept values stand.
 */
export interface QuantTensor extends Codes {
  readonly format: WeightFormat;
  readonly rows: number;
  readonly cols: number;
  /** 2:4, [rows][ceil(cols / 4)]: p0 | p1 << 2 with p0 < p1. */
  readonly positions?: Uint8Array;
}

/** "packed": codes side by side, for decoding; "planes": one word a bit and 32 inputs. */
export type Layout = "packed" | "planes";

/**
 * A matrix as the kernels read it (see quant/README.md for the picture). Rows are padded to fours ("quads"), inputs to whole blocks of kept
 * values. `weights` is [tile of 8 quads][block][chunk][row in quad][quad] of `chunkWords` words, `scales` is what the row's ScaleStore
 * makes of it, `positions` (2:4) is [block][row in quad][quad] of 2 words.
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

/** Turns the codes of a block into the words a kernel reads, and back. */
export interface BlockCodec {
  /** Kept values that a block stands for: 32, or a multiple of it. */
  readonly elements: number;
  /** Entries of Codes.codes that a block holds: as many, except where its bytes are a format's own. */
  readonly codes: number;
  readonly type: CodeType;
  /** Words of a block, and words that a single load takes. */
  readonly words: number;
  readonly chunkWords: 1 | 2 | 4;
  /** Stem of the WGSL that writes its words where codes are chosen on the device. */
  readonly writer?: string;
  /** `lanes` are the codes as they lie in memory, little-endian words of them. */
  readonly laneWords: number;
  encode(lanes: Uint32Array, words: Uint32Array): void;
  decode(words: Uint32Array, lanes: Uint32Array): void;
}

/** How many scales a matrix has. */
export interface ScaleShape {
  readonly rows: number;
  /** Fours of rows, the last one padded. */
  readonly quads: number;
  /** Groups in a row. */
  readonly groups: number;
}

/** How scales, zero points, factors and tables lie in the one buffer that kernels bind for them. */
export interface ScaleStore {
  /** Stems below shaders/ that together define Scales, load_scales, row_keys, scaled and scaled_row. */
  readonly files: readonly string[];
  /** Whether they define begin_scales too, which runs once before a row. */
  readonly begins?: true;
  /** Words of the buffer, whatever the number of matrices stacked in it. */
  words(shape: ScaleShape): number;
  /** Writes the scales of matrices below each other; `words` comes zeroed, and zeros in it must decode to a finite scale. */
  pack(tensors: readonly QuantTensor[], shape: ScaleShape, words: Uint32Array): void;
  /** The scales of a single matrix. */
  unpack(words: Uint32Array, shape: ScaleShape): Scales;
}

/** What kernels are assembled from: stems below shaders/, and the constants they expect. */
export interface RowShader {
  /** Kept values that one step of a kernel's loop loads. */
  readonly unit: number;
  /**
   * "int": blocks of 32 codes that come as bytes (codes4, second_half); "float": chunks of 16 bytes that come as values (kept4). Both exist
   * dense and 2:4. "own": `codes` defines Row, SpanRow, SPANS, VECS, span_count, load_row and span_row itself.
   */
  readonly spans: "int" | "float" | "own";
  /** Loads codes. */
  readonly codes: readonly string[];
  /** The same with shader-f16. */
  readonly codesF16?: readonly string[];
  /** Turns four codes of a row into numbers that the scale multiplies. */
  readonly values: readonly string[];
  /** The same in other ways that suit some devices better. All but "masked" define begin_values too. */
  readonly ways?: Readonly<Partial<Record<ValuesWay, readonly string[]>>>;
  readonly constants: Readonly<Record<string, number>>;
  /** Defines levels_at, four inputs as signed bytes: only where value = scale * (level - zero) with whole levels. */
  readonly dp4a?: readonly string[];
  /** Defines what lib/planes and lib/dot_planes define. */
  readonly bitserial?: readonly string[];
  /** Defines plane_times, the whole number that a plane of signs counts: only where a level is a sum of planes of -1 and 1. */
  readonly lut?: readonly string[];
}

/**
 * masked: without shifts of lanes by different amounts. spread: lanes of a subgroup of 8 hold a table between them. registers, shared:
 * tables of the scales buffer are first fetched into registers or workgroup memory; `values` then only serves kernels that look up little.
 */
export type ValuesWay = "masked" | "spread" | "registers" | "shared";

/**
 * How kernels/pack and kernels/pack_scales round to the nearest code on the device, bit for bit as `quantize` does. What pads a block or a tile
 * must be what 0 becomes, with a scale of 0 in rows of padding.
 */
export interface RowPacker {
  /** Stems that together define what the two kernels ask of a format: its ranges and scales, and `encode`. */
  readonly files: readonly string[];
  readonly constants: Readonly<Record<string, number>>;
  /** For lib/encode_book: at most 16 levels. */
  readonly book?: Codebook;
}

/** How the kept values of a matrix fall into groups. */
export interface GroupShape {
  readonly rows: number;
  readonly cols: number;
  /** Kept values of a row. */
  readonly width: number;
  /** Groups of a row, and kept values in each but the last, which may be short. */
  readonly groups: number;
  readonly step: number;
}

/** Value = scale * level with whole levels, for the integer kernels' reference. */
export interface Integers {
  /** [rows][kept] */
  readonly levels: Int16Array;
  /** [rows][groups] */
  readonly scales: Float32Array;
}

/** Magnitudes of the terms that a kernel adds up for a weight, where they are larger than the weight. */
export interface Terms {
  /** [rows][kept] */
  readonly kept: Float32Array;
  /** [rows][groups]: of a pruned input in the group. */
  readonly pruned: Float32Array;
}

/** How a GGUF file stores a format, where it does: whole blocks, which are given the device's order and nothing else. */
export interface FileBlocks {
  /** The type's name in the file: "Q4_0". */
  readonly type: string;
  readonly elements: number;
  readonly bytes: number;
  /** Codes and scales of blocks, one after another. */
  codesOf(blocks: Uint8Array): Codes;
}

/** What formats have in common for whoever looks for one. */
export type Idea =
  | "integers"
  | "floats"
  | "codebooks"
  | "binary and ternary"
  | "mixed"
  | "blocks of GGUF files";

/** A row of the registry: everything the rest of the program may ask about a format. */
export interface FormatRow {
  readonly id: string;
  /** What names begin with, where a row without groups has that name as its id. */
  readonly stem?: string;
  /** Rows of a family ("float", "int", "codebook" ...) share kernels, and with them a measured choice of variant. */
  readonly family: string;
  /** Under which heading lists show it. */
  readonly idea: Idea;
  /** Bits of one code. */
  readonly bits: number;
  /** Groups that the name may ask for; empty: the name has none. */
  readonly groups: readonly Group[];
  /** Inputs that share a scale where the name does not say; without it, the row does. */
  readonly fixedGroup?: number;
  readonly asymmetric: boolean;
  readonly methods: readonly Method[];
  /** Whether there are kernels for 2:4: what is pruned must be 0, so there must be a code that stands for it. */
  readonly sparse: boolean;
  readonly label: string;
  /** One sentence for the page: what it does and which choice was made where the papers leave one. */
  readonly sentence: string;
  readonly paper: string;
  /** Largest magnitude a weight may have; beyond it, quantizeTensor refuses the tensor. */
  readonly largest: number;
  /** Whether 0 stays 0. */
  readonly exactZero: boolean;
  /** The code that fills blocks and rows up; inputs there are 0, and rows there have zeroed scales. */
  readonly padding: number;
  /** The same where it depends: behind the end of row n. */
  paddingOf?(tensor: QuantTensor, n: number): number;
  readonly blocks: { readonly packed: BlockCodec; readonly planes?: BlockCodec };
  /** null: without scales. */
  readonly scales: ScaleStore | null;
  readonly shader: RowShader;
  /** Where there is one, weights are packed on the device, once that was found to give the CPU's bits there. */
  readonly packer?: RowPacker;
  /** Codes of the kept values [rows][width], already checked to be finite and within `largest`. */
  quantize(kept: Float32Array, shape: GroupShape, method: Method): Codes;
  /** The values [rows][width] that codes stand for, in f32, with the roundings of the kernels. */
  dequantize(codes: Codes, shape: GroupShape): Float32Array;
  readonly file?: FileBlocks;
  /** Rows with the same name here have the same bytes on the device, and share them. */
  readonly stored?: string;
  /** Formats with integer kernels. */
  integers?(codes: Codes, shape: GroupShape): Integers;
  terms?(codes: Codes, shape: GroupShape): Terms;
  /** Worst |w - ŵ| in a row of these values that is one group (or the groups that the format fixes), for property tests. */
  errorBound(values: Float32Array, method: Method): number;
}
