// One scale for all of a token's inputs: each workgroup of the token looks at all of them. Defines row_most and reach.
// Expects LANES, x_quad, largest_of_span (kernels/quantize) and reduce_max4 (lib/reduce_*).
fn row_most(source: u32, lane: u32, zero: u32) -> f32 {
  var most = 0.0;
  for (var span = lane; span < (params.spans | zero); span += LANES) {
    most = max(most, largest_of_span(source + span * 8u));
  }
  return reduce_max4(vec4f(most), lane).x;
}

fn reach(span_most: f32, row_most: f32) -> f32 {
  return row_most;
}
