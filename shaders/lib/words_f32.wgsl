// f32 as they are. Defines take and put_block. Expects put_word.
fn take(place: Place, j: u32, values: vec4u, key: Key) {
  for (var i = 0u; i < 4u; i++) {
    put_word(place, 4u * j + i, values[i]);
  }
}

fn put_block(place: Place) {}
