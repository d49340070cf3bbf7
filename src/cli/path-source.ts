import { closeSync, openSync, readSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { UserError } from "../lib/assert.ts";
import { type ByteSource, checkRange } from "../model/bytes/source.ts";

/** A file of this machine. It is open only while something is read, so that nobody need close it. */
export function pathSource(path: string, name: string): ByteSource {
  return {
    name,
    size: async () => {
      try {
        return (await stat(path)).size;
      } catch (error) {
        throw unreadable(path, error, "there is no such file");
      }
    },
    read: async (start, end, { signal, onBytes } = {}) => {
      signal?.throwIfAborted();
      const bytes = new Uint8Array(end - start);
      try {
        const file = await open(path);
        try {
          for (let got = 0; got < bytes.length; ) {
            const { bytesRead } = await file.read(bytes, got, bytes.length - got, start + got);
            if (bytesRead === 0) checkRange(name, start, end, start + got);
            got += bytesRead;
            onBytes?.(bytesRead);
            signal?.throwIfAborted();
          }
        } finally {
          await file.close();
        }
      } catch (error) {
        signal?.throwIfAborted();
        throw error instanceof UserError ? error : unreadable(path, error, "there is no such file");
      }
      return bytes;
    },
    readNow: (start, end) => {
      const bytes = new Uint8Array(end - start);
      try {
        const file = openSync(path, "r");
        try {
          for (let got = 0; got < bytes.length; ) {
            const bytesRead = readSync(file, bytes, got, bytes.length - got, start + got);
            if (bytesRead === 0) checkRange(name, start, end, start + got);
            got += bytesRead;
          }
        } finally {
          closeSync(file);
        }
      } catch (error) {
        throw error instanceof UserError ? error : unreadable(path, error, "there is no such file");
      }
      return bytes;
    },
  };
}

export function unreadable(path: string, error: unknown, missing: string): UserError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new UserError(`${path}: ${missing}.`);
    case "EISDIR":
      return new UserError(`${path}: this is a folder, not a file.`);
    case "EACCES":
    case "EPERM":
      return new UserError(`${path}: reading it is not permitted.`);
    default:
      return new UserError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
