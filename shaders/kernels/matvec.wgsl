// y[n] = Σ_k ŵ[n,k] x[k] for one token, f32 sums. A lane owns four rows (a quad); SPLITS lanes share the quad's inputs.
// Codes are summed as they stand: scale and zero point enter once per 32 inputs.
// Hooks: load_row span_row values span_count (lib/dense_*, lib/sparse24_*, lib/values_int),
// load_scales scaled (lib/scale_*), x_at (lib/x_*), sum_splits (lib/split_*), store (lib/store_*).
override LANES: u32 = 32u;
override SPLITS: u32 = 1u;

@compute @workgroup_size(LANES, SPLITS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let token = group.y;
  let quad = group.x * LANES + local.x;
  let x_first = token * params.x_stride;
  var sum = vec4f();
  for (var unit = local.y; unit < params.units; unit += SPLITS) {
    let row0 = load_row(unit, 0u, quad);
    let row1 = load_row(unit, 1u, quad);
    let row2 = load_row(unit, 2u, quad);
    let row3 = load_row(unit, 3u, quad);
    for (var s = 0u; s < span_count(unit); s++) {
      let span = unit * SPANS + s;
      let scales = load_scales(span, quad);
      let span0 = span_row(row0, s);
      let span1 = span_row(row1, s);
      let span2 = span_row(row2, s);
      let span3 = span_row(row3, s);
      var code_sum = vec4f();
      var x_sum = vec4f();
      for (var v = 0u; v < VECS; v++) {
        let x4 = x_at(x_first + span * VECS + v);
        let codes = by_input(
          values(span0, v, scales.zero.x),
          values(span1, v, scales.zero.y),
          values(span2, v, scales.zero.z),
          values(span3, v, scales.zero.w),
        );
        code_sum = add_products(code_sum, codes, x4);
        x_sum += x4;
      }
      sum += scaled(scales, code_sum, x_sum);
    }
  }
  let total = sum_splits(sum, local.x, local.y);
  if (local.y == 0u && quad < params.quads) {
    store(token, quad, total);
  }
}
