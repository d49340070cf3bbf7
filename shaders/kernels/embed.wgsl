// y[t,k] = Ŵ[ids[t], k]: rows of the (quantised) table of the output head, four inputs a lane; grid y counts
// tokens. Of a table in parts, each writes the tokens it has. Hooks: load_row span_row (lib/dense_*,
// lib/sparse24_*), values (lib/values_int, the format), load_scales row_keys scaled_row (lib/scale_*), begin_quad
// (lib/begin_*).
@group(0) @binding(4) var<storage, read> tokens: array<u32>;  // [token]
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>; // [token][y_stride]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = id.y;
  let row_of_part = tokens[token] - params.first_row; // what comes before wraps around to beyond
  let quad = row_of_part >> 2u;
  let r = row_of_part & 3u;
  let span = id.x / VECS;
  begin_quad(quad, 0u, 1u);
  let scales = load_scales(span, quad);
  let row = span_row(load_row(span / SPANS, r, quad), span % SPANS);
  let value = scaled_row(scales, r, values(row, id.x % VECS, row_keys(scales)[r]));
  if (id.x * 4u < params.cols && row_of_part < params.rows) {
    y[token * params.y_stride + params.y_offset + id.x] = value;
  }
}
