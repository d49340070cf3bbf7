// Every lane fetches the inputs of a tile's tokens itself. Defines x_place and inputs_of_eight.
// Expects Eight (lib/eight) and x_at (lib/x_*).

// Where the first token's inputs start.
fn x_place(token: u32) -> u32 {
  return token * params.x_stride;
}

fn inputs_of_eight(i: u32, stride: u32) -> Eight {
  return Eight(
    x_at(i),
    x_at(i + stride),
    x_at(i + 2u * stride),
    x_at(i + 3u * stride),
    x_at(i + 4u * stride),
    x_at(i + 5u * stride),
    x_at(i + 6u * stride),
    x_at(i + 7u * stride),
  );
}
