import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { ModelConfig } from "../model/config.ts";

/** Tokens a submit may sample at most; `out` and the logit rows have room for as many. */
export const maxTokensPerSubmit = 16;

/** One text in the making: its KV cache, where it stands, what it has seen. Made once and used for every run. */
export interface Stream {
  readonly name: string;
  readonly capacity: number;
  /** Per layer, [kv head][position][head dim] f32. */
  readonly keys: readonly GpuBuffer[];
  readonly values: readonly GpuBuffer[];
  /** struct State of shaders/lib/state.wgsl. */
  readonly state: GpuBuffer;
  /** Ids of the batch to embed, [16]; the sampler writes the next one to [0]. */
  readonly tokens: GpuBuffer;
  /** One bit a token of the vocabulary. */
  readonly seen: GpuBuffer;
  /** Ids sampled since the submit began. */
  readonly out: GpuBuffer;
  /** What the sampler is told. */
  readonly sampling: GpuBuffer;
  destroy(): void;
}

export function createStream(context: GpuContext, config: ModelConfig, name: string): Stream {
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const capacity = config.contextLength;
  const made: GpuBuffer[] = [];
  const make = (label: string, category: string, size: number, usage: number): GpuBuffer => {
    const buffer = context.createBuffer({ label: `${name} ${label}`, category, size, usage });
    made.push(buffer);
    return buffer;
  };
  const cacheBytes = config.kvHeads * capacity * config.headDim * 4;
  const caches = (part: string): GpuBuffer[] =>
    Array.from({ length: config.layers }, (_, layer) =>
      make(`${part} ${layer}`, "kv", cacheBytes, STORAGE | COPY_DST),
    );
  return {
    name,
    capacity,
    keys: caches("keys"),
    values: caches("values"),
    state: make("state", "stream", 16, STORAGE | COPY_DST | COPY_SRC),
    tokens: make("tokens", "stream", maxTokensPerSubmit * 4, STORAGE | COPY_DST),
    seen: make("seen", "stream", Math.ceil(config.vocabSize / 32) * 4, STORAGE | COPY_DST),
    out: make("out", "stream", maxTokensPerSubmit * 4, STORAGE | COPY_DST | COPY_SRC),
    sampling: make("sampling", "stream", 32, STORAGE | COPY_DST),
    destroy(): void {
      for (const buffer of made) buffer.destroy();
    },
  };
}
