import type { GpuBuffer, GpuContext } from "./context.ts";

/** A staging buffer made once and used again: one map for each read, no allocation in the token loop. */
export class Readback {
  readonly #context: GpuContext;
  readonly #staging: GpuBuffer;

  constructor(context: GpuContext, label: string, size: number) {
    this.#context = context;
    this.#staging = context.createBuffer({
      label,
      category: "readback",
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  get size(): number {
    return this.#staging.size;
  }

  /** Records the copy; `at` is the place in the staging buffer. All offsets and sizes are multiples of 4 bytes. */
  record(
    encoder: GPUCommandEncoder,
    source: GPUBuffer,
    offset: number,
    size: number,
    at = 0,
  ): void {
    encoder.copyBufferToBuffer(source, offset, this.#staging.buffer, at, size);
  }

  /** Waits for the submitted copies and returns the first `size` bytes, copied out. */
  async take(size: number): Promise<ArrayBuffer> {
    const { buffer } = this.#staging;
    await buffer.mapAsync(GPUMapMode.READ, 0, size);
    const bytes = buffer.getMappedRange(0, size).slice(0);
    buffer.unmap();
    this.#context.meters.readbackBytes += size;
    return bytes;
  }

  destroy(): void {
    this.#staging.destroy();
  }
}

/** Reads a whole buffer once; for tests, checks and measurements, not for loops. */
export async function readBuffer(
  context: GpuContext,
  source: GPUBuffer,
  size: number,
  offset = 0,
): Promise<ArrayBuffer> {
  const readback = new Readback(context, "read once", size);
  const encoder = context.device.createCommandEncoder({ label: "read once" });
  readback.record(encoder, source, offset, size);
  context.submit(encoder.finish());
  const bytes = await readback.take(size);
  readback.destroy();
  return bytes;
}
