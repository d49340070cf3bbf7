// x (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (x + 0.044715 x³), written as x / (1 + exp(-2u)): exact where tanh is near -1.
const TWICE_ROOT = 1.5957691216; // 2 sqrt(2 / pi)

fn act(x: vec4f) -> vec4f {
  let g = clamp(x, vec4f(-10.0), vec4f(10.0)); // beyond, exp(-2u) is as good as 0 or would overflow
  let twice = TWICE_ROOT * (g + 0.044715 * g * g * g);
  return max(x, vec4f(-10.0)) / (1.0 + exp(-max(twice, vec4f(-80.0))));
}
