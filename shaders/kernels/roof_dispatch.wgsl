// What a dispatch costs by itself: one lane counts up, so that each dispatch must wait for the one before it,
// as those of a token do. y[0] = how many have run.
@group(0) @binding(0) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(1)
fn main() {
  y[0]++;
}
