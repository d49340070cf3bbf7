import { type ByteSource, blobSource } from "./source.ts";

/**
 * Bytes of a stretch of a file that is too far away to be read again at once: in Blobs, which browsers keep outside the memory of the
 * page and put on the disk when they grow, or in an array where there are none that can be read in time.
 */
export class HeldBytes {
  readonly #start: number;
  readonly #size: number;
  #near: NonNullable<ByteSource["readNow"]> | null;
  #array: Uint8Array | null = null;
  #blob: Blob | null = null;

  constructor({ readNow }: ByteSource, start: number, end: number) {
    this.#start = start;
    this.#size = end - start;
    this.#near = readNow ?? null;
    if (readNow) return;
    if (typeof FileReaderSync === "function") this.#blob = new Blob();
    else this.#array = new Uint8Array(this.#size);
  }

  /** In order from the first byte on. */
  put(bytes: Uint8Array, at: number): void {
    this.#array?.set(bytes, at);
    // A Blob of Blobs copies nothing.
    if (this.#blob) this.#blob = new Blob([this.#blob, new Uint8Array(bytes)]);
  }

  read(from: number, to: number): Uint8Array {
    if (this.#near) return this.#near(this.#start + from, this.#start + to);
    if (this.#array) return this.#array.subarray(from, to);
    const { readNow } = blobSource("the weights", this.#blob ?? new Blob());
    return readNow?.(from, to) ?? new Uint8Array();
  }

  /** The same file lies nearer now: what was held of it is let go. */
  moveTo({ readNow }: ByteSource): void {
    if (!readNow) return;
    this.#near = readNow;
    this.#array = null;
    this.#blob = null;
  }
}
