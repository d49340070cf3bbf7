import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { packedCodec } from "./block.ts";
import { bookShader } from "./books.ts";
import { fileBlocks, GGUF, nonlinear } from "./file-blocks.ts";
import { levelIntegers, levelValues, stepCodes } from "./groups.ts";
import { extremeOf, largestOf, reciprocal, worst } from "./scale-bits.ts";
import { f16Store } from "./scales.ts";
import type { Codes, FormatRow } from "./types.ts";

/** Scales on either side of the first guess that iq4_nl tries. */
const TRIES = 7;
const LOWEST = 127;
/** The code nearest to level (place / 2) - 128, one table for halves: middles of levels are halves themselves. */
const nearestLevel = Uint8Array.from({ length: 512 }, (_, place) => {
  let code = 0;
  while (code < 15 && (nonlinear[code] ?? 0) + (nonlinear[code + 1] ?? 0) <= place - 256) code++;
  return code;
});

export const nonlinearRow: FormatRow = {
  family: "gguf",
  idea: "blocks of GGUF files",
  groups: [],
  fixedGroup: 32,
  methods: ["rtn"],
  sparse: false,
  paper: GGUF,
  id: "iq4_nl",
  label: "IQ4_NL",
  sentence:
    "GGUF's IQ4_NL: sixteen fixed levels from -127 to 113, closer together near zero, times one f16 for 32 inputs; of 15 scales the one " +
    "is kept that serves best with large weights counting more, as ggml does. 0 is no level.",
  bits: 4,
  asymmetric: false,
  exactZero: false,
  // The level 1; inputs there are 0.
  padding: 8,
  blocks: { packed: packedCodec(4) },
  scales: f16Store(["lib/scale_f16", "lib/scale_times"]),
  shader: {
    unit: 32,
    spans: "int",
    codes: ["formats/int4", "lib/unpack"],
    ...bookShader("formats/iq4_nl"),
    constants: { ZERO: 8 },
    dp4a: ["formats/iq4_nl"],
  },
  largest: F16_MAX * 64,
  file: fileBlocks("IQ4_NL", { scales: 1, scaleBytes: 2, bits: 4 }),
  quantize: (kept, shape) =>
    stepCodes(kept, shape, (start, stop, codes) => {
      const step = nonlinearStep(kept, start, stop);
      const inverse = reciprocal(step);
      for (let i = start; i < stop; i++) codes[i] = levelAt((kept[i] ?? 0) * inverse);
      return step;
    }),
  dequantize: (codes, shape) => levelValues(codes, shape, f16Of(codes), () => nonlinear),
  integers: (codes, shape) => levelIntegers(codes, shape, f16Of(codes), () => nonlinear),
  // The widest gap is 24 of 127, the lower end reaches no further than 113, and the best step for all may leave either end behind.
  errorBound: (values, method) =>
    worst(largestOf(values, 0, values.length) * 0.25 + 127 * 2 ** -25, values, method),
};

function f16Of({ scales }: Codes): (at: number) => number {
  return (at) => f16ToF32(scales?.[at] ?? 0);
}

function levelAt(level: number): number {
  return nearestLevel[Math.max(0, Math.min(Math.floor(2 * level) + 256, 511))] ?? 0;
}

/** The step with the least sum of w² (w - ŵ)² among those that put the largest magnitude near the lowest level. */
function nonlinearStep(values: Float32Array, start: number, stop: number): number {
  const most = extremeOf(values, start, stop);
  if (Math.abs(most) < 2 ** -100) return 0;
  let best = 0;
  let step = 0;
  for (let shift = -TRIES; shift <= TRIES; shift++) {
    const inverse = (shift - LOWEST) / most;
    let product = 0;
    let square = 0;
    for (let i = start; i < stop; i++) {
      const value = values[i] ?? 0;
      const level = nonlinear[levelAt(value * inverse)] ?? 0;
      const weighted = value * value * level;
      product += weighted * value;
      square += weighted * level;
    }
    if (product * product > best * square) {
      step = product / square;
      best = step * product;
    }
  }
  return step;
}
