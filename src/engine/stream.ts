import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { ModelConfig } from "../model/config.ts";

/** Tokens a submit may sample at most; `out` and the logit rows have room for as many. */
export const maxTokensPerSubmit = 16;

/** A cache of at most so many bytes is made whole. */
const wholeCacheBytes = 16 << 20;
/** Positions of a larger one at first; it doubles when they are full. */
const firstPositions = 256;

/** One text in the making: its KV cache, where it stands, what it has seen. Made once and used for every run. */
export interface Stream {
  readonly name: string;
  /** Positions the caches have room for at present. */
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
  /**
   * Makes room for so many positions, at most the model's context, and keeps what stands in the caches; false where there was room.
   * Programs bound to the caches must be bound anew.
   */
  grow(positions: number): boolean;
  destroy(): void;
}

/** `first`: positions to begin with, for those who know better. */
export function createStream(
  context: GpuContext,
  config: ModelConfig,
  name: string,
  first = usualPositions(config),
): Stream {
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const made: GpuBuffer[] = [];
  const make = (label: string, category: string, size: number, usage: number): GpuBuffer => {
    const buffer = context.createBuffer({ label: `${name} ${label}`, category, size, usage });
    made.push(buffer);
    return buffer;
  };
  let capacity = Math.min(first, config.contextLength);
  const headBytes = (positions: number): number => positions * config.headDim * 4;
  const cache = (part: string, layer: number): GpuBuffer =>
    context.createBuffer({
      label: `${name} ${part} ${layer}`,
      category: "kv",
      size: config.kvHeads * headBytes(capacity),
      usage: STORAGE | COPY_DST | COPY_SRC,
    });
  const caches = (part: string): GpuBuffer[] =>
    Array.from({ length: config.layers }, (_, layer) => cache(part, layer));
  const keys = caches("keys");
  const values = caches("values");

  /** Layer by layer, so that no more than one is there twice. */
  const replace = (part: string, buffers: GpuBuffer[], before: number): void => {
    for (const [layer, old] of buffers.entries()) {
      const next = cache(part, layer);
      const encoder = context.device.createCommandEncoder({ label: `${name} ${part} grow` });
      for (let head = 0; head < config.kvHeads; head++) {
        const [from, to] = [head * headBytes(before), head * headBytes(capacity)];
        encoder.copyBufferToBuffer(old.buffer, from, next.buffer, to, headBytes(before));
      }
      context.submit(encoder.finish());
      old.destroy();
      buffers[layer] = next;
    }
  };

  return {
    name,
    get capacity() {
      return capacity;
    },
    keys,
    values,
    state: make("state", "stream", 16, STORAGE | COPY_DST | COPY_SRC),
    tokens: make("tokens", "stream", maxTokensPerSubmit * 4, STORAGE | COPY_DST),
    seen: make("seen", "stream", Math.ceil(config.vocabSize / 32) * 4, STORAGE | COPY_DST),
    out: make("out", "stream", maxTokensPerSubmit * 4, STORAGE | COPY_DST | COPY_SRC),
    sampling: make("sampling", "stream", 32, STORAGE | COPY_DST),
    grow(positions): boolean {
      if (capacity >= Math.min(positions, config.contextLength)) return false;
      const before = capacity;
      while (capacity < positions) capacity *= 2;
      capacity = Math.min(capacity, config.contextLength);
      replace("keys", keys, before);
      replace("values", values, before);
      return true;
    },
    destroy(): void {
      for (const buffer of [...made, ...keys, ...values]) buffer.destroy();
    },
  };
}

function usualPositions({ layers, kvHeads, headDim, contextLength }: ModelConfig): number {
  const whole = 2 * layers * kvHeads * headDim * 4 * contextLength;
  return whole <= wholeCacheBytes ? contextLength : firstPositions;
}

/** What the caches take at present. */
export function cacheBytes({ keys, values }: Stream): number {
  return [...keys, ...values].reduce((sum, { size }) => sum + size, 0);
}
