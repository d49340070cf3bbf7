// y[t,n] = Σ_spans s_w s_x (Σ u q - z Σ q) for a tile of TOKENS tokens with integer activations q; the same sums in the same
// order as matvec_int. A lane owns four rows (a quad) and unpacks their codes once for the tile; grid y counts tiles.
// Hooks: load_block span_block block_piece span_count (lib/dot_bytes, lib/dot_planes), load_scales (lib/scale_*),
// Dots Tile tile_dot tile_scale tile_sum tile_store (lib/tile_int*).
override LANES: u32 = 32u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let token = group.y * TOKENS;
  let quad = group.x * LANES + local.x;
  var sum = Tile();
  for (var segment = 0u; segment * params.segment < params.units; segment++) {
    var segment_sum = Tile();
    let end = min((segment + 1u) * params.segment, params.units);
    for (var unit = segment * params.segment; unit < end; unit++) {
      let block = load_block(unit, quad);
      for (var s = 0u; s < span_count(unit); s++) {
        let span = unit * SPANS + s;
        let at = token * params.spans + span;
        let scales = load_scales(span, quad);
        let codes = span_block(block, s);
        var dots = Dots();
        for (var piece = 0u; piece < PIECES; piece++) {
          tile_dot(&dots, block_piece(codes, piece, scales.zero), piece, at);
        }
        tile_scale(&segment_sum, dots, scales, at);
      }
    }
    tile_sum(&sum, segment_sum);
  }
  if (quad < params.quads) {
    tile_store(sum, token, quad);
  }
}
