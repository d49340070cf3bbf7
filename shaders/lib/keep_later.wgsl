// Keys are turned where they stand, values stay: kernels/append rounds both into the caches.
fn keep(kv: u32, position: u32, places: vec2u, source: vec2u, plain: vec2f, turned: vec2f) {
  if (kv < params.kv_heads) {
    qkv[source.x] = turned.x;
    qkv[source.y] = turned.y;
  }
}
