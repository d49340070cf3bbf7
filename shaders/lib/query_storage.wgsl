// Queries from storage, for batches that no uniform holds.
@group(0) @binding(2) var<storage, read> q: array<vec4f>; // [token][q_stride / 4], queries first in each row

fn query_at(i: u32) -> vec4f {
  return q[i];
}
