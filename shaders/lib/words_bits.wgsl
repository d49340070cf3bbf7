// A word a bit of the codes, bit t of byte k that of element 4t + k. Defines take and put_block. Expects encode,
// put_word, BITS.
var<private> lanes: array<u32, 8>; // four codes each, as bytes

fn take(place: Place, j: u32, values: vec4u, key: Key) { lanes[j] = encode(values, key); }

fn put_block(place: Place) {
  for (var plane = 0u; plane < BITS; plane++) {
    var word = 0u;
    for (var j = 0u; j < 8u; j++) {
      word |= ((lanes[j] >> plane) & 0x01010101u) << j;
    }
    put_word(place, plane, word);
  }
}
