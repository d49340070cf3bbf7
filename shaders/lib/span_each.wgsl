// Every lane fetches a span's inputs itself. Defines x_place, SpanInputs, span_inputs and input_at. Expects x_at (lib/x_*).
alias SpanInputs = u32;

// Where a token's inputs start.
fn x_place(token: u32) -> u32 {
  return token * params.x_stride;
}

fn span_inputs(first: u32) -> SpanInputs {
  return first;
}

// Four inputs.
fn input_at(span: SpanInputs, v: u32) -> vec4f {
  return x_at(span + v);
}
