// The code of the nearest level: as many middles as lie strictly below the value. Defines encode.
fn encode(bits: vec4u, key: Key) -> u32 {
  let values = bitcast<vec4f>(bits) * key.inverse;
  return code(values.x) | (code(values.y) << 8u) | (code(values.z) << 16u) | (code(values.w) << 24u);
}

fn code(value: f32) -> u32 {
  let one = vec4u(1u);
  let v = vec4f(value);
  let below = select(vec4u(), one, params.table[0] < v) + select(vec4u(), one, params.table[1] < v)
    + select(vec4u(), one, params.table[2] < v) + select(vec4u(), one, params.table[3] < v);
  let rank = below.x + below.y + below.z + below.w;
  return (select(params.order.x, params.order.y, rank > 7u) >> (4u * (rank & 7u))) & 15u;
}
