import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { VariantMemory } from "../engine/variants.ts";

/** Measured kernel variants in a file; where that cannot be had they are measured anew. */
export function fileMemory(path: string): VariantMemory {
  const known = new Map(Object.entries(read(path)));
  return {
    get: async (key) => known.get(key) ?? null,
    set: async (key, value) => {
      known.set(key, value);
      write(path, known);
    },
  };
}

function read(path: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    const entries = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [];
    return Object.fromEntries(entries.filter((entry) => typeof entry[1] === "string"));
  } catch {
    return {};
  }
}

function write(path: string, known: ReadonlyMap<string, string>): void {
  // What another process has learned meanwhile stays; a half-written file is never seen.
  const all = { ...read(path), ...Object.fromEntries(known) };
  const unfinished = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(unfinished, JSON.stringify(all, null, 2));
    renameSync(unfinished, path);
  } catch {
    // A read-only home: nothing is remembered.
  }
}
