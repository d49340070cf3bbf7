// Reductions over a workgroup that is one subgroup: nothing to wait for. The order depends on the device alone.
// Called by all lanes together.
fn reduce_sum(value: f32, lane: u32) -> f32 {
  return subgroupAdd(value);
}

fn reduce_sum4(value: vec4f, lane: u32) -> vec4f {
  return subgroupAdd(value);
}

fn reduce_max4(value: vec4f, lane: u32) -> vec4f {
  return subgroupMax(value);
}
