import type { KernelRow } from "../engine/kernel-bench.ts";
import { UserError } from "../lib/assert.ts";

/** Other programs that run the same weights on the same adapter. */
export const PEERS = ["onnxruntime"] as const;
export type PeerName = (typeof PEERS)[number];

/** A row with the peer's time beside it, where the peer has such a kernel. */
export type ComparedRow = KernelRow & {
  readonly peer?: { readonly name: string; readonly ms: number };
};

export async function timePeer(name: PeerName, rows: readonly KernelRow[]): Promise<ComparedRow[]> {
  throw new UserError(`--peer ${name} is not available yet (${rows.length} rows).`);
}
