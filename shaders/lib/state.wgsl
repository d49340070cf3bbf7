// Where the decoder stands. Written by the queue before a prefill and by the sampler after each token, read by whatever depends on it.
struct State {
  position: u32, // of the batch's first token in the context
  count: u32,    // tokens in this batch
  step: u32,     // tokens sampled since the submit began
  seed: u32,
}
