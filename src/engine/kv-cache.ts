import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { ModelConfig } from "../model/config.ts";
import { type KvBits, kvRow } from "../quant/kv-cache.ts";

/** A cache of at most so many bytes is made whole. */
const wholeCacheBytes = 16 << 20;
/** Positions of a larger one at first; when they are full it grows by as many, or by a quarter of a cache that is long already. */
const firstPositions = 256;

/** Keys and values of one layer, [kv head][position] of what kvRow says. */
export interface LayerCache {
  readonly keys: GpuBuffer;
  readonly values: GpuBuffer;
  /** Of both, where they are rounded to integers. */
  readonly scales: GpuBuffer | null;
}

/** Of one stream, in the bits that its setting says. */
export interface KvCache {
  /** Positions there is room for at present. */
  readonly capacity: number;
  readonly layers: readonly LayerCache[];
  /** What they take at present. */
  readonly bytes: number;
  /**
   * Makes room for so many positions, at most the model's context, and keeps what stands in the caches; false where there was room.
   * Programs bound to the caches must be bound anew.
   */
  grow(positions: number): boolean;
  destroy(): void;
}

/** `first`: positions to begin with, for those who know better. */
export function createKvCache(
  context: GpuContext,
  config: ModelConfig,
  name: string,
  bits: KvBits,
  first = usualPositions(config, bits),
): KvCache {
  const { kvHeads, headDim, contextLength } = config;
  const row = kvRow(bits, headDim);
  let capacity = Math.min(first, contextLength);
  const step = capacity;

  const make = (label: string, rowWords: number): GpuBuffer =>
    context.createBuffer({
      label: `${name} ${label}`,
      category: "kv",
      size: kvHeads * capacity * rowWords * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
  const makeLayer = (layer: number): LayerCache => ({
    keys: make(`keys ${layer}`, row.codes),
    values: make(`values ${layer}`, row.codes),
    scales: row.scales > 0 ? make(`kv scales ${layer}`, row.scales) : null,
  });
  const layers = Array.from({ length: config.layers }, (_, layer) => makeLayer(layer));

  /** Layer by layer, so that no more than one is there twice. */
  function replace(before: number): void {
    for (const [layer, old] of layers.entries()) {
      const next = makeLayer(layer);
      const encoder = context.device.createCommandEncoder({ label: `${name} cache grow` });
      const copy = (from: GpuBuffer | null, to: GpuBuffer | null, rowWords: number): void => {
        for (let head = 0; from && to && head < kvHeads; head++) {
          const [start, stop] = [head * before * rowWords * 4, head * capacity * rowWords * 4];
          encoder.copyBufferToBuffer(from.buffer, start, to.buffer, stop, before * rowWords * 4);
        }
      };
      copy(old.keys, next.keys, row.codes);
      copy(old.values, next.values, row.codes);
      copy(old.scales, next.scales, row.scales);
      context.submit(encoder.finish());
      for (const buffer of buffersOf(old)) buffer.destroy();
      layers[layer] = next;
    }
  }

  return {
    get capacity() {
      return capacity;
    },
    layers,
    get bytes() {
      return layers.flatMap(buffersOf).reduce((sum, { size }) => sum + size, 0);
    },
    grow(positions) {
      if (capacity >= Math.min(positions, contextLength)) return false;
      const before = capacity;
      while (capacity < positions)
        capacity += step * Math.max(1, Math.floor(capacity / (4 * step)));
      capacity = Math.min(capacity, contextLength);
      replace(before);
      return true;
    },
    destroy() {
      for (const buffer of layers.flatMap(buffersOf)) buffer.destroy();
    },
  };
}

/** What a cache takes at first. */
export function kvCacheBytes(
  config: ModelConfig,
  bits: KvBits,
  positions = usualPositions(config, bits),
): number {
  const { codes, scales } = kvRow(bits, config.headDim);
  // Buffers are rounded up to 16 bytes.
  const bytes = (words: number): number => Math.ceil((config.kvHeads * positions * words) / 4) * 16;
  return config.layers * (2 * bytes(codes) + bytes(scales));
}

function usualPositions(config: ModelConfig, bits: KvBits): number {
  const { contextLength } = config;
  return kvCacheBytes(config, bits, contextLength) <= wholeCacheBytes
    ? contextLength
    : firstPositions;
}

function buffersOf({ keys, values, scales }: LayerCache): GpuBuffer[] {
  return scales ? [keys, values, scales] : [keys, values];
}
