import { UserError } from "../../lib/assert.ts";
import { damaged, type NamedText } from "../json.ts";

/** Where the bytes of a file come from: memory, a Blob of the page, an address, a path. */
export interface ByteSource {
  /** The file as messages name it. */
  readonly name: string;
  size(signal?: AbortSignal): Promise<number>;
  /**
   * The bytes from `start` up to `end`, neither more nor fewer. They may be a view of memory that
   * others read too. `onBytes` hears of each part as it arrives.
   */
  read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array>;
  /** The same at once, where the bytes are near enough: large weights are then left where they are, and read when they are packed. */
  readonly readNow?: (start: number, end: number) => Uint8Array;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** The file is not there; where it need not be, that is an answer. */
export class MissingFile extends UserError {}

export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: async () => bytes.length,
    read: async (start, end, { signal, onBytes } = {}) => {
      signal?.throwIfAborted();
      checkRange(name, start, end, bytes.length);
      onBytes?.(end - start);
      return bytes.subarray(start, end);
    },
    readNow: (start, end) => {
      checkRange(name, start, end, bytes.length);
      return bytes.subarray(start, end);
    },
  };
}

/** A file that the user chose in the page. Browsers refuse to read one that changed since. */
export function blobSource(name: string, blob: Blob): ByteSource {
  const unreadable = (): UserError =>
    new UserError(`${name} cannot be read any more: was it changed? Choose it again`);
  return {
    name,
    size: async () => blob.size,
    read: async (start, end, { signal, onBytes } = {}) => {
      signal?.throwIfAborted();
      checkRange(name, start, end, blob.size);
      let buffer: ArrayBuffer;
      try {
        buffer = await blob.slice(start, end).arrayBuffer();
      } catch {
        throw unreadable();
      }
      signal?.throwIfAborted();
      onBytes?.(buffer.byteLength);
      return new Uint8Array(buffer);
    },
    // Workers have it, where the engine runs.
    ...(typeof FileReaderSync === "function" && {
      readNow: (start: number, end: number) => {
        checkRange(name, start, end, blob.size);
        try {
          return new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(start, end)));
        } catch {
          throw unreadable();
        }
      },
    }),
  };
}

/** The same file, where somebody hears of what is read in time. */
export function watchedSource(
  source: ByteSource,
  onRead: (bytes: Uint8Array, start: number) => Promise<void> | void,
): ByteSource {
  const { name, readNow } = source;
  return {
    name,
    size: (signal) => source.size(signal),
    read: async (start, end, options) => {
      const bytes = await source.read(start, end, options);
      await onRead(bytes, start);
      return bytes;
    },
    ...(readNow && { readNow }),
  };
}

export function checkRange(name: string, start: number, end: number, size: number): void {
  if (end > size) throw damaged(`${name} ends at byte ${size}, but byte ${end} is needed`);
  if (start > end) throw new RangeError(`bytes from ${start} back to ${end}`);
}

/** The text files of a model are small; a wrong file must not fill the memory. */
const maxTextBytes = 64 << 20;

export async function readText(
  source: ByteSource,
  signal?: AbortSignal,
  maxBytes = maxTextBytes,
): Promise<NamedText> {
  const bytes = await readSmall(source, signal, maxBytes);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { name: source.name, text };
  } catch {
    throw damaged(`${source.name} is not UTF-8 text`);
  }
}

/** A whole file that is held in memory. */
export async function readSmall(
  source: ByteSource,
  signal?: AbortSignal,
  maxBytes = maxTextBytes,
): Promise<Uint8Array> {
  const size = await source.size(signal);
  if (size > maxBytes) {
    throw new UserError(
      `${source.name} has ${size} bytes, more than the ${maxBytes} that such a file may have; choose the right file`,
    );
  }
  return await source.read(0, size, { signal });
}
