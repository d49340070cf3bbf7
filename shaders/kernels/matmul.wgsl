// y[t,n] = Σ_k ŵ[n,k] x[t,k] for a tile of TOKENS tokens, f32 sums. A lane owns four rows (a quad) and decodes each of
// their weights once for all tokens of the tile; grid y counts tiles.
// Hooks: load_row span_row values span_count (lib/dense_*, lib/sparse24_*, lib/values_int), load_scales scaled_row (lib/scale_*),
// Tile tile_place tile_add tile_store (lib/tile*), which call x_at (lib/x_*) and store (lib/store_*).
override LANES: u32 = 32u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let token = group.y * TOKENS;
  let quad = group.x * LANES + local.x;
  let x_first = tile_place(token);
  var tile = Tile();
  for (var unit = 0u; unit < params.units; unit++) {
    let block = Rows(load_row(unit, 0u, quad), load_row(unit, 1u, quad), load_row(unit, 2u, quad), load_row(unit, 3u, quad));
    add_span(&tile, block, unit, 0u, quad, x_first);
    if (span_count(unit) == 2u) {
      add_span(&tile, block, unit, 1u, quad, x_first);
    }
  }
  if (quad < params.quads) {
    tile_store(tile, token, quad);
  }
}

struct Rows {
  row0: Row,
  row1: Row,
  row2: Row,
  row3: Row,
}

// Span `s` of a unit; a function and not a third loop, see matvec.
fn add_span(tile: ptr<function, Tile>, rows: Rows, unit: u32, s: u32, quad: u32, x_first: u32) {
  let span = unit * SPANS + s;
  let scales = load_scales(span, quad);
  let span0 = span_row(rows.row0, s);
  let span1 = span_row(rows.row1, s);
  let span2 = span_row(rows.row2, s);
  let span3 = span_row(rows.row3, s);
  for (var v = 0u; v < VECS; v++) {
    let w = by_input(
      scaled_row(scales, 0u, values(span0, v, scales.zero.x)),
      scaled_row(scales, 1u, values(span1, v, scales.zero.y)),
      scaled_row(scales, 2u, values(span2, v, scales.zero.z)),
      scaled_row(scales, 3u, values(span3, v, scales.zero.w)),
    );
    tile_add(tile, x_first + span * VECS + v, params.x_stride, w);
  }
}
