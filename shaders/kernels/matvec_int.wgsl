// y[n] = Σ_spans s_w s_x (Σ u q - z Σ q) for one token with integer activations q: exact integers within 32
// inputs, then f32 in one fixed order: a row has eight segments, summed in order, as are their sums. A lane
// owns four rows (a quad); SPLITS lanes (1 or 8) share its segments, which leaves the order as it is.
// Hooks: lane_place unit_inputs span_inputs (lib/xq_each, lib/lut_*), begin_quad (lib/begin_*), load_block
// span_block block_piece piece_dot span_count (lib/dot_bytes, lib/planes ...), load_scales row_keys (lib/scale_*),
// scaled_dot (lib/dot_scaled), first_unit in_reach sum_splits (lib/split_*), store (lib/store_*).
override LANES: u32 = 32u;
override SPLITS: u32 = 1u;

@compute @workgroup_size(LANES, SPLITS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let token = group.y;
  let quad = group.x * LANES + local.x;
  let lane = lane_place(local.xy);
  let units = params.units | group.z;
  begin_quad(quad, local.y, SPLITS);
  var sum = vec4f();
  // Each split has a run of neighbouring segments, and a segment's sum is closed at its end. All splits take the same
  // number of turns, since tables are made by all lanes together.
  let share = (params.segment | group.z) * (SEGMENTS / SPLITS);
  let turns = min(share, units);
  let first = first_unit(local.y) * share;
  let end = min(first + share, units);
  var segment_sum = vec4f();
  for (var turn = 0u; turn < turns; turn++) {
    let unit = first + turn;
    let inputs = unit_inputs(token * params.spans + unit * SPANS, lane);
    if (in_reach(unit)) {
      let block = load_block(unit, quad);
      segment_sum += span_sum(block, inputs, unit, 0u, quad, token);
      if (span_count(unit) == 2u) {
        segment_sum += span_sum(block, inputs, unit, 1u, quad, token);
      }
      if ((unit + 1u) % params.segment == 0u || unit + 1u == end) {
        sum += segment_sum;
        segment_sum = vec4f();
      }
    }
  }
  let total = sum_splits(sum, local.x, local.y);
  if (local.y == 0u && quad < params.quads) {
    store(token, quad, total);
  }
}

const SEGMENTS: u32 = 8u;

// Span `s` of a unit.
fn span_sum(block: Block, inputs: Inputs, unit: u32, s: u32, quad: u32, token: u32) -> vec4f {
  let span = unit * SPANS + s;
  let scales = load_scales(span, quad);
  let keys = row_keys(scales);
  let codes = span_block(block, s);
  let x = span_inputs(inputs, s);
  var dots = vec4i();
  for (var piece = 0u; piece < PIECES; piece++) {
    dots += piece_dot(block_piece(codes, piece, keys), piece, keys, x);
  }
  return scaled_dot(dots, scales, token * params.spans + span);
}
