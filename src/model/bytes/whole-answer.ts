import type { Reader, Watch } from "./watch.ts";

/** A whole file on its way, read from the front as far as it was asked for. */
export class WholeAnswer {
  reader: Reader | null;
  /** The position of the next byte. */
  at = 0;
  /** Arrived, but not asked for yet. */
  #rest: Uint8Array = new Uint8Array();

  constructor(reader: Reader) {
    this.reader = reader;
  }

  begin(reader: Reader): void {
    this.leave();
    this.reader = reader;
    this.at = 0;
  }

  leave(): void {
    this.reader?.cancel().catch(() => {});
    this.reader = null;
    this.#rest = new Uint8Array();
  }

  /** Up to `most` bytes from `place` on, null at the end of the answer. */
  async next(watch: Watch, place: number, most: number): Promise<Uint8Array | null> {
    for (;;) {
      const skip = Math.min(this.#rest.length, place - this.at);
      this.#rest = this.#rest.subarray(skip);
      this.at += skip;
      if (this.#rest.length > 0) {
        const part = this.#rest.subarray(0, most);
        this.#rest = this.#rest.subarray(part.length);
        this.at += part.length;
        return part;
      }
      const part = this.reader === null ? null : await watch.next(this.reader);
      if (part === null) return null;
      this.#rest = part;
    }
  }
}

export function bodyOf(response: Response): Reader {
  return (response.body ?? new Blob().stream()).getReader();
}

/** All that comes, or the first to exceed `most`. */
export async function drain(
  reader: Reader,
  watch: Watch,
  most = Number.POSITIVE_INFINITY,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length <= most) {
    const part = await watch.next(reader);
    if (part === null) break;
    parts.push(part);
    length += part.length;
  }
  if (length > most) reader.cancel().catch(() => {});
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
