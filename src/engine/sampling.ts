import { sampleParams } from "../kernels/sample.ts";
import type { Sampling } from "./protocol.ts";
import type { Shared } from "./shared.ts";
import type { Stream } from "./stream.ts";

export const greedy: Sampling = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 0,
};

/** Tells a stream's sampler what is wanted and which tokens the text already has. */
export function writeSampling(
  shared: Shared,
  stream: Stream,
  sampling: Sampling,
  prompt: readonly number[],
): void {
  const { queue } = shared.context.device;
  const { vocabSize } = shared.config;
  const params = sampleParams({
    vocab: vocabSize,
    stride: shared.activations.widths.logits,
    ...sampling,
  });
  queue.writeBuffer(stream.sampling.buffer, 0, params);
  const seen = new Uint32Array(Math.ceil(vocabSize / 32));
  for (const id of prompt) seen[id >> 5] = (seen[id >> 5] ?? 0) | (1 << (id & 31));
  queue.writeBuffer(stream.seen.buffer, 0, seen);
}
