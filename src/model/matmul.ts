import { invariant } from "../lib/assert.ts";

/**
 * input [tokens, cols] x matrix [rows, cols] transposed -> [tokens, rows], sums in float64. Works
 * in tiles of four rows and two tokens: eight independent sums keep the processor busy, and every
 * value loaded is used more than once. Each sum still runs from left to right, so that a token's
 * result does not depend on the batch it comes in.
 */
export function matmul(
  input: Float32Array,
  matrix: Float32Array,
  rows: number,
  cols: number,
): Float32Array {
  const tokens = input.length / cols;
  const fits = matrix.length === rows * cols && Number.isInteger(tokens);
  invariant(fits, `input ${input.length} and matrix ${matrix.length} for [${rows}, ${cols}]`);
  const output = new Float32Array(tokens * rows);
  const evenTokens = tokens - (tokens % 2);
  const tiledRows = rows - (rows % 4);
  // Tokens inside, so that the four rows stay in the cache.
  for (let row = 0; row < tiledRows; row += 4) {
    for (let token = 0; token < evenTokens; token += 2) {
      tile4x2(output, input, matrix, rows, cols, row, token);
    }
    if (evenTokens < tokens) tile4x1(output, input, matrix, rows, cols, row, evenTokens);
  }
  for (let row = tiledRows; row < rows; row++) {
    for (let token = 0; token < tokens; token++) {
      output[token * rows + row] = dot(input, token * cols, matrix, row * cols, cols);
    }
  }
  return output;
}

/** a[i ..] . b[j ..], `size` values each. */
export function dot(a: Float32Array, i: number, b: Float32Array, j: number, size: number): number {
  let sum = 0;
  for (let n = 0; n < size; n++) sum += (a[i + n] ?? 0) * (b[j + n] ?? 0);
  return sum;
}

function tile4x2(
  output: Float32Array,
  input: Float32Array,
  matrix: Float32Array,
  rows: number,
  cols: number,
  row: number,
  token: number,
): void {
  const x = token * cols;
  const w = row * cols;
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  for (let i = 0; i < cols; i++) {
    const a = input[x + i] ?? 0;
    const b = input[x + cols + i] ?? 0;
    const w0 = matrix[w + i] ?? 0;
    const w1 = matrix[w + cols + i] ?? 0;
    const w2 = matrix[w + 2 * cols + i] ?? 0;
    const w3 = matrix[w + 3 * cols + i] ?? 0;
    a0 += a * w0;
    a1 += a * w1;
    a2 += a * w2;
    a3 += a * w3;
    b0 += b * w0;
    b1 += b * w1;
    b2 += b * w2;
    b3 += b * w3;
  }
  const out = token * rows + row;
  output[out] = a0;
  output[out + 1] = a1;
  output[out + 2] = a2;
  output[out + 3] = a3;
  output[out + rows] = b0;
  output[out + rows + 1] = b1;
  output[out + rows + 2] = b2;
  output[out + rows + 3] = b3;
}

function tile4x1(
  output: Float32Array,
  input: Float32Array,
  matrix: Float32Array,
  rows: number,
  cols: number,
  row: number,
  token: number,
): void {
  const x = token * cols;
  const w = row * cols;
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  for (let i = 0; i < cols; i++) {
    const a = input[x + i] ?? 0;
    sum0 += a * (matrix[w + i] ?? 0);
    sum1 += a * (matrix[w + cols + i] ?? 0);
    sum2 += a * (matrix[w + 2 * cols + i] ?? 0);
    sum3 += a * (matrix[w + 3 * cols + i] ?? 0);
  }
  const out = token * rows + row;
  output[out] = sum0;
  output[out + 1] = sum1;
  output[out + 2] = sum2;
  output[out + 3] = sum3;
}
