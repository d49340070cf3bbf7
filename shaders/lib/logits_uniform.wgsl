// Logits as a uniform: rows that together hold at most 16,384 values.
@group(0) @binding(2) var<uniform> logits: array<vec4f, 4096>; // [row][stride / 4]

fn logit_quad(i: u32) -> vec4f {
  return logits[i];
}
