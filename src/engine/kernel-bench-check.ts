import { linearBound, linearIntRef, linearRef } from "../kernels/linear-ref.ts";
import type { QuantTensor } from "../quant/types.ts";
import type { Inputs } from "./kernel-bench-inputs.ts";

/** Weights times tokens that a check works through on the CPU; about a second. */
const CHECKED_PRODUCTS = 2 ** 28;

interface Case {
  readonly family: string;
  readonly shape: { readonly m: number; readonly n: number; readonly k: number };
}

interface Expected {
  readonly tokens: readonly number[];
  /** [tokens][n] */
  readonly values: ArrayLike<number>;
  /** Largest error; absent where bits must be equal. */
  readonly bound?: Float64Array;
}

// Every variant of a case is held against the same numbers.
const known = new WeakMap<Inputs, Expected>();

/**
 * Holds y [m][yStride] against the CPU reference: bit for bit for integer activations, else within
 * the bound of f32 sums. Of a big case, tokens spread over the batch are looked at.
 */
export function kernelFault(
  { family, shape }: Case,
  tensor: QuantTensor,
  inputs: Inputs,
  y: Float32Array,
  yStride: number,
): string | undefined {
  const expected = known.get(inputs) ?? reference(shape, tensor, inputs);
  known.set(inputs, expected);
  const { tokens, values, bound } = expected;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? 0;
    for (let row = 0; row < shape.n; row++) {
      const got = y[token * yStride + row] ?? Number.NaN;
      const want = values[i * shape.n + row] ?? 0;
      const limit = bound?.[i * shape.n + row] ?? 0;
      if (got === want || Math.abs(got - want) <= limit) continue;
      const within = bound ? ` within ${limit.toExponential(1)}` : "";
      return `output ${row} of token ${token} is ${got}, not ${want}${within} (${family})`;
    }
  }
  return undefined;
}

function reference({ m, n, k }: Case["shape"], tensor: QuantTensor, inputs: Inputs): Expected {
  const count = Math.max(1, Math.min(m, Math.floor(CHECKED_PRODUCTS / (n * k))));
  const step = count > 1 ? (m - 1) / (count - 1) : 0;
  const tokens = Array.from({ length: count }, (_, i) => Math.round(i * step));
  const { codes, x, xStride } = inputs;
  if (codes) {
    const spans = codes.scales.length / m;
    const own = {
      codes: gather(codes.codes, tokens, spans * 32, Int8Array),
      scales: gather(codes.scales, tokens, spans, Float32Array),
    };
    return { tokens, values: linearIntRef(tensor, own, count) };
  }
  const own = gather(x, tokens, xStride, Float32Array);
  return {
    tokens,
    values: linearRef(tensor, own, count, xStride),
    bound: linearBound(tensor, own, count, xStride),
  };
}

function gather<T extends Int8Array | Float32Array>(
  all: T,
  tokens: readonly number[],
  stride: number,
  make: new (length: number) => T,
): T {
  const own = new make(tokens.length * stride);
  tokens.forEach((token, i) => {
    own.set(all.subarray(token * stride, (token + 1) * stride), i * stride);
  });
  return own;
}
