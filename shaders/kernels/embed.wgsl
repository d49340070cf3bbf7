// y[t,k] = Ŵ[ids[t], k]: rows of the (quantised) table of the output head, one unit of a row a lane; grid y counts tokens.
// Hooks: load_row values span_count (lib/dense_*, lib/sparse24_*, lib/values_int), load_scales scaled_row (lib/scale_*).
@group(0) @binding(4) var<storage, read> tokens: array<u32>;  // [token]
@group(0) @binding(5) var<storage, read_write> y: array<f32>; // [token][y_stride]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x;
  let token = id.y;
  if (unit >= params.units) {
    return;
  }
  let quad = tokens[token] >> 2u;
  let r = tokens[token] & 3u;
  let row = load_row(unit, r, quad);
  for (var s = 0u; s < span_count(unit); s++) {
    let span = unit * SPANS + s;
    let scales = load_scales(span, quad);
    for (var v = 0u; v < VECS; v++) {
      let value = scaled_row(scales, r, values(row, s * VECS + v, scales.zero[r]));
      let first = (span * VECS + v) * 4u;
      for (var k = 0u; k < 4u; k++) {
        if (first + k < params.cols) {
          y[token * params.y_stride + params.y_offset + first + k] = value[k];
        }
      }
    }
  }
}
