// A palette for each of up to four matrices, and one of zeros for rows behind the last. Defines tables_of, where the tables
// of a quad's rows begin. Expects lib/sections and TABLE, words of a table.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // header, [matrix][TABLE], [TABLE] of zeros

fn tables_of(quad: u32) -> vec4u {
  let rows = rows_of(quad);
  let tables = select(sections_of(rows), vec4u(4u), rows >= vec4u(params.rows));
  return vec4u(HEADER) + tables * TABLE;
}
