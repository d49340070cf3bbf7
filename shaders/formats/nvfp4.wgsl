// 4-bit floats e2m1, doubled, times the e4m3 scale of their 16 inputs; a row's key holds those of a span's two
// halves in its low bytes. Defines values. Expects plain (lib/plain_*) and SPAN_VECS (lib/dense_int, lib/spread24_int,
// lib/kept24_int).
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  // e4m3's bits in an f16's place stand for 1/256 of it, subnormals too.
  let pair = unpack2x16float(((key & 0xffu) << 7u) | ((key & 0xff00u) << 15u)) * 256.0;
  return plain(row, v) * select(pair.x, pair.y, v >= SPAN_VECS / 2u);
}
