// Queries as a uniform: all lanes want the same ones, which is what uniforms are good at. Room for 16,384 floats.
@group(0) @binding(2) var<uniform> q: array<vec4f, 4096>; // [token][q_stride / 4], the queries first in each row

fn query_at(i: u32) -> vec4f {
  return q[i];
}
