import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { ModelConfig } from "../model/config.ts";
import { type KvBits, kvRow } from "../quant/kv-cache.ts";

/** Keys and values of one layer, [kv head][position] of what kvRow says. */
export interface LayerCache {
  readonly keys: GpuBuffer;
  readonly values: GpuBuffer;
  /** Of both, where they are rounded to integers. */
  readonly scales: GpuBuffer | null;
}

/** Of one stream, for the whole context, in the bits that its setting says. */
export interface KvCache {
  readonly bits: KvBits;
  readonly layers: readonly LayerCache[];
  readonly bytes: number;
  destroy(): void;
}

export function createKvCache(
  context: GpuContext,
  config: ModelConfig,
  name: string,
  bits: KvBits,
): KvCache {
  const row = kvRow(bits, config.headDim);
  const made: GpuBuffer[] = [];
  const make = (label: string, words: number): GpuBuffer => {
    const buffer = context.createBuffer({
      label: `${name} ${label}`,
      category: "kv",
      size: cacheWords(config, words) * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    made.push(buffer);
    return buffer;
  };
  const layers = Array.from({ length: config.layers }, (_, layer) => ({
    keys: make(`keys ${layer}`, row.codes),
    values: make(`values ${layer}`, row.codes),
    scales: row.scales > 0 ? make(`kv scales ${layer}`, row.scales) : null,
  }));
  return {
    bits,
    layers,
    bytes: made.reduce((sum, { size }) => sum + size, 0),
    destroy() {
      for (const buffer of made) buffer.destroy();
    },
  };
}

/** What createKvCache would allocate. */
export function kvCacheBytes(config: ModelConfig, bits: KvBits): number {
  const { codes, scales } = kvRow(bits, config.headDim);
  const bytes = (words: number): number => Math.ceil(cacheWords(config, words) / 4) * 16;
  return config.layers * (2 * bytes(codes) + bytes(scales));
}

function cacheWords({ kvHeads, contextLength }: ModelConfig, rowWords: number): number {
  return kvHeads * contextLength * rowWords;
}
