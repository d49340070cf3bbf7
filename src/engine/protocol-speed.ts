import type { Work } from "../lib/roof.ts";
import type { Side } from "./protocol.ts";

/** What speed is measured from: repeats, counts and the profile of a token; a part of the protocol. */

export interface SpeedRequest {
  readonly side: Side;
  readonly promptTokens: number;
  readonly tokens: number;
  /** Counted repeats; 0 runs the warm-ups alone. */
  readonly repeats: number;
  /** Runs before them that do not count, 1 when absent. */
  readonly warmups?: number;
}

export interface SpeedSample {
  readonly prefillMs: readonly number[];
  /** Per token. */
  readonly decodeMs: readonly number[];
  readonly promptTokens: number;
  readonly tokens: number;
  readonly warmups: number;
  /** The first run of a setting that had not read or written anything before; null where it had. Never among the repeats. */
  readonly cold: ColdRun | null;
  /** Null where nothing ran. */
  readonly counters: SpeedCounters | null;
}

export interface ColdRun {
  readonly prefillMs: number;
  /** Per token. */
  readonly decodeMs: number;
}

export interface RunCounts {
  readonly dispatches: number;
  readonly submits: number;
  readonly readbackBytes: number;
}

/** What one repeat asked of the GPU. */
export interface SpeedCounters {
  /** The prompt and the first token. */
  readonly prefill: RunCounts;
  /** All tokens after the first. */
  readonly decode: RunCounts;
  /** Of the whole engine's buffers, after the repeat; `peakBytes` since the device was opened. */
  readonly liveBytes: number;
  readonly peakBytes: number;
}

/**
 * Parts of a model that a token's time is told by. Rotation belongs to "attention" (it writes the cache), the SwiGLU product
 * to "gateUp", and rounding of activations to the matrix product that reads them.
 */
export type ModuleName =
  | "embedding"
  | "qkv"
  | "attention"
  | "o"
  | "gateUp"
  | "down"
  | "norms"
  | "head"
  | "sampling";

/** All runs of one kernel in one module of a decoded token, and what they have to do at least. */
export interface KernelTime extends Work {
  /** "matvec/int4/uniform-l32-s1" */
  readonly label: string;
  readonly shape: string;
  readonly module: ModuleName;
  /** Of one token. */
  readonly calls: number;
  readonly ms: number;
  /** "timestamp-query" or "repeats". */
  readonly measuredBy: "timestamp-query" | "repeats";
  readonly wgslSha256: string;
}

/** Where the time of a decoded token goes. */
export interface TokenProfile {
  readonly kernels: readonly KernelTime[];
  /** In the context, of the token that was timed. */
  readonly position: number;
  /** Whole tokens there, from the call to the ids on the CPU, measured in turns with the kernels. */
  readonly tokenMs: readonly number[];
  readonly tokensPerSubmit: number;
}

export interface GpuCounters {
  readonly liveBytes: number;
  readonly peakBytes: number;
  readonly buffersMade: number;
  readonly pipelinesMade: number;
  readonly bindGroupsMade: number;
  readonly dispatches: number;
  readonly submits: number;
  readonly readbackBytes: number;
}
