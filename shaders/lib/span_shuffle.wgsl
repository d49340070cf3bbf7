// Eight lanes of a subgroup fetch the eight fours of a span's inputs with one load and hand them round: for spans of 32,
// subgroups of any size from 8 and lanes that stay together on one span. Defines what lib/span_each defines.
alias SpanInputs = vec4f;

// Where this lane's four of the token's first span stands.
fn x_place(token: u32) -> u32 {
  return token * params.x_stride + (subgroupExclusiveAdd(1u) & 7u);
}

fn span_inputs(first: u32) -> SpanInputs {
  return x_at(first);
}

fn input_at(span: SpanInputs, v: u32) -> vec4f {
  return subgroupShuffle(span, v);
}
