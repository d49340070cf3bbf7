// Scales of groups of weights, bit for bit those of src/quant. A lane finds those of a group in the four rows of a
// quad; workgroup (i, t) does eight groups of eight quads.
// Hooks: kept4, Range, widened, Found, found_of, put_found, lib/pack_params.
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quad = (params.target_row >> 2u) + place.y * 8u + (lane & 7u);
  let group = place.x * 8u + (lane >> 3u);
  let first = 4u * quad - params.target_row;
  if (group >= params.groups || first >= params.rows) {
    return;
  }
  let start = group * params.step;
  let stop = min(start + params.step, params.width);
  var found: array<Found, 4>;
  for (var r = 0u; r < min(4u, params.rows - first); r++) {
    // Written out: lavapipe keeps what a declaration alone should have cleared.
    var range = Range();
    for (var i = start; i < stop; i += 4u) {
      range = widened(range, kept4(params.source_row + first + r, i).values);
    }
    found[r] = found_of(range);
  }
  put_found(group, quad, found);
}
