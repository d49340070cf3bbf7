import type { ModelInfo, SpeedRequest, SpeedSample } from "../engine/protocol.ts";

/**
 * What the page, the command line and the peer's worker say to each other: types and plain data only.
 * The peer is ONNX Runtime: another program that runs the same weights on the same device.
 */

/** "wasm" in a browser and "cpu" in Node are the processor. */
export type PeerProvider = "webgpu" | "wasm" | "cpu";

/**
 * "fused": GroupQueryAttention, one operator with rotary positions and the cache inside. "plain":
 * products and softmax as operators of their own.
 */
export type Attention = "fused" | "plain";

export interface GraphKind {
  /** "all": logits of every token given; "next": the likeliest token after the last one. */
  readonly output: "all" | "next";
  readonly attention: Attention;
}

/** A model as an ONNX graph, and what of its shape a run must know. */
export interface PeerModel extends GraphKind {
  readonly graph: Uint8Array;
  readonly shape: Pick<
    ModelInfo,
    "layers" | "heads" | "kvHeads" | "headDim" | "vocabSize" | "contextLength"
  >;
  readonly provider: PeerProvider;
}

export interface PeerInfo {
  readonly name: "ONNX Runtime";
  readonly version: string;
  readonly providers: readonly PeerProvider[];
}

/** Calls run one after another; every promise rejects with an Error whose message is one sentence for the user. */
export interface Peer {
  /** Loads the program. */
  start(): Promise<PeerInfo>;
  /** Logits of every position, [tokens][vocab]: the first `together` tokens in one run, the rest one by one on the cache. */
  logits(model: PeerModel, tokens: readonly number[], together: number): Promise<Float32Array>;
  /** Keeps a model of output "next" ready under a name, in place of what went by it before. */
  open(name: string, model: PeerModel): Promise<void>;
  /** As the engine measures itself: the same prompt, lengths, warm-up and clock. */
  speed(name: string, request: Omit<SpeedRequest, "side">): Promise<SpeedSample>;
  /** Lets all models go. */
  close(): Promise<void>;
  /** Stops the call that runs after the token it is at. */
  cancel(): Promise<void>;
}
