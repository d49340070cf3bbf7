// A whole number a plane and a power of two for all of them; the whole numbers of a row are the bytes of its key.
// Defines load_scales. Expects PLANES and lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // [group][quad][PLANES + 1]: u8 × 4 of the rows, the last e8m0

fn load_scales(span: u32, quad: u32) -> Scales {
  let at = ((span >> params.group_shift) * params.quads + quad) * (PLANES + 1u);
  var key = vec4u();
  for (var p = 0u; p < PLANES; p++) {
    key |= bytes_of(scales[at + p]) << vec4u(8u * p);
  }
  return scales_times(bitcast<vec4f>(bytes_of(scales[at + PLANES]) << vec4u(23u)), key);
}

fn bytes_of(word: u32) -> vec4u {
  return vec4u(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u, word >> 24u);
}
