import type { KernelRow } from "../engine/protocol.ts";
import { createRng } from "../lib/rng.ts";
import { median } from "../lib/stats.ts";
import { peerKernel } from "../peer/kernel.ts";
import { nodeRuntime } from "../peer/node.ts";
import type { Runtime } from "../peer/runtime.ts";
import { quantizeTensor } from "../quant/quantize.ts";
import { parseSetting } from "../quant/setting.ts";

/** Other programs that run the same weights on the same adapter. */
export const PEERS = ["onnxruntime"] as const;
export type PeerName = (typeof PEERS)[number];

/** A row with the peer's time beside it, where the peer has such a kernel. */
export type ComparedRow = KernelRow & {
  readonly peer?: { readonly name: string; readonly ms: number };
};

const SAMPLES = 7;

/**
 * Adds the peer's times. It opens whatever driver the environment names, so our adapter has to have
 * been opened before.
 */
export async function timePeer(
  name: PeerName,
  rows: readonly KernelRow[],
  signal: AbortSignal,
): Promise<ComparedRow[]> {
  const runtime = await nodeRuntime();
  // All variants of a kernel stand beside the same time.
  const times = new Map<string, number | undefined>();
  const compared: ComparedRow[] = [];
  for (const row of rows) {
    signal.throwIfAborted();
    const key = `${row.format} ${row.shape}`;
    if (!times.has(key)) times.set(key, await peerMs(runtime, row));
    const ms = times.get(key);
    compared.push(ms === undefined ? row : { ...row, peer: { name, ms } });
  }
  return compared;
}

async function peerMs(runtime: Runtime, row: KernelRow): Promise<number | undefined> {
  const { base, activations } = parseSetting(row.format);
  const [m, n, k] = row.shape.split("x").map(Number);
  // The peer rounds activations in a way of its own: there is nothing to hold ours against.
  if (activations !== 32 || !m || !n || !k) return undefined;
  const rng = createRng(n + k);
  const weights = Float32Array.from({ length: n * k }, () => rng.gauss());
  const kernel = await peerKernel(runtime, quantizeTensor(weights, n, k, base), { m, n, k });
  if (!kernel) return undefined;
  try {
    const samples: number[] = [];
    for (let i = 0; i < SAMPLES; i++) samples.push(await kernel.sample());
    return median(samples);
  } finally {
    await kernel.destroy();
  }
}
