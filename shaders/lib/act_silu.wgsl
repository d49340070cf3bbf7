// silu(x) = x / (1 + exp(-x)).
fn act(x: vec4f) -> vec4f {
  let g = max(x, vec4f(-80.0)); // below, silu is as good as zero, and exp would overflow
  return g / (1.0 + exp(-g));
}
