// Tables of signed sums in workgroup memory: of every four inputs all sixteen, bit i of an entry's number being the sign
// of input i. Eight of them, for 32 inputs, are one Table, and all lanes of a split make them together.
// Defines Table, lane_place, begin_tables, make_table, end_tables and signed_sums. Expects LANES, TABLES, words_of (lib/lut_*)
// and dot4 (lib/dot_packed, lib/dot_emulated).
const ENTRIES: u32 = 128u;
var<workgroup> entries: array<array<array<i32, 16>, 8>, TABLES>; // [table][four][signs]

alias Table = u32;

fn lane_place(local: vec2u) -> vec2u {
  return local;
}

// What lanes read of the tables before is read.
fn begin_tables() {
  workgroupBarrier();
}

fn make_table(at: u32, table: u32, lane: vec2u) -> Table {
  for (var entry = lane.x; entry < ENTRIES; entry += LANES) {
    let words = words_of(at, entry >> 4u);
    // The bits of the number as bytes that are 1 or -1.
    let signs = ~((((entry & 15u) * 0x00204081u) & 0x01010101u) * 0xfeu);
    entries[table][entry >> 4u][entry & 15u] = dot4(signs, words.x) + (dot4(signs, words.y) << 16u);
  }
  return table;
}

fn end_tables() {
  workgroupBarrier();
}

// Σ ±x of 32 inputs by the bits of a plane of four rows.
fn signed_sums(w: vec4u, table: Table) -> vec4i {
  var sums = vec4i();
  for (var four = 0u; four < 8u; four++) {
    let signs = (w >> vec4u(4u * four)) & vec4u(15u);
    sums += vec4i(
      entries[table][four][signs.x],
      entries[table][four][signs.y],
      entries[table][four][signs.z],
      entries[table][four][signs.w],
    );
  }
  return sums;
}
