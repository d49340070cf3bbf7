import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { roundFast } from "../lib/round.ts";
import { packedCodec, planesCodec } from "./block.ts";
import { eachGroupOf, levelIntegers, levelValues } from "./groups.ts";
import { largestOf, reciprocal, scaleBits, worst } from "./scale-bits.ts";
import { f16Store } from "./scales.ts";
import { type Codes, type FormatRow, type GroupShape, groupNames } from "./types.ts";

/** How a format of this family chooses a group's scale, as f16 bits. */
type ScaleOf = (values: Float32Array, start: number, stop: number) => number;

interface Choice extends Pick<FormatRow, "id" | "bits" | "label" | "sentence" | "paper"> {
  readonly scaleOf: ScaleOf;
}

const bipolarStore = f16Store(["lib/scale_f16", "lib/scale_bipolar"]);

const binary: Choice = {
  id: "bin",
  bits: 1,
  label: "binary",
  sentence:
    "Only the sign of a weight, 0 counting as positive, times the group's mean magnitude, " +
    "which has the least squared error of all scales; nothing stands for 0.",
  paper: "XNOR-Net, 2016 (arXiv 1603.05279)",
  scaleOf: (values, start, stop) => scaleBits(meanOf(values, start, stop)),
};

export const bipolarRows: readonly FormatRow[] = [
  ...[4, 3, 2, 1].map((bits) => rowOf(bipolar(bits))),
  rowOf(binary),
];

function bipolar(bits: number): Choice {
  const top = topOf(bits);
  const odd = top === 1 ? "-1 and 1" : `the odd numbers from -${top} to ${top}`;
  const halfway =
    bits === 1
      ? "0 itself counts as positive"
      : `halfway between two levels 2u - ${top} the even u is taken`;
  return {
    id: `bipolar${bits}`,
    bits,
    label: `bipolar ${bits}`,
    sentence:
      `Each bit means -1 or 1 times its power of two, so that codes are ${odd}, times the group's largest magnitude ` +
      `over ${top}; nothing stands for 0; ${halfway}.`,
    paper:
      "Efficient Arbitrary Precision Acceleration for LLMs on GPU Tensor Cores, 2024 (arXiv 2409.17870)",
    scaleOf: (values, start, stop) => scaleBits(largestOf(values, start, stop) / top),
  };
}

function topOf(bits: number): number {
  return 2 ** bits - 1;
}

function rowOf({ scaleOf, ...choice }: Choice): FormatRow {
  const { bits } = choice;
  const top = topOf(bits);
  const levels = Int16Array.from({ length: top + 1 }, (_, code) => 2 * code - top);
  const scale =
    ({ scales }: Codes) =>
    (at: number): number =>
      f16ToF32(scales?.[at] ?? 0);
  return {
    ...choice,
    family: "bipolar",
    idea: "binary and ternary",
    groups: groupNames,
    asymmetric: false,
    methods: ["rtn"],
    sparse: false,
    exactZero: false,
    largest: F16_MAX * top,
    padding: 0,
    blocks: { packed: packedCodec(bits), planes: planesCodec(bits) },
    scales: bipolarStore,
    shader: {
      unit: 32,
      spans: "int",
      codes: [`formats/int${bits}`, "lib/unpack"],
      values: ["lib/values_int"],
      ways: { masked: ["lib/values_masked"] },
      constants: { ZERO: 0, TOP: top },
      dp4a: ["lib/levels_bipolar"],
      bitserial: ["lib/planes", "lib/dot_bipolar"],
      lut: ["lib/times_power"],
    },
    quantize(kept, shape) {
      const codes = new Uint8Array(kept.length);
      const scales = new Uint16Array(shape.rows * shape.groups);
      eachGroupOf(shape, (start, stop, at) => {
        const bits = scaleOf(kept, start, stop);
        encodeBipolar(kept, codes, f16ToF32(bits), top, start, stop);
        scales[at] = bits;
      });
      return { codes, scales };
    },
    // A scale has 11 significant bits and a level at most 4: exact.
    dequantize: (codes, shape) => levelValues(codes, shape, scale(codes), () => levels),
    integers: (codes, shape) => levelIntegers(codes, shape, scale(codes), () => levels),
    terms: (codes, shape) => bipolarTerms(codes, shape, scale(codes), top),
    errorBound(values, method) {
      const largest = largestOf(values, 0, values.length);
      const step = f16ToF32(scaleOf(values, 0, values.length));
      return worst(Math.max(step, largest - top * step), values, method);
    },
  };
}

/** Codes u of values[start, stop) whose levels 2u - top, times the scale, are nearest; what is halfway goes to the even code. */
function encodeBipolar(
  values: Float32Array,
  codes: Uint8Array,
  scale: number,
  top: number,
  start: number,
  stop: number,
): void {
  const inverse = reciprocal(scale);
  // With two levels the sign decides, 0 being positive: halfway there is no even level to prefer.
  if (top === 1) {
    for (let i = start; i < stop; i++) codes[i] = (values[i] ?? 0) >= 0 ? 1 : 0;
    return;
  }
  for (let i = start; i < stop; i++) {
    const code = roundFast(Math.fround(Math.fround((values[i] ?? 0) * inverse) + top) / 2);
    codes[i] = Math.max(0, Math.min(code, top));
  }
}

/** Kernels sum 2 s u x and s top x apart. */
function bipolarTerms(
  { codes }: Codes,
  shape: GroupShape,
  scaleOf: (at: number) => number,
  top: number,
) {
  const kept = new Float32Array(shape.rows * shape.width);
  eachGroupOf(shape, (start, stop, at) => {
    const scale = scaleOf(at);
    for (let i = start; i < stop; i++) kept[i] = scale * (2 * (codes[i] ?? 0) + top);
  });
  return { kept, pruned: new Float32Array(shape.rows * shape.groups) };
}

/** Mean magnitude of values[start, stop). */
export function meanOf(values: Float32Array, start: number, stop: number): number {
  let sum = 0;
  for (let i = start; i < stop; i++) sum += Math.abs(values[i] ?? 0);
  return sum / (stop - start);
}
