// Codes of weights in the order in which kernels read them, bit for bit those of src/quant. A lane does a block of 32
// kept values of a row; workgroup (i, t) does blocks 2i and 2i + 1 of tile t. What pads stands for zero.
// Hooks: kept4, Key, key_of, NO_KEY, take, put_block, put_places, lib/pack_params, WORDS and CHUNK (words of a block,
// and of what one load takes).
@group(0) @binding(2) var<storage, read_write> weights: array<u32>; // [tile][block][chunk][row in quad][quad][CHUNK]
@group(0) @binding(5) var<storage, read_write> faults: array<atomic<u32>>; // of each job

alias Place = u32; // of a block's first word
const BEYOND = 1u;  // a magnitude that the format does not reach
const INEXACT = 2u; // a value that the format only comes near to

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = (params.target_row >> 5u) + group.y;
  let block = group.x * 2u + (lane >> 5u);
  let row = tile * 32u + 4u * (lane & 7u) + ((lane >> 3u) & 3u);
  if (row < params.target_row || row >= params.end_row || block >= params.blocks) {
    return;
  }
  let within = row - params.target_row;
  let place = (tile * params.blocks + block) * WORDS * 32u + (lane & 31u) * CHUNK;
  var key = NO_KEY;
  var places = vec2u(NO_PLACES * 0x01010101u);
  var most = vec4u();
  for (var j = 0u; j < 8u; j++) {
    let i = 32u * block + 4u * j;
    var kept = Kept(vec4u(), NO_PLACES);
    if (within < params.rows) {
      kept = kept4(params.source_row + within, i);
      // Groups begin where fours of this loop do, at multiples of 16 values.
      if ((j & 3u) == 0u) {
        key = key_of(min(i / params.step, params.groups - 1u), row);
      }
    }
    most = max(most, kept.values & vec4u(MAGNITUDE));
    take(place, j, kept.values, key);
    let shift = 8u * (j & 3u);
    places[j >> 2u] = (places[j >> 2u] & ~(255u << shift)) | (kept.places << shift);
  }
  put_block(place);
  put_places(block, row, places);
  if (any(most > vec4u(params.limit))) {
    note(BEYOND);
  }
}

fn put_word(place: Place, word: u32, value: u32) {
  weights[place + (word / CHUNK) * 32u * CHUNK + word % CHUNK] = value;
}

fn note(fault: u32) { atomicOr(&faults[params.job], fault); }
