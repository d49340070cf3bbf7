// y[t,n] = Σ_spans s_w s_x (Σ u q - z Σ q) for a tile of TOKENS tokens with integer activations q; the same
// sums in the same order as matvec_int. A lane owns four rows (a quad) and unpacks their codes once for the
// tile; grid y counts tiles.
// Hooks: lane_place unit_inputs span_inputs (lib/xq_each, lib/lut_*), begin_quad (lib/begin_*), load_block
// span_block block_piece span_count (lib/dot_bytes, lib/planes ...), load_scales row_keys (lib/scale_*), tile_dot
// (lib/dots_each, lib/lut_tile), Dots Tile tile_scale tile_sum tile_store (lib/tile_int*).
override LANES: u32 = 32u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let token = group.y * TOKENS;
  let quad = group.x * LANES + local.x;
  let lane = lane_place(local.xy);
  let units = params.units | group.z;
  begin_quad(quad, 0u, 1u);
  var sum = Tile();
  var segment_sum = Tile();
  for (var unit = 0u; unit < units; unit++) {
    let inputs = unit_inputs(token * params.spans + unit * SPANS, lane);
    let block = load_block(unit, quad);
    add_span(&segment_sum, block, inputs, unit, 0u, quad, token);
    if (span_count(unit) == 2u) {
      add_span(&segment_sum, block, inputs, unit, 1u, quad, token);
    }
    if ((unit + 1u) % params.segment == 0u || unit + 1u == units) {
      tile_sum(&sum, segment_sum);
      segment_sum = Tile();
    }
  }
  if (quad < params.quads) {
    tile_store(sum, token, quad);
  }
}

// Span `s` of a unit.
fn add_span(sums: ptr<function, Tile>, block: Block, inputs: Inputs, unit: u32, s: u32, quad: u32, token: u32) {
  let span = unit * SPANS + s;
  let scales = load_scales(span, quad);
  let keys = row_keys(scales);
  let codes = span_block(block, s);
  let x = span_inputs(inputs, s);
  var dots = Dots();
  for (var piece = 0u; piece < PIECES; piece++) {
    tile_dot(&dots, block_piece(codes, piece, keys), piece, keys, x);
  }
  tile_scale(sums, dots, scales, token * params.spans + span);
}
