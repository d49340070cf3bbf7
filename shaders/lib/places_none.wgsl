// Dense: there are no positions. Defines put_places.
fn put_places(block: u32, row: u32, places: vec2u) {}
