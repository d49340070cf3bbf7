// Inputs 4v..4v+3 of a 2:4 row, the pruned two 0. Defines values. Expects lib/sparse24_float and kept4.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let place = row.places >> (v * 4u);
  let both = kept4(row.codes, v >> 1u);
  let kept = select(both.xy, both.zw, (v & 1u) == 1u);
  let first = vec4u(place & 3u) == vec4u(0u, 1u, 2u, 3u);
  let second = vec4u((place >> 2u) & 3u) == vec4u(0u, 1u, 2u, 3u);
  return select(select(vec4f(), vec4f(kept.y), second), vec4f(kept.x), first);
}
