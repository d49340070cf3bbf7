// y[n] = Σ_k ŵ[n,k] x[k] for one token, f32 sums. A lane owns four rows (a quad); SPLITS lanes share the
// quad's inputs. Codes are summed as they stand: scale and zero point enter once per 32 inputs.
// Hooks: begin_quad (lib/begin_*), span_count (lib/dense_*, lib/sparse24_*), load_rows span_rows (lib/rows),
// load_scales row_keys scaled (lib/scale_*), x_place span_inputs (lib/span_*), add_inputs x_sums (lib/inputs_*,
// which call values and input_at), first_unit sum_splits (lib/split_*), store (lib/store_*).
override LANES: u32 = 32u;
override SPLITS: u32 = 1u;

@compute @workgroup_size(LANES, SPLITS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let token = group.y;
  let quad = group.x * LANES + local.x;
  let x_first = x_place(token);
  let units = params.units | group.z;
  begin_quad(quad, local.y, SPLITS);
  var sum = vec4f();
  for (var unit = first_unit(local.y); unit < units; unit += SPLITS) {
    let rows = load_rows(unit, quad);
    sum += span_sum(rows, unit, 0u, quad, x_first);
    if (span_count(unit) == 2u) {
      sum += span_sum(rows, unit, 1u, quad, x_first);
    }
  }
  let total = sum_splits(sum, local.x, local.y);
  if (local.y == 0u && quad < params.quads) {
    store(token, quad, total);
  }
}

// Span `s` of a unit.
fn span_sum(rows: Rows, unit: u32, s: u32, quad: u32, x_first: u32) -> vec4f {
  let span = unit * SPANS + s;
  let scales = load_scales(span, quad);
  let keys = row_keys(scales);
  let codes = span_rows(rows, s);
  let x = span_inputs(x_first + span * VECS);
  var sums = Sums();
  for (var step = 0u; step < STEPS; step++) {
    sums = add_inputs(sums, codes, keys, step, x);
  }
  return scaled(scales, sums.codes, x_sums(sums));
}
