// Four positions at a time for up to four rows: [row] of [place]. What rows are not there cost nothing.
// Hooks: ROWS, HEAD_DIM, query_at, key_at, value_at, sees, params.
const LOWEST = -3.0e38;
const TILE = 128u; // fours of positions

var<workgroup> tile: array<vec4f, ROWS * TILE>; // [four][row] scores, then weights

// q · k * scale of four places' keys; LOWEST where a row does not see the place.
fn scores(query: vec4u, cache: u32, places: vec4u, last: vec4u, quads: u32) -> mat4x4f {
  let at = cache + min(places, vec4u(last.w)) * QUADS;
  var s = mat4x4f();
  for (var d = 0u; d < quads; d++) {
    let k = mat4x4f(key_at(at.x + d), key_at(at.y + d), key_at(at.z + d), key_at(at.w + d));
    s[0] += query_at(query.x + d) * k;
    if (ROWS > 1u) { s[1] += query_at(query.y + d) * k; }
    if (ROWS > 2u) { s[2] += query_at(query.z + d) * k; }
    if (ROWS > 3u) { s[3] += query_at(query.w + d) * k; }
  }
  let low = vec4f(LOWEST);
  return mat4x4f(
    select(low, s[0] * params.scale, sees(places, last.x)),
    select(low, s[1] * params.scale, sees(places, last.y)),
    select(low, s[2] * params.scale, sees(places, last.z)),
    select(low, s[3] * params.scale, sees(places, last.w)));
}

fn weights(s: mat4x4f, peak: vec4f) -> mat4x4f {
  var w = mat4x4f();
  w[0] = exp(s[0] - peak.x);
  if (ROWS > 1u) { w[1] = exp(s[1] - peak.y); }
  if (ROWS > 2u) { w[2] = exp(s[2] - peak.z); }
  if (ROWS > 3u) { w[3] = exp(s[3] - peak.w); }
  return w;
}

// sums plus four positions' values times their weights, one quad of dims.
fn weigh(sums: mat4x4f, w: mat4x4f, at: vec4u) -> mat4x4f {
  let v = mat4x4f(value_at(at.x), value_at(at.y), value_at(at.z), value_at(at.w));
  var next = sums;
  next[0] += v * w[0];
  if (ROWS > 1u) { next[1] += v * w[1]; }
  if (ROWS > 2u) { next[2] += v * w[2]; }
  if (ROWS > 3u) { next[3] += v * w[3]; }
  return next;
}

fn put(i: u32, m: mat4x4f) {
  tile[i * ROWS] = m[0];
  if (ROWS > 1u) { tile[i * ROWS + 1u] = m[1]; }
  if (ROWS > 2u) { tile[i * ROWS + 2u] = m[2]; }
  if (ROWS > 3u) { tile[i * ROWS + 3u] = m[3]; }
}

fn take(i: u32) -> mat4x4f {
  var m = mat4x4f();
  m[0] = tile[i * ROWS];
  if (ROWS > 1u) { m[1] = tile[i * ROWS + 1u]; }
  if (ROWS > 2u) { m[2] = tile[i * ROWS + 2u]; }
  if (ROWS > 3u) { m[3] = tile[i * ROWS + 3u]; }
  return m;
}

fn top(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }
