// The upper KEPT of eight bit planes: word p of a block is bit p of its codes, bit t of byte k that of element 4t + k.
// Defines Codes, load_codes (one row's block) and codes4 (elements 4j..4j+3 as bytes). Expects lib/unpack and KEPT.
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][plane][row in quad][quad]

const BIAS: i32 = 0;
const MASTER: u32 = 8u;

alias Codes = array<u32, KEPT>;

fn load_codes(block: u32, row: u32, quad: u32) -> Codes {
  let at = chunk_place(MASTER * block + MASTER - KEPT, row, quad, MASTER * params.units);
  var codes: Codes;
  for (var plane = 0u; plane < KEPT; plane++) {
    codes[plane] = weights[at + plane * NEXT_CHUNK];
  }
  return codes;
}

fn codes4(codes: Codes, j: u32) -> u32 {
  var planes = codes;
  var bytes = 0u;
  for (var plane = 0u; plane < KEPT; plane++) {
    bytes |= ones(planes[plane], j) << plane;
  }
  return bytes;
}
