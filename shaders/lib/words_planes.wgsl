// A word a bit of the codes, element e at bit e. Defines take and put_block. Expects encode, put_word, BITS.
var<private> lanes: array<u32, 8>; // four codes each, as bytes

fn take(place: Place, j: u32, values: vec4u, key: Key) { lanes[j] = encode(values, key); }

fn put_block(place: Place) {
  for (var plane = 0u; plane < BITS; plane++) {
    var word = 0u;
    for (var j = 0u; j < 8u; j++) {
      // The product moves the low bits of the four bytes to bits 24..27.
      word |= (((((lanes[j] >> plane) & 0x01010101u) * 0x01020408u) >> 24u) & 15u) << (4u * j);
    }
    put_word(place, plane, word);
  }
}
