// Lanes read integer activations as they need them: what a unit has of its inputs is the place of its first span among
// all tokens' spans. Defines Inputs, lane_place, unit_inputs and span_inputs.
alias Inputs = u32;

fn lane_place(local: vec2u) -> vec2u {
  return local;
}

fn unit_inputs(at: u32, lane: vec2u) -> Inputs {
  return at;
}

fn span_inputs(unit: Inputs, s: u32) -> Inputs {
  return unit + s;
}
