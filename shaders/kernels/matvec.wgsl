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
    let block = Rows(load_row(unit, 0u, quad), load_row(unit, 1u, quad), load_row(unit, 2u, quad), load_row(unit, 3u, quad));
    sum += span_sum(block, unit, 0u, quad, x_first);
    if (span_count(unit) == 2u) {
      sum += span_sum(block, unit, 1u, quad, x_first);
    }
  }
  let total = sum_splits(sum, local.x, local.y);
  if (local.y == 0u && quad < params.quads) {
    store(token, quad, total);
  }
}

struct Rows {
  row0: Row,
  row1: Row,
  row2: Row,
  row3: Row,
}

// Span `s` of a unit. A function and not a third loop: with three nested loops Mesa's llvmpipe loses memory at every run.
fn span_sum(rows: Rows, unit: u32, s: u32, quad: u32, x_first: u32) -> vec4f {
  let span = unit * SPANS + s;
  let scales = load_scales(span, quad);
  let span0 = span_row(rows.row0, s);
  let span1 = span_row(rows.row1, s);
  let span2 = span_row(rows.row2, s);
  let span3 = span_row(rows.row3, s);
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
  return scaled(scales, code_sum, x_sum);
}
