// A palette for each row. Defines tables_of, where the tables of a quad's rows begin. Expects TABLE, words of a table.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // [row][TABLE]

fn tables_of(quad: u32) -> vec4u {
  return (vec4u(quad * 4u) + vec4u(0u, 1u, 2u, 3u)) * TABLE;
}
