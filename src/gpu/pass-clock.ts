import type { GpuBuffer, GpuContext } from "./context.ts";
import { Readback } from "./readback.ts";

/** A timestamp is 64 bits of nanoseconds; a pass has two. */
const BYTES = 16;

/**
 * How long the GPU worked on one compute pass, by its own clock. Browsers round timestamps (Chrome to 0.1 ms), so that a pass that is
 * timed has to last some milliseconds. Made once for a device and used again.
 */
export class PassClock {
  readonly #queries: GPUQuerySet;
  readonly #resolved: GpuBuffer;
  readonly #readback: Readback;

  private constructor(context: GpuContext) {
    this.#queries = context.device.createQuerySet({
      label: "pass clock",
      type: "timestamp",
      count: 2,
    });
    this.#resolved = context.createBuffer({
      label: "pass clock",
      category: "readback",
      size: BYTES,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.#readback = new Readback(context, "pass clock", BYTES);
  }

  /** Null on a device without timestamps. */
  static of(context: GpuContext): PassClock | null {
    if (!context.has("timestamp-query")) return null;
    const clock = clocks.get(context) ?? new PassClock(context);
    clocks.set(context, clock);
    return clock;
  }

  /** For the descriptor of the pass. */
  get writes(): GPUComputePassTimestampWrites {
    return {
      querySet: this.#queries,
      beginningOfPassWriteIndex: 0,
      endOfPassWriteIndex: 1,
    };
  }

  /** After the pass, in the same encoder. */
  record(encoder: GPUCommandEncoder): void {
    encoder.resolveQuerySet(this.#queries, 0, 2, this.#resolved.buffer, 0);
    this.#readback.record(encoder, this.#resolved.buffer, 0, BYTES);
  }

  /** Waits for the submitted pass and gives its milliseconds, which may be wrong in any way: drivers differ. */
  async take(): Promise<number> {
    const [begin = 0n, end = 0n] = new BigUint64Array(await this.#readback.take(BYTES));
    return Number(end - begin) / 1e6;
  }
}

const clocks = new WeakMap<GpuContext, PassClock>();
