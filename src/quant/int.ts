import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { roundFast } from "../lib/round.ts";
import { packedCodec, planesCodec } from "./block.ts";
import { type Affine, affineIntegers, affineTerms, affineValues, eachGroupOf } from "./groups.ts";
import { clip, type Placement, type Range, type Scale, wholeLevels } from "./int-clip.ts";
import { reciprocal, scaleBits, worst } from "./scale-bits.ts";
import { f16Store, f16ZeroStore } from "./scales.ts";
import {
  type Codes,
  type FormatRow,
  type GroupShape,
  groupNames,
  type Method,
  type QuantTensor,
  type RowShader,
} from "./types.ts";

const PAPER = "Round to nearest with group scales: FineQuant, 2023 (arXiv 2308.09723)";
/** Planes of codes as they stand, for bit-serial kernels. */
export const planeFiles = ["lib/planes", "lib/dot_planes", "lib/met_planes"];
export const symmetricStore = f16Store(["lib/scale_sym", "lib/scale_int"]);

export const intRows: readonly FormatRow[] = [
  ...[8, 7, 6, 5, 4, 3, 2].map(symmetric),
  ...[8, 7, 6, 5, 4, 3, 2].map((bits) => asymmetric(bits)),
];

function symmetric(bits: number): FormatRow {
  const half = 2 ** (bits - 1);
  const scaleFor: Placement["scaleFor"] = ({ high }, share) => ({
    scale: scaleBits(-Math.fround(high * share) / half),
    zero: half,
  });
  const upward = wholeLevels(1 - half, half);
  const downward = wholeLevels(-half, half - 1);
  const place: Placement = {
    top: 2 * half - 1,
    reach: half,
    span: extreme,
    scaleFor,
    wavers: () => false,
    levels: ({ high }) => (high > 0 ? upward : downward),
  };
  return {
    ...intCodes(bits),
    id: `int${bits}`,
    asymmetric: false,
    scales: symmetricStore,
    shader: intShader(bits, { ZERO: half }),
    packer: {
      files: ["lib/range_sym", "lib/peak_int", "lib/encode_int"],
      constants: { BITS: bits, TOP: place.top, ZERO: half },
    },
    padding: half,
    quantize(kept, shape, method) {
      const { codes, scales } = quantizeGroups(kept, shape, method, place);
      return { codes, scales };
    },
    largest: F16_MAX * half,
    label: `int${bits}`,
    sentence:
      `Whole numbers from -${half} to ${half - 1} times one scale per group; the scale takes the ` +
      `sign that puts the element of largest magnitude on -${half}, so no code is wasted.`,
    errorBound(values, method) {
      const range = extreme(values, 0, values.length);
      const step = Math.abs(f16ToF32(scaleFor(range, 1).scale));
      const sign = Math.sign(range.high);
      const opposite = values.reduce((most, value) => Math.max(most, -value * sign), 0);
      const clipped = Math.max(Math.abs(range.high) - half * step, opposite - (half - 1) * step);
      return worst(Math.max(step / 2, clipped), values, method);
    },
  };
}

/** Codes from 0 to `top`, all that the bits allow or fewer. */
export function asymmetric(bits: number, top = 2 ** bits - 1): FormatRow {
  const place: Placement = {
    top,
    reach: top,
    span: extent,
    scaleFor({ low, high }, share) {
      const from = Math.fround(low * share);
      const scale = scaleBits(Math.fround(Math.fround(high * share) - from) / top);
      const zero = roundFast(Math.fround(-from * reciprocal(f16ToF32(scale))));
      return { scale, zero: Math.min(zero, top) };
    },
    wavers({ low, high }) {
      const zero = (-low / (high - low)) * top;
      return roundFast(zero * (1 - 2 ** -10)) !== roundFast(zero * (1 + 2 ** -10));
    },
    levels: (_, zero) => wholeLevels(-zero, top - zero),
  };
  return {
    ...intCodes(bits),
    id: `int${bits}-asym`,
    asymmetric: true,
    scales: f16ZeroStore,
    shader: intShader(bits, {}),
    packer: {
      files: ["lib/range_asym", "lib/quotient", "lib/encode_int"],
      constants: { BITS: bits, TOP: top },
    },
    padding: 0,
    // The zero point of the row's last group, whose scale applies there.
    paddingOf({ zeros, rows }: QuantTensor, n: number) {
      const groups = (zeros?.length ?? 0) / rows;
      return zeros?.[(n + 1) * groups - 1] ?? 0;
    },
    quantize: (kept, shape, method) => quantizeGroups(kept, shape, method, place),
    // Half the span that the largest f16 scale reaches, as a group may reach out both ways.
    largest: (F16_MAX * top) / 2,
    label: `int${bits} asymmetric`,
    sentence:
      `Whole numbers from 0 to ${top} times one scale per group, less a zero point of 8 bits; ` +
      "the range from the least to the greatest element always takes in 0, which stays exact.",
    errorBound(values, method) {
      const range = extent(values, 0, values.length);
      const step = f16ToF32(place.scaleFor(range, 1).scale);
      // Rounding the scale to f16 may leave this much of the range uncovered.
      const uncovered = Math.max(0, range.high - range.low - top * step);
      return worst(step / 2 + uncovered, values, method);
    },
  };
}

/** What formats of whole codes have in common, whoever chooses the codes. */
export function intCodes(bits: number) {
  const affineOf = ({ scales, zeros }: Codes) => {
    const half = 2 ** (bits - 1);
    return (at: number): Affine => ({
      scale: f16ToF32(scales?.[at] ?? 0),
      zero: zeros ? (zeros[at] ?? 0) : half,
    });
  };
  return {
    family: "int",
    idea: "integers" as const,
    bits,
    groups: groupNames,
    methods: ["rtn", "clip"] as const,
    sparse: true,
    exactZero: true,
    blocks: { packed: packedCodec(bits), planes: planesCodec(bits) },
    paper: PAPER,
    // The product has at most 20 significant bits, so storing it as f32 rounds nothing.
    dequantize: (codes: Codes, shape: GroupShape) => affineValues(codes, shape, affineOf(codes)),
    integers: (codes: Codes, shape: GroupShape) => affineIntegers(codes, shape, affineOf(codes)),
    terms: (codes: Codes, shape: GroupShape) => affineTerms(codes, shape, affineOf(codes)),
  };
}

export function intShader(bits: number, constants: RowShader["constants"]): RowShader {
  return {
    unit: 32,
    spans: "int",
    codes: [`formats/int${bits}`, ...(bits < 8 ? ["lib/unpack"] : [])],
    values: ["lib/values_int"],
    ways: { masked: ["lib/values_masked"] },
    constants,
    dp4a: ["lib/levels_codes"],
    bitserial: planeFiles,
  };
}

function quantizeGroups(
  kept: Float32Array,
  shape: GroupShape,
  method: Method,
  place: Placement,
): Required<Pick<Codes, "codes" | "scales" | "zeros">> {
  const codes = new Uint8Array(kept.length);
  const scales = new Uint16Array(shape.rows * shape.groups);
  const zeros = new Uint8Array(shape.rows * shape.groups);
  eachGroupOf(shape, (start, stop, at) => {
    const range = place.span(kept, start, stop);
    const best =
      method === "clip" ? clip(kept, start, stop, range, place) : place.scaleFor(range, 1);
    encodeInts(kept, codes, best, place.top, start, stop);
    scales[at] = best.scale;
    zeros[at] = best.zero;
  });
  return { codes, scales, zeros };
}

/**
 * Codes of values[start, stop) with a given scale and zero point, in f32: round half to even of
 * value / scale, plus the zero point, held in 0..top. A scale of zero gives the zero point.
 */
export function encodeInts(
  values: Float32Array,
  codes: Uint8Array,
  { scale, zero }: Scale,
  top: number,
  start: number,
  stop: number,
): void {
  const inverse = reciprocal(f16ToF32(scale));
  for (let i = start; i < stop; i++) {
    let code = roundFast(Math.fround((values[i] ?? 0) * inverse)) + zero;
    if (code < 0) code = 0;
    else if (code > top) code = top;
    codes[i] = code;
  }
}

/** The element of largest magnitude, the first of equals, as `high`. */
function extreme(values: Float32Array, start: number, stop: number): Range {
  const { low, high } = extent(values, start, stop);
  if (high !== -low) return { low: 0, high: high > -low ? high : low };
  let first = start;
  while (first < stop && Math.abs(values[first] ?? 0) < high) first++;
  return { low: 0, high: values[first] ?? 0 };
}

/** Least and greatest element, widened to take in 0. */
function extent(values: Float32Array, start: number, stop: number): Range {
  let low = 0;
  let high = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
