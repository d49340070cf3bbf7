import { UserError } from "../lib/assert.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { blobSource } from "../model/bytes/source.ts";
import { givenFiles } from "../model/model-files.ts";
import { OpfsKeeping, type Rooms, withLock } from "./opfs-keeping.ts";
import type { KeptModel, KeptModels } from "./protocol.ts";
import type { KeptFiles, Shelf } from "./shelf.ts";
import { type KeptEntry, parseEntry } from "./shelf-entry.ts";

/** Left free, so that reports and settings can still be written. */
const reserveBytes = 16 << 20;

/**
 * The browser's own file system: `weights/<sha256>` holds contents, whichever models they belong to, `models/<sha256 of the id>` says which
 * files a model has, and what is on its way stands under `partial/` until it is whole.
 */
export async function openOpfsShelf(): Promise<Shelf> {
  const root = await navigator.storage.getDirectory();
  const home = await root.getDirectoryHandle("kept", { create: true });
  const room = (name: string) => home.getDirectoryHandle(name, { create: true });
  const rooms: Rooms = {
    weights: await room("weights"),
    models: await room("models"),
    partial: await room("partial"),
  };
  await sweep(rooms);
  return new OpfsShelf(rooms);
}

class OpfsShelf implements Shelf {
  readonly #rooms: Rooms;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  async report(): Promise<KeptModels> {
    const entries = await readEntries(this.#rooms);
    const { usage = null, quota = null } = await navigator.storage.estimate();
    const models = entries.map(
      ({ files, ...entry }): KeptModel => ({
        ...entry,
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      }),
    );
    models.sort((a, b) => b.usedAt.localeCompare(a.usedAt));
    return { models, usedBytes: usage, quotaBytes: quota, lack: null };
  }

  async open(id: string): Promise<KeptFiles> {
    const entry = await findEntry(this.#rooms, id);
    if (!entry)
      throw new UserError(`${id} is not kept in this browser any more; open it from where it was`);
    const files: Record<string, Blob> = {};
    for (const { name, sha256, bytes } of entry.files) {
      const file = await readFile(this.#rooms.weights, sha256);
      if (file?.size !== bytes) {
        await this.remove(id);
        throw new UserError(
          `${name} of ${id} is damaged in this browser's store and was deleted; open the model again`,
        );
      }
      files[name] = file;
    }
    // On a full disk the time stays as it was.
    await writeEntry(this.#rooms, { ...entry, usedAt: new Date().toISOString() }).catch(() => {});
    const sources = Object.fromEntries(
      Object.entries(files).map(([name, file]) => [name, blobSource(name, file)]),
    );
    const sums = new Map(entry.files.map(({ name, sha256 }) => [name, sha256]));
    return { files: givenFiles(sources), sums };
  }

  async begin(bytes: number): Promise<OpfsKeeping> {
    const { usage, quota } = await navigator.storage.estimate();
    if (usage !== undefined && quota !== undefined && bytes + reserveBytes > quota - usage) {
      const free = Math.max(0, quota - usage - reserveBytes);
      throw new UserError(
        `it takes ${Math.ceil(bytes / 1e6)} MB and the browser has room for ${Math.floor(free / 1e6)} MB`,
      );
    }
    return new OpfsKeeping(this.#rooms, (entry) => writeEntry(this.#rooms, entry));
  }

  async remove(id: string | null): Promise<void> {
    await withLock(async () => {
      for (const entry of await readEntries(this.#rooms)) {
        if (id === null || entry.id === id)
          await this.#rooms.models.removeEntry(await entryName(entry.id));
      }
      await removeUnused(this.#rooms);
    });
  }
}

/** What an earlier visit left half-written, and contents that no model has. What another page writes is locked and stays. */
async function sweep(rooms: Rooms): Promise<void> {
  for await (const name of rooms.partial.keys())
    await rooms.partial.removeEntry(name).catch(() => {});
  await withLock(() => removeUnused(rooms));
}

async function removeUnused(rooms: Rooms): Promise<void> {
  const entries = await readEntries(rooms);
  const used = new Set(entries.flatMap(({ files }) => files.map(({ sha256 }) => sha256)));
  for await (const name of rooms.weights.keys())
    if (!used.has(name)) await rooms.weights.removeEntry(name).catch(() => {});
}

async function readEntries({ models }: Rooms): Promise<KeptEntry[]> {
  const entries: KeptEntry[] = [];
  for await (const name of models.keys()) {
    const file = await readFile(models, name);
    const entry = file && parseEntry(await file.text());
    if (entry) entries.push(entry);
  }
  return entries;
}

async function findEntry({ models }: Rooms, id: string): Promise<KeptEntry | null> {
  const file = await readFile(models, await entryName(id));
  return file && parseEntry(await file.text());
}

async function writeEntry({ models }: Rooms, entry: KeptEntry): Promise<void> {
  const handle = await models.getFileHandle(await entryName(entry.id), { create: true });
  const writable = await handle.createWritable();
  await writable.write(JSON.stringify(entry));
  await writable.close();
}

/** Ids hold slashes and more that file names may not. */
async function entryName(id: string): Promise<string> {
  return await sha256Hex(id);
}

async function readFile(room: FileSystemDirectoryHandle, name: string): Promise<File | null> {
  try {
    return await (await room.getFileHandle(name)).getFile();
  } catch {
    return null;
  }
}
