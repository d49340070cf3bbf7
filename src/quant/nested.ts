import { f16ToF32 } from "../lib/f16.ts";
import { planesCodec } from "./block.ts";
import { type Affine, affineIntegers, affineTerms, affineValues } from "./groups.ts";
import { intRows } from "./int.ts";
import { largestOf } from "./scale-bits.ts";
import type { BlockCodec, Codes, FormatRow } from "./types.ts";

/** Bits of the one copy that all widths read. */
const MASTER = 8;
const [master] = intRows.filter(({ id }) => id === "int8");

/** Word p is bit p of the codes, as the one bit of packedCodec(1): bit t of byte k is that of element 4t + k. */
const bitwise: BlockCodec = {
  ...planesCodec(MASTER),
  writer: "lib/words_bits",
  encode(lanes, words) {
    for (let plane = 0; plane < MASTER; plane++) {
      let word = 0;
      for (let t = 0; t < 8; t++) word |= (((lanes[t] ?? 0) >>> plane) & 0x01010101) << t;
      words[plane] = word;
    }
  },
  decode(words, lanes) {
    for (let t = 0; t < 8; t++) {
      let lane = 0;
      for (let plane = 0; plane < MASTER; plane++) {
        lane |= (((words[plane] ?? 0) >>> t) & 0x01010101) << plane;
      }
      lanes[t] = lane;
    }
  },
};

/** The upper `bits` bits of int8's codes: what lies below is taken for its middle, half a step less than half of what it could be. */
function nested(bits: number, int8: FormatRow): FormatRow {
  const dropped = MASTER - bits;
  // Values are whole numbers of half scales: (2u - zero) s / 2 with the lower bits of u cleared.
  const zero = 2 ** MASTER + 1 - 2 ** dropped;
  const doubled = ({ codes, scales }: Codes): Codes => ({
    codes: Uint16Array.from(codes, (code) => 2 * ((code >> dropped) << dropped)),
    ...(scales && { scales }),
  });
  const lineOf =
    ({ scales }: Codes) =>
    (at: number): Affine => ({ scale: f16ToF32(scales?.[at] ?? 0) / 2, zero });
  return {
    ...int8,
    id: `nested${bits}`,
    family: "nested",
    idea: "integers",
    bits,
    methods: ["rtn"],
    sparse: false,
    exactZero: dropped === 0,
    label: `nested ${bits}`,
    sentence:
      `The upper ${bits} bits of int8's codes, the rest taken for its middle: one copy of eight bit planes serves every width, so that ` +
      "turning it packs and uploads nothing. The eight planes are what it takes on the device.",
    paper:
      "One QuantLLM for ALL, ACL 2025 (arXiv 2405.20202), as planes of one copy and without training",
    stored: "nested",
    blocks: { packed: bitwise, planes: planesCodec(MASTER) },
    scales: int8.scales && { ...int8.scales, files: ["lib/scale_half", "lib/scale_int"] },
    shader: {
      unit: 32,
      spans: "int",
      codes: ["formats/nested", "lib/unpack"],
      values: ["lib/values_nested"],
      constants: { ZERO: zero, KEPT: bits },
      bitserial: ["lib/planes_nested", "lib/met_planes"],
    },
    dequantize: (codes, shape) => affineValues(doubled(codes), shape, lineOf(codes)),
    integers: (codes, shape) => affineIntegers(doubled(codes), shape, lineOf(codes)),
    terms: (codes, shape) => affineTerms(doubled(codes), shape, lineOf(codes)),
    errorBound(values, method) {
      const step = (largestOf(values, 0, values.length) / 2 ** (MASTER - 1)) * (1 + 2 ** -10);
      return int8.errorBound(values, method) + ((step + 2 ** -24) * (2 ** dropped - 1)) / 2;
    },
  };
}

export const nestedRows: readonly FormatRow[] = master
  ? [8, 7, 6, 5, 4, 3, 2].map((bits) => nested(bits, master))
  : [];
