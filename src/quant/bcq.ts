import { F16_MAX, f16ToF32, f32ToF16 } from "../lib/f16.ts";
import { meanOf } from "./bipolar.ts";
import { packedCodec } from "./block.ts";
import { halvesStore } from "./group-halves.ts";
import { eachGroupOf } from "./groups.ts";
import { PlaneFit, ROUNDS } from "./plane-fit.ts";
import { largestOf, worst } from "./scale-bits.ts";
import { type Codes, type FormatRow, type GroupShape, groupNames } from "./types.ts";

/** Powers of two that a scale is the sum of, and how far below the first of them the last may be: what an f16 holds. */
const TERMS = 3;
const REACH = 10;
const LEAST = 2 ** -24;

export const bcqRows: readonly FormatRow[] = [4, 3, 2].map(rowOf);

function rowOf(planes: number): FormatRow {
  const keys = ["pair", "three", "four"][planes - 2];
  return {
    id: `bcq${planes}`,
    family: `bcq`,
    bits: planes,
    groups: groupNames,
    asymmetric: false,
    methods: ["rtn"],
    sparse: false,
    exactZero: false,
    padding: 0,
    label: `binary coding ${planes}`,
    sentence:
      `A sum of ${planes} signs, each times a scale of its own for the group; scales and signs are fitted in turns, ${ROUNDS} rounds, ` +
      `and a scale is a sum of at most ${TERMS} powers of two, so that products are shifts and additions.`,
    paper: "ShiftAddLLM, NeurIPS 2024 (arXiv 2406.05981)",
    largest: F16_MAX,
    blocks: { packed: packedCodec(planes) },
    scales: halvesStore(planes, [`lib/keys_${keys}`, "lib/scale_keys"]),
    shader: {
      unit: 32,
      spans: "int",
      codes: [`formats/int${planes}`, "lib/unpack"],
      values: [planes === 2 ? "formats/bcq2" : "formats/bcq", "lib/bit_set"],
      constants: planes === 2 ? {} : { PLANES: planes },
    },
    quantize: (kept, shape) => quantize(kept, shape, planes),
    dequantize(codes, shape) {
      const values = new Float32Array(shape.rows * shape.width);
      eachGroupOf(shape, (start, stop, at) => {
        const levels = levelsOf(scalesOf(codes, at, planes));
        for (let i = start; i < stop; i++) values[i] = levels[codes.codes[i] ?? 0] ?? 0;
      });
      return values;
    },
    errorBound: (values, method) => worst(bound(values), values, method),
  };
}

/**
 * The rounds begin below the error of signs times their mean magnitude, and one weight's is below that of the group; three powers of two
 * leave up to 7 % of a scale.
 */
function bound(values: Float32Array): number {
  const largest = largestOf(values, 0, values.length);
  const mean = meanOf(values, 0, values.length);
  const squares = values.reduce((sum, w) => sum + (Math.abs(w) - mean) ** 2, 0);
  return Math.sqrt(squares) + 0.15 * largest + 2 ** -22;
}

function quantize(kept: Float32Array, shape: GroupShape, planes: number): Codes {
  const codes = new Uint8Array(kept.length);
  const scales = new Uint16Array(shape.rows * shape.groups * planes);
  const fit = new PlaneFit(planes);
  eachGroupOf(shape, (start, stop, at) => {
    fit.run(kept, start, stop);
    for (let plane = 0; plane < planes; plane++) {
      const bits = f32ToF16(apot(fit.alphas[plane] ?? 0));
      scales[at * planes + plane] = bits;
      fit.alphas[plane] = f16ToF32(bits);
    }
    fit.encode(kept, codes, start, stop);
  });
  return { codes, scales };
}

/** Σ ±alpha for every code, in the kernels' f32 and order: bit b set adds the scale of plane b. */
function levelsOf(alphas: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: 2 ** alphas.length }, (_, code) => {
    let sum = 0;
    for (let plane = 0; plane < alphas.length; plane++) {
      const alpha = alphas[plane] ?? 0;
      sum = Math.fround(sum + ((code >> plane) & 1 ? alpha : -alpha));
    }
    return sum;
  });
}

/** The nearest sum of three powers of two with signs, each nearest in its logarithm to what is left. */
export function apot(value: number, terms: number = TERMS): number {
  let sum = 0;
  let floor = LEAST;
  for (let term = 0; term < terms; term++) {
    const rest = value - sum;
    const power = 2 ** Math.round(Math.log2(Math.abs(rest)));
    if (!(power >= floor)) break;
    if (term === 0) floor = Math.max(LEAST, power * 2 ** -REACH);
    sum += Math.sign(rest) * power;
  }
  return Math.min(sum, F16_MAX);
}

function scalesOf({ scales }: Codes, at: number, planes: number): Float32Array {
  return Float32Array.from({ length: planes }, (_, i) => f16ToF32(scales?.[at * planes + i] ?? 0));
}
