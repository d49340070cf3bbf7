import { damaged } from "../json.ts";

/** The part of the header that has been read ends here, the file does not. */
export class MoreBytes extends Error {}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads the little-endian numbers and texts of a header; whatever the file is too short for is an error. */
export class Cursor {
  at = 0;
  readonly fileBytes: number;
  /** Of the file, for messages. */
  readonly name: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, fileBytes: number, name: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.fileBytes = fileBytes;
    this.name = name;
  }

  u32(what: string): number {
    return this.#view.getUint32(this.skip(4, what), true);
  }

  /** Sizes and positions; beyond 2^53 they are no numbers of ours and of no file. */
  u64(what: string): number {
    const at = this.skip(8, what);
    const value = this.#view.getUint32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true);
    if (!Number.isSafeInteger(value)) throw damaged(`${this.name}: ${what} is ${value}`);
    return value;
  }

  view(bytes: number, what: string): DataView {
    return new DataView(this.#view.buffer, this.#view.byteOffset + this.skip(bytes, what), bytes);
  }

  /** A length and so many bytes of UTF-8; bytes that are none become U+FFFD. */
  text(what: string, maxBytes = Number.POSITIVE_INFINITY): string {
    const length = this.u64(what);
    if (length > maxBytes) throw damaged(`${this.name}: ${what} has ${length} bytes`);
    const at = this.skip(length, what);
    return utf8.decode(this.#bytes.subarray(at, at + length));
  }

  /** Passes over bytes and says where they began. */
  skip(bytes: number, what: string): number {
    const { at } = this;
    const end = at + bytes;
    if (end > this.fileBytes) {
      throw damaged(`${this.name}: ${what} ends at byte ${end} but the file has ${this.fileBytes}`);
    }
    if (end > this.#bytes.length) throw new MoreBytes();
    this.at = end;
    return at;
  }

  /** A count of things that take at least so many bytes each cannot be more than there is room for. */
  count(least: number, what: string): number {
    const count = this.u64(what);
    if (count * least > this.fileBytes - this.at) {
      throw damaged(`${this.name}: ${what} is ${count}, more than the file has room for`);
    }
    return count;
  }

  from(at: number): Cursor {
    const other = new Cursor(this.#bytes, this.fileBytes, this.name);
    other.at = at;
    return other;
  }
}
