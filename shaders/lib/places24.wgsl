// Positions of the kept values. Defines put_places; padded rows end with the last quad.
@group(0) @binding(4) var<storage, read_write> positions: array<vec2u>; // [block][row in quad][quad]: a nibble a four

fn put_places(block: u32, row: u32, places: vec2u) {
  if ((row >> 2u) < params.quads) {
    positions[(block * 4u + (row & 3u)) * params.quads + (row >> 2u)] = places;
  }
}
