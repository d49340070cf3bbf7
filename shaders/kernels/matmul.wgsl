// y[t,n] = Σ_k ŵ[n,k] x[t,k] for a tile of TOKENS tokens, f32 sums. A lane owns four rows (a quad) and
// decodes each of their weights once for all tokens of the tile; grid y counts tiles.
// Hooks: begin_quad (lib/begin_*), span_count (lib/dense_*, lib/sparse24_*), load_rows span_rows (lib/rows),
// values (lib/values_* or the format), load_scales row_keys scaled_row (lib/scale_*), Tile tile_add tile_store
// (lib/tile*, which call store), x_place (lib/tokens_*).
override LANES: u32 = 32u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let token = group.y * TOKENS;
  let quad = group.x * LANES + local.x;
  let x_first = x_place(token);
  let units = params.units | group.z;
  begin_quad(quad, 0u, 1u);
  var tile = Tile();
  for (var unit = 0u; unit < units; unit++) {
    let rows = load_rows(unit, quad);
    add_span(&tile, rows, unit, 0u, quad, x_first);
    if (span_count(unit) == 2u) {
      add_span(&tile, rows, unit, 1u, quad, x_first);
    }
  }
  if (quad < params.quads) {
    tile_store(tile, token, quad);
  }
}

// Span `s` of a unit.
fn add_span(tile: ptr<function, Tile>, rows: Rows, unit: u32, s: u32, quad: u32, x_first: u32) {
  let span = unit * SPANS + s;
  let scales = load_scales(span, quad);
  let keys = row_keys(scales);
  let codes = span_rows(rows, s);
  for (var v = 0u; v < VECS; v++) {
    let w = by_input(
      scaled_row(scales, 0u, values(codes.row0, v, keys.x)),
      scaled_row(scales, 1u, values(codes.row1, v, keys.y)),
      scaled_row(scales, 2u, values(codes.row2, v, keys.z)),
      scaled_row(scales, 3u, values(codes.row3, v, keys.w)),
    );
    tile_add(tile, x_first + span * VECS + v, params.x_stride, w);
  }
}
