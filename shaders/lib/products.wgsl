// sum[r] + Σ_k w[k][r] x[k] as a chain that GPUs fuse into four multiply-adds a row; vector times matrix
// costs an addition more. `w` is four inputs of four rows, a column an input: see by_input.
fn add_products(sum: vec4f, w: mat4x4f, x: vec4f) -> vec4f {
  return sum + w[0] * x.x + w[1] * x.y + w[2] * x.z + w[3] * x.w;
}

fn by_input(row0: vec4f, row1: vec4f, row2: vec4f, row3: vec4f) -> mat4x4f {
  return transpose(mat4x4f(row0, row1, row2, row3));
}
