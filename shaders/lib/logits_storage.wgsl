// Logits from storage, for any vocabulary.
@group(0) @binding(2) var<storage, read> logits: array<vec4f>; // [row][stride / 4]

fn logit_quad(i: u32) -> vec4f {
  return logits[i];
}
