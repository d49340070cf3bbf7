/** [rows, cols] -> [cols, rows] */
export function transpose(values: Float32Array, rows: number, cols: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) turned[col * rows + row] = values[row * cols + col] ?? 0;
  }
  return turned;
}

/**
 * Rows of queries or keys, or the values of their bias, whose rotary pairs are neighbours within each
 * head, brought to where each pair stands half a head apart.
 */
export function splitHalves(values: Float32Array, heads: number, headDim: number): Float32Array {
  const cols = values.length / (heads * headDim);
  const half = headDim / 2;
  const moved = new Float32Array(values.length);
  for (let row = 0; row < heads * headDim; row++) {
    const within = row % headDim;
    const from = row - within + 2 * (within % half) + Math.floor(within / half);
    moved.set(values.subarray(from * cols, (from + 1) * cols), row * cols);
  }
  return moved;
}
