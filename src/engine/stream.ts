import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { ModelConfig } from "../model/config.ts";
import type { KvCache } from "./kv-cache.ts";
import type { Side } from "./protocol.ts";

/** Tokens a submit may sample at most; `out` and the logit rows have room for as many. */
export const maxTokensPerSubmit = 16;

/** "shadow": the reference again, on the candidate's text. */
export type StreamName = Side | "shadow";

/** Streams that run a side's setting; its own comes first. */
export const streamsOf: Readonly<Record<Side, readonly StreamName[]>> = {
  reference: ["reference", "shadow"],
  candidate: ["candidate"],
};

/** One text in the making: where it stands, what it has seen. Made once and used for every run. */
export interface StreamBuffers {
  readonly name: StreamName;

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
}

/** With the keys and values of what it has seen; a setting with other bits brings a cache of its own. */
export interface Stream extends StreamBuffers {
  readonly cache: KvCache;
}

export function createStream(
  context: GpuContext,
  config: ModelConfig,
  name: StreamName,
): StreamBuffers {
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const make = (label: string, size: number, usage: number): GpuBuffer =>
    context.createBuffer({ label: `${name} ${label}`, category: "stream", size, usage });
  return {
    name,
    state: make("state", 16, STORAGE | COPY_DST | COPY_SRC),
    tokens: make("tokens", maxTokensPerSubmit * 4, STORAGE | COPY_DST),
    seen: make("seen", Math.ceil(config.vocabSize / 32) * 4, STORAGE | COPY_DST),
    out: make("out", maxTokensPerSubmit * 4, STORAGE | COPY_DST | COPY_SRC),
    sampling: make("sampling", 32, STORAGE | COPY_DST),
  };
}
