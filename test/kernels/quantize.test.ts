import { describe, expect, it } from "vitest";
import {
  type QuantizeForm,
  quantizeGrid,
  quantizeParams,
  quantizeShader,
} from "../../src/kernels/quantize.ts";
import {
  type ActivationGroup,
  dequantizeActivations,
  type QuantActivations,
  quantizeActivations,
} from "../../src/quant/activations.ts";
import {
  type CaseRow,
  closeAfterAll,
  type Expectation,
  type GpuCase,
  gpuCases,
  NO_FEATURES,
  normals,
  openCaseGpu,
  seeded,
} from "../support/gpu-cases.ts";
import { callWgsl } from "../support/run-wgsl.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

const shapes = [
  { width: 32, tokens: 1 },
  { width: 172, tokens: 3 },
  { width: 288, tokens: 16 },
  // Many scales: each is a reciprocal that must be the CPU's.
  { width: 16_384, tokens: 16 },
];
const rows: CaseRow[] = [];
for (const form of ["bytes", "planes", "fake"] as const) {
  for (const bits of [8, 6, 4, 2] as const) {
    for (const { width, tokens } of shapes) {
      rows.push(row(form, bits, width, tokens, "storage"));
      if (width * tokens < 8192) rows.push(row(form, bits, width, tokens, "uniform"));
      // More than one workgroup, and a last span that is short.
      if (width !== 32) rows.push(row(form, bits, width, tokens, "storage", "row"));
    }
  }
}

gpuCases("quantize", gpu, rows);

describe("reciprocal", () => {
  const random = seeded(9);
  const word = new Uint32Array(1);
  const float = new Float32Array(word.buffer);
  // Exponents of 2^-126 to 2^124, and the significands at which a quotient is nearly halfway.
  const bits = Array.from({ length: 4096 }, (_, i) => {
    const fraction = i < 64 ? i : i < 128 ? 2 ** 23 - 1 - i + 64 : Math.floor(random() * 2 ** 23);
    return (1 + Math.floor(random() * 250)) * 2 ** 23 + fraction;
  });
  const want = bits.map((bit) => {
    word[0] = bit;
    float[0] = 1 / (float[0] ?? 0);
    return word[0] ?? 0;
  });

  it("is correctly rounded", async () => {
    const pairs = bits.map((bit) => [bit, 0] as const);
    const call = "bitcast<u32>(reciprocal(bitcast<f32>(a)))";
    expect(await callWgsl(gpu, "lib/reciprocal", call, pairs)).toEqual(Uint32Array.from(want));
  });

  it("corrects estimates that are 3 units off either way", async () => {
    const pairs = bits.map((bit, i) => {
      const quotient = Math.round(2 ** 47 / (2 ** 23 + (bit % 2 ** 23)));
      return [bit, quotient + (i % 7) - 3] as const;
    });
    const call = "bitcast<u32>(corrected(bitcast<f32>(a), i32(b)))";
    expect(await callWgsl(gpu, "lib/reciprocal", call, pairs)).toEqual(Uint32Array.from(want));
  });
});

function row(
  form: QuantizeForm,
  bits: 8 | 6 | 4 | 2,
  width: number,
  tokens: number,
  source: "uniform" | "storage",
  group: ActivationGroup = 32,
): CaseRow {
  const shader = quantizeShader({ form, bits, group, x: source }, NO_FEATURES);
  return {
    name: `${shader.label} ${width}, ${tokens} tokens`,
    make(): GpuCase {
      const stride = Math.ceil(width / 32) * 32;
      const blocks = Math.ceil(width / 32);
      const x = activations(width, tokens, stride);
      const quantized: QuantActivations[] = [];
      for (let t = 0; t < tokens; t++) {
        quantized.push(
          quantizeActivations(x.subarray(t * stride, t * stride + width), bits, group),
        );
      }
      const codes = quantized.map((one) => padded(one.codes, stride));
      const yStride = stride + 32;
      const expect =
        form === "fake" ? fake(quantized, yStride) : coded(form, bits, codes, quantized);
      const made = Object.entries(expect).map(([name, { values }]) => {
        return [
          name,
          name === "y" ? Float32Array.from(values, () => 7) : new Uint32Array(values.length),
        ];
      });
      return {
        steps: [{ shader, grid: quantizeGrid(blocks, tokens) }],
        buffers: {
          params: quantizeParams({ blocks, xStride: stride, yStride }),
          x,
          ...Object.fromEntries(made),
        },
        expect,
      };
    },
  };
}

/** Spans of all sizes, one of zeros, one below the normal numbers, one of ties. */
function activations(width: number, tokens: number, stride: number): Float32Array {
  const x = new Float32Array(tokens * stride);
  const random = seeded(width);
  for (let t = 0; t < tokens; t++) {
    const values = normals(width + t, width);
    for (let span = 0; span < width; span += 32) {
      const size = 2 ** Math.round(24 * random() - 12) * (1 + random());
      for (let k = span; k < Math.min(span + 32, width); k++) {
        x[t * stride + k] = size * (values[k] ?? 0);
      }
    }
  }
  const last = (tokens - 1) * stride;
  if (tokens > 1) {
    x.fill(0, last, last + 32);
    x.fill(1e-40, last + 32, last + 64);
    for (let k = 64; k < 96; k++) x[last + k] = (k - 80) / 2;
  }
  return x;
}

function padded(codes: Int8Array, length: number): Int8Array {
  const long = new Int8Array(length);
  long.set(codes);
  return long;
}

function coded(
  form: "bytes" | "planes",
  bits: number,
  codes: readonly Int8Array[],
  quantized: readonly QuantActivations[],
): Record<string, Expectation> {
  const xq = codes.flatMap((row) =>
    form === "bytes" ? [...new Uint32Array(row.buffer)] : planes(row, bits),
  );
  const xs = quantized.flatMap(({ scales, sums }) => {
    const words = new Uint32Array(scales.buffer);
    return [...words].flatMap((word, i) => [word, (sums[i] ?? 0) >>> 0]);
  });
  return { xq: { values: Uint32Array.from(xq) }, xs: { values: Uint32Array.from(xs) } };
}

/** [span][bit] words, code e at bit e. */
function planes(codes: Int8Array, bits: number): number[] {
  const words = new Array<number>((codes.length / 32) * bits).fill(0);
  codes.forEach((code, i) => {
    for (let b = 0; b < bits; b++) {
      const at = (i >> 5) * bits + b;
      words[at] = ((words[at] ?? 0) | (((code >> b) & 1) << (i & 31))) >>> 0;
    }
  });
  return words;
}

/** What the kernel writes: whole spans, so zeros up to the next 32, and nothing behind. */
function fake(
  quantized: readonly QuantActivations[],
  yStride: number,
): Record<string, Expectation> {
  const values = new Float32Array(quantized.length * yStride).fill(7);
  quantized.forEach((one, t) => {
    const spans = one.scales.length * 32;
    values.fill(0, t * yStride, t * yStride + spans);
    values.set(dequantizeActivations(one), t * yStride);
  });
  return { y: { values } };
}
