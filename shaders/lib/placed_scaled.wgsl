// Multiplies by SCALE, wherever the token stands.
override SCALE: f32 = 1.0;

fn placed(x: vec4f, at: u32) -> vec4f {
  return x * SCALE;
}
