// Codes of BITS bits side by side: parts of 8, 4, 2 and 1 bits, low bits first, as src/quant/block.ts lays them out.
// Defines take and put_block. Expects encode, put_word, BITS.
var<private> lanes: array<u32, 8>; // four codes each, as bytes

fn take(place: Place, j: u32, values: vec4u, key: Key) { lanes[j] = encode(values, key); }

fn put_block(place: Place) {
  if ((BITS & 8u) != 0u) { put_part(place, 8u, 0u); }
  if ((BITS & 4u) != 0u) { put_part(place, 4u, BITS & 8u); }
  if ((BITS & 2u) != 0u) { put_part(place, 2u, BITS & 12u); }
  if ((BITS & 1u) != 0u) { put_part(place, 1u, BITS & 14u); }
}

// Words and bits of the wider parts come first, and are as many.
fn put_part(place: Place, width: u32, before: u32) {
  let mask = ((1u << width) - 1u) * 0x01010101u;
  let each = 8u / width;
  for (var word = 0u; word < width; word++) {
    var packed = 0u;
    for (var i = 0u; i < each; i++) {
      packed |= ((lanes[word * each + i] >> before) & mask) << (i * width);
    }
    put_word(place, before + word, packed);
  }
}
