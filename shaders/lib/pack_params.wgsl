// What both kernels that pack weights are told of the matrix, or of the rows of it that one source holds.
// Kept in storage: Mesa's lavapipe compiles a shader anew for every buffer whose uniforms steer it.
struct PackParams {
  rows: u32,       // to be packed
  source_row: u32, // where they begin in the source
  target_row: u32, // and in the packed matrix, a multiple of 4
  end_row: u32,    // of the packed matrix: what rows leave free before it is padding
  width: u32,      // kept values of a row
  step: u32,       // kept values of a group, the last of which may be short
  groups: u32,
  quads: u32,      // of the packed matrix
  blocks: u32,     // of 32 kept values
  fours: u32,      // of inputs in a row of the source
  limit: u32,      // bits of the largest magnitude that the format takes
  job: u32,        // where faults are noted
  table: array<vec4f, 4>, // the numbers of a codebook
  order: vec4u,    // and its codes, eight to a word
}

@group(0) @binding(0) var<storage, read> params: PackParams;

const MAGNITUDE = 0x7fffffffu;
const NO_PLACES = 0x44u; // positions 0 and 1 of two fours
