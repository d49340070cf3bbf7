// f16, two to a word; notes where that loses something. Defines take and put_block. Expects put_word, note, lib/half.
fn take(place: Place, j: u32, values: vec4u, key: Key) {
  let numbers = bitcast<vec4f>(values);
  let halves = vec4u(
    half_bits(numbers.x), half_bits(numbers.y), half_bits(numbers.z), half_bits(numbers.w));
  put_word(place, 2u * j, halves.x | (halves.y << 16u));
  put_word(place, 2u * j + 1u, halves.z | (halves.w << 16u));
  let back = vec4f(
    half_value(halves.x), half_value(halves.y), half_value(halves.z), half_value(halves.w));
  if (any(bitcast<vec4u>(back) != values)) {
    note(INEXACT);
  }
}

fn put_block(place: Place) {}
