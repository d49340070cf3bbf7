// Keys and values go into caches of f32 at once.
@group(0) @binding(4) var<storage, read_write> k_cache: array<f32>; // [kv head][capacity][head_dim]
@group(0) @binding(5) var<storage, read_write> v_cache: array<f32>; // [kv head][capacity][head_dim]

fn keep(kv: u32, position: u32, places: vec2u, source: vec2u, plain: vec2f, turned: vec2f) {
  let to = ((kv % params.kv_heads) * params.capacity + position) * params.head_dim + places;
  if (kv < params.kv_heads) {
    k_cache[to.x] = turned.x;
    k_cache[to.y] = turned.y;
  } else {
    v_cache[to.x] = plain.x;
    v_cache[to.y] = plain.y;
  }
}
