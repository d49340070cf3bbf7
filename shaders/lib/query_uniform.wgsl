// Queries as a uniform: every lane wants the same one, which GPUs then fetch once. Holds 16,384 values.
@group(0) @binding(2) var<uniform> q: array<vec4f, 4096>; // [token][q_stride / 4], queries first in each row

fn query_at(i: u32) -> vec4f {
  return q[i];
}
