import type { KeptModel } from "./protocol.ts";

/** What the shelf knows of a model. */
export interface KeptEntry extends Omit<KeptModel, "bytes"> {
  readonly files: readonly KeptFile[];
}

interface KeptFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** An entry as it was written; null for anything else. */
export function parseEntry(text: string): KeptEntry | null {
  try {
    const value: unknown = JSON.parse(text);
    return isEntry(value) ? value : null;
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is KeptEntry {
  if (typeof value !== "object" || value === null) return false;
  const { id, name, parameters, keptAt, usedAt, files } = value as Record<string, unknown>;
  const texts = [id, name, keptAt, usedAt].every((text) => typeof text === "string");
  return texts && typeof parameters === "number" && Array.isArray(files) && files.every(isFile);
}

function isFile(value: unknown): value is KeptFile {
  if (typeof value !== "object" || value === null) return false;
  const { name, sha256, bytes } = value as Record<string, unknown>;
  const hex = typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256);
  return typeof name === "string" && hex && typeof bytes === "number";
}
