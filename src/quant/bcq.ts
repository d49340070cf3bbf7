import { meanOf } from "./bipolar.ts";
import { packedCodec, planesCodec } from "./block.ts";
import { eachGroupOf, levelIntegers, levelValues } from "./groups.ts";
import { QUAD } from "./layout.ts";
import { PlaneFit, ROUNDS } from "./plane-fit.ts";
import { largestOf, worst } from "./scale-bits.ts";
import { eachGroup } from "./scales.ts";
import {
  type Codes,
  type FormatRow,
  type GroupShape,
  groupNames,
  type ScaleStore,
} from "./types.ts";

/** Powers of two that a plane's whole number is the sum of, each added or subtracted. */
const TERMS = 3;
/** Most that a group's whole numbers sum up to, so that levels are signed bytes; half as much is reached. */
const TOP = 127;
const TOP_BIT = 6;
const BIAS = 127;

export const bcqRows: readonly FormatRow[] = [4, 3, 2].map(rowOf);

function rowOf(planes: number): FormatRow {
  return {
    id: `bcq${planes}`,
    family: "bcq",
    idea: "binary and ternary",
    bits: planes,
    groups: groupNames,
    asymmetric: false,
    methods: ["rtn"],
    sparse: false,
    exactZero: false,
    padding: 0,
    label: `binary coding ${planes}`,
    sentence:
      `A sum of ${planes} signs, each times a scale of its own for the group: from mean residuals on, the nearest signs and scales of least ` +
      `squares are found in turns, at most ${ROUNDS} rounds while the error falls. Scales then become whole numbers, sums of at most ${TERMS} ` +
      `powers of two with signs, times the least power of two that leaves a sum of at most ${TOP}, below ${TOP + 1} before rounding; then the nearest signs are taken.`,
    paper: "ShiftAddLLM, NeurIPS 2024 (arXiv 2406.05981)",
    largest: 2 ** 120,
    blocks: { packed: packedCodec(planes), planes: planesCodec(planes) },
    scales: planesStore(planes + 1),
    shader: {
      unit: 32,
      spans: "int",
      codes: [`formats/int${planes}`, "lib/unpack"],
      values: ["lib/values_levels", "formats/bcq", "lib/signed_bytes"],
      constants: { PLANES: planes },
      dp4a: ["formats/bcq"],
      lut: ["lib/times_keys"],
    },
    quantize: (kept, shape) => quantize(kept, shape, planes),
    // A level has at most 7 significant bits, and the scale one: exact.
    dequantize: (codes, shape) =>
      levelValues(codes, shape, powersOf(codes, planes), levelsOf(codes, planes)),
    integers: (codes, shape) =>
      levelIntegers(codes, shape, powersOf(codes, planes), levelsOf(codes, planes)),
    errorBound: (values, method) => worst(bound(values), values, method),
  };
}

/** Bytes of a group: [group][quad][byte] of u8 r0 r1 r2 r3. `Codes.scales` has them side by side, [rows][groups][count]. */
function planesStore(count: number): ScaleStore {
  const place = (group: number, quads: number, row: number) =>
    (group * quads + (row >> 2)) * count * QUAD + (row % QUAD);
  return {
    files: ["lib/scale_planes", "lib/scale_times"],
    words: ({ quads, groups }) => groups * quads * count,
    pack(tensors, { quads, groups }, words) {
      const bytes = new Uint8Array(words.buffer);
      eachGroup(tensors, groups, ({ scales }, from, row, group) => {
        const to = place(group, quads, row);
        for (let i = 0; i < count; i++) bytes[to + QUAD * i] = scales?.[from * count + i] ?? 0;
      });
    },
    unpack(words, { rows, quads, groups }) {
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.length * 4);
      const scales = new Uint8Array(rows * groups * count);
      for (let at = 0; at < rows * groups; at++) {
        const from = place(at % groups, quads, Math.floor(at / groups));
        for (let i = 0; i < count; i++) scales[at * count + i] = bytes[from + QUAD * i] ?? 0;
      }
      return { scales };
    },
  };
}

/**
 * The rounds begin below the error of signs times their mean magnitude, and one weight's is below that of the group; three powers of two
 * leave up to 7 % of a scale, and whole numbers another 4 % of all.
 */
function bound(values: Float32Array): number {
  const largest = largestOf(values, 0, values.length);
  const mean = meanOf(values, 0, values.length);
  const squares = values.reduce((sum, w) => sum + (Math.abs(w) - mean) ** 2, 0);
  return Math.sqrt(squares) + 0.2 * largest + 2 ** -118;
}

function quantize(kept: Float32Array, shape: GroupShape, planes: number): Codes {
  const codes = new Uint8Array(kept.length);
  const scales = new Uint8Array(shape.rows * shape.groups * (planes + 1));
  const fit = new PlaneFit(planes);
  eachGroupOf(shape, (start, stop, at) => {
    fit.run(kept, start, stop);
    const whole = scales.subarray(at * (planes + 1), (at + 1) * (planes + 1));
    roundScales(fit.alphas, whole);
    const power = powerOf(whole[planes]);
    for (let plane = 0; plane < planes; plane++) fit.alphas[plane] = (whole[plane] ?? 0) * power;
    fit.encode(kept, codes, start, stop);
  });
  return { codes, scales };
}

/** Whole numbers near scales over a power of two, and behind them its byte; all 0 where it would be below f32's normal numbers. */
function roundScales(alphas: Float64Array, whole: Uint8Array): void {
  const planes = alphas.length;
  let total = 0;
  for (let plane = 0; plane < planes; plane++) total += alphas[plane] ?? 0;
  let exponent = Math.floor(Math.log2(total)) - TOP_BIT;
  for (let sum = TOP + 1; sum > TOP; exponent++) {
    if (!(exponent + BIAS >= 1)) {
      whole.fill(0);
      return;
    }
    sum = 0;
    for (let plane = 0; plane < planes; plane++) {
      const own = apot((alphas[plane] ?? 0) / 2 ** exponent);
      whole[plane] = own;
      sum += own;
    }
    whole[planes] = exponent + BIAS;
  }
}

/** The whole number nearest to a positive one that `terms` powers of two add up to, each nearest in its logarithm to what is left. */
export function apot(value: number, terms: number = TERMS): number {
  let sum = 0;
  for (let term = 0; term < terms; term++) {
    const rest = value - sum;
    const power = 2 ** Math.round(Math.log2(Math.abs(rest)));
    if (!(power >= 1)) break;
    sum += Math.sign(rest) * power;
  }
  return sum;
}

/** Of each group, Σ ±k for every code: bit b adds the whole number of plane b. */
function levelsOf({ scales }: Codes, planes: number): (at: number) => Int16Array {
  const levels = new Int16Array(2 ** planes);
  return (at) => {
    for (let code = 0; code < levels.length; code++) {
      let sum = 0;
      for (let plane = 0; plane < planes; plane++) {
        const whole = scales?.[at * (planes + 1) + plane] ?? 0;
        sum += (code >> plane) & 1 ? whole : -whole;
      }
      levels[code] = sum;
    }
    return levels;
  };
}

function powersOf({ scales }: Codes, planes: number): (at: number) => number {
  return (at) => powerOf(scales?.[at * (planes + 1) + planes]);
}

function powerOf(byte = 0): number {
  return byte === 0 ? 0 : 2 ** (byte - BIAS);
}
