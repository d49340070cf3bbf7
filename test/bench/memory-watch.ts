/**
 * The most memory that JavaScript held at a time: the heap and what array buffers point to. It looks every few milliseconds, so that what
 * is there for a moment within one synchronous stretch is seen at that stretch's end at the latest.
 */
export class MemoryWatch {
  readonly #before: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #peak = 0;

  constructor() {
    this.#before = used();
    this.#timer = setInterval(() => this.#look(), 5);
  }

  /** Bytes above those at the start. */
  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#peak - this.#before;
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, used());
  }
}

function used(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
