import { sha256Hex } from "../lib/sha256.ts";
import { type ByteSource, watchedSource } from "../model/bytes/source.ts";
import type { Keeping, KeepNames } from "./shelf.ts";
import type { KeptEntry } from "./shelf-entry.ts";

export interface Rooms {
  readonly weights: FileSystemDirectoryHandle;
  readonly models: FileSystemDirectoryHandle;
  readonly partial: FileSystemDirectoryHandle;
}

/** A file under `partial/`. While it is open no other page can write or delete it. */
interface Part {
  readonly name: string;
  readonly size: number;
  readonly temporary: string;
  readonly handle: FileSystemFileHandle;
  readonly access: FileSystemSyncAccessHandle;
  /** Stretches that are written, in the order in which they came. */
  readonly written: [start: number, end: number][];
}

/** Every browser with WebGPU has it; the types do not know it yet. */
interface MovableHandle extends FileSystemFileHandle {
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/** Pages of this site must not delete what another is just putting in place. */
export async function withLock(work: () => Promise<void>): Promise<void> {
  await navigator.locks.request("bitdial/kept", work);
}

export class OpfsKeeping implements Keeping {
  readonly #rooms: Rooms;
  readonly #writeEntry: (entry: KeptEntry) => Promise<void>;
  readonly #parts: Part[] = [];
  /** What went wrong while writing: the model goes on loading without being kept. */
  #fault: unknown = null;

  constructor(rooms: Rooms, writeEntry: (entry: KeptEntry) => Promise<void>) {
    this.#rooms = rooms;
    this.#writeEntry = writeEntry;
  }

  async copy(source: ByteSource): Promise<ByteSource> {
    const part = await this.#open(source.name, await source.size());
    return watchedSource(source, (bytes, start) => this.#write(part, bytes, start));
  }

  async add(name: string, bytes: Uint8Array): Promise<void> {
    this.#write(await this.#open(name, bytes.length), bytes, 0);
  }

  async finish(names: KeepNames, sums: ReadonlyMap<string, string>): Promise<void> {
    try {
      if (this.#fault !== null) throw this.#fault;
      const files = await Promise.all(
        this.#parts.map(async (part) => ({ part, sha256: await closed(part, sums) })),
      );
      const now = new Date().toISOString();
      await withLock(async () => {
        for (const { part, sha256 } of files) await this.#place(part, sha256);
        await this.#writeEntry({
          ...names,
          keptAt: now,
          usedAt: now,
          files: files.map(({ part, sha256 }) => ({ name: part.name, sha256, bytes: part.size })),
        });
      });
      this.#parts.length = 0;
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  async abandon(): Promise<void> {
    for (const { access, temporary } of this.#parts) {
      access.close();
      await this.#rooms.partial.removeEntry(temporary).catch(() => {});
    }
    this.#parts.length = 0;
  }

  async #open(name: string, size: number): Promise<Part> {
    const temporary = crypto.randomUUID();
    const handle = await this.#rooms.partial.getFileHandle(temporary, { create: true });
    const access = await handle.createSyncAccessHandle();
    const part = { name, size, temporary, handle, access, written: [] };
    this.#parts.push(part);
    return part;
  }

  /** The same content may be there already, of another model or an earlier load. */
  async #place({ temporary, handle, size }: Part, sha256: string): Promise<void> {
    const { weights, partial } = this.#rooms;
    const known = await weights.getFileHandle(sha256).catch(() => null);
    if (known && (await known.getFile()).size === size) await partial.removeEntry(temporary);
    else await (handle as MovableHandle).move(weights, sha256);
  }

  /** Pieces come as they arrive, several at once; a model that is whole is read without being written again. */
  #write(part: Part, bytes: Uint8Array, start: number): void {
    if (this.#fault !== null || !this.#parts.includes(part)) return;
    try {
      const { buffer, byteOffset, byteLength } = bytes;
      const plain = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
      const count = part.access.write(plain, { at: start });
      part.written.push([start, start + count]);
      if (count < byteLength) throw new Error("the disk took only a part");
    } catch (error) {
      this.#fault = error;
    }
  }
}

/** Closes a whole file and returns its SHA-256. */
async function closed(
  { name, size, written, access }: Part,
  sums: ReadonlyMap<string, string>,
): Promise<string> {
  let end = 0;
  for (const [from, to] of written.sort((a, b) => a[0] - b[0])) {
    if (from <= end) end = Math.max(end, to);
  }
  if (end !== size) throw new Error(`${name} was written up to byte ${end} of ${size}`);
  access.flush();
  let sha256 = sums.get(name);
  if (sha256 === undefined) {
    const bytes = new Uint8Array(size);
    access.read(bytes, { at: 0 });
    sha256 = await sha256Hex(bytes);
  }
  access.close();
  return sha256;
}
