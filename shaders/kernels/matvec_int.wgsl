// y[n] = Σ_spans s_w s_x (Σ u q - z Σ q) for one token with integer activations q: exact integers within 32 inputs, then
// f32 in one fixed order (lib/dot_scaled). A lane owns four rows (a quad); SPLITS lanes (1 or 8) share its segments.
// Hooks: load_block span_block block_piece piece_dot span_count (lib/dot_bytes, lib/dot_planes), load_scales (lib/scale_*),
// scaled_dot, sum_splits (lib/split_*), store (lib/store_*).
override LANES: u32 = 32u;
override SPLITS: u32 = 1u;

@compute @workgroup_size(LANES, SPLITS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let token = group.y;
  let quad = group.x * LANES + local.x;
  var sum = vec4f();
  for (var segment = local.y; segment * params.segment < params.units; segment += SPLITS) {
    var segment_sum = vec4f();
    let end = min((segment + 1u) * params.segment, params.units);
    for (var unit = segment * params.segment; unit < end; unit++) {
      let block = load_block(unit, quad);
      for (var s = 0u; s < span_count(unit); s++) {
        let span = unit * SPANS + s;
        let at = token * params.spans + span;
        let scales = load_scales(span, quad);
        let codes = span_block(block, s);
        var dots = vec4i();
        for (var piece = 0u; piece < PIECES; piece++) {
          dots += piece_dot(block_piece(codes, piece, scales.zero), piece, at);
        }
        segment_sum += scaled_dot(dots, scales, at);
      }
    }
    sum += segment_sum;
  }
  let total = sum_splits(sum, local.x, local.y);
  if (local.y == 0u && quad < params.quads) {
    store(token, quad, total);
  }
}
