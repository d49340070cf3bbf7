import * as k from "../../quant/superblock-decode.ts";
import { type BlockDecoder, decodeBf16, decodeF16, decodeF32 } from "../floats.ts";
import * as small from "./blocks-32.ts";
import * as large from "./blocks-256.ts";

/** How a tensor's values lie in a GGUF file: blocks of `elements` values in `bytes` bytes. */
export interface BlockType {
  readonly name: string;
  readonly elements: number;
  readonly bytes: number;
  /** Whole blocks to float32, with the roundings of ggml's own code; null where it is not read. */
  readonly decode: BlockDecoder | null;
}

function row(name: string, elements: number, bytes: number, decode: BlockDecoder | null = null) {
  return { name, elements, bytes, decode } satisfies BlockType;
}

/** Every type with its number in the file; those without a decoder can be named, not read. */
// biome-ignore format: a table
export const blockTypes: ReadonlyMap<number, BlockType> = new Map([
  [0, row("F32", 1, 4, decodeF32)],
  [1, row("F16", 1, 2, decodeF16)],
  [2, row("Q4_0", 32, 18, small.decodeQ4_0)],
  [3, row("Q4_1", 32, 20, small.decodeQ4_1)],
  [6, row("Q5_0", 32, 22, small.decodeQ5_0)],
  [7, row("Q5_1", 32, 24, small.decodeQ5_1)],
  [8, row("Q8_0", 32, 34, small.decodeQ8_0)],
  [9, row("Q8_1", 32, 36)],
  [10, row("Q2_K", 256, 84, k.decodeQ2_K)],
  [11, row("Q3_K", 256, 110, k.decodeQ3_K)],
  [12, row("Q4_K", 256, 144, k.decodeQ4_K)],
  [13, row("Q5_K", 256, 176, k.decodeQ5_K)],
  [14, row("Q6_K", 256, 210, k.decodeQ6_K)],
  [15, row("Q8_K", 256, 292)],
  [16, row("IQ2_XXS", 256, 66)],
  [17, row("IQ2_XS", 256, 74)],
  [18, row("IQ3_XXS", 256, 98)],
  [19, row("IQ1_S", 256, 50)],
  [20, row("IQ4_NL", 32, 18, small.decodeIQ4_NL)],
  [21, row("IQ3_S", 256, 110)],
  [22, row("IQ2_S", 256, 82)],
  [23, row("IQ4_XS", 256, 136, large.decodeIQ4_XS)],
  [24, row("I8", 1, 1)],
  [25, row("I16", 1, 2)],
  [26, row("I32", 1, 4)],
  [27, row("I64", 1, 8)],
  [28, row("F64", 1, 8)],
  [29, row("IQ1_M", 256, 56)],
  [30, row("BF16", 1, 2, decodeBf16)],
  [34, row("TQ1_0", 256, 54, large.decodeTQ1_0)],
  [35, row("TQ2_0", 256, 66, large.decodeTQ2_0)],
  [39, row("MXFP4", 32, 17, small.decodeMXFP4)],
]);
