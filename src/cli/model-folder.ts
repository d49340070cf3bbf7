import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModelSource } from "../engine/protocol.ts";
import { UserError } from "../lib/assert.ts";

const NEEDED = ["config.json", "tokenizer.json", "model.safetensors"] as const;
const USED_IF_THERE = "generation_config.json";
const WHAT_WORKS = "give a folder with config.json, model.safetensors and tokenizer.json";

/** The model that comes with the program. */
export function embeddedModel(): string {
  return embedded("models/stories");
}

/** The text that comes with the program, never seen in training. */
export function embeddedText(): string {
  return embedded("texts/stories.txt");
}

/** Upwards from here, as the bundle lies elsewhere. */
export function embedded(path: string): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, "public", path);
    if (existsSync(found)) return found;
  }
  return join("public", path);
}

/** Reads a folder in Hugging Face layout; what cannot be read is a sentence that names it. */
export async function readModelFolder(path: string): Promise<ModelSource> {
  if (path.startsWith("hf:")) {
    throw new UserError(
      `${path}: models from huggingface.co are not available yet; ${WHAT_WORKS}.`,
    );
  }
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error, "there is no such folder");
  });
  if (!found.isDirectory()) {
    throw new UserError(`${path}: models in a single file are not available yet; ${WHAT_WORKS}.`);
  }
  const files: Record<string, Uint8Array> = {};
  for (const name of NEEDED) files[name] = await readPart(path, name);
  const extra = join(path, USED_IF_THERE);
  if (existsSync(extra)) files[USED_IF_THERE] = await readBytes(extra);
  return { kind: "files", name: basename(resolve(path)), files };
}

/** A whole text file, exactly: a byte that is not UTF-8 would change what is measured. */
export async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError(`${path}: this is not UTF-8 text.`);
  }
}

async function readPart(folder: string, name: (typeof NEEDED)[number]): Promise<Uint8Array> {
  const path = join(folder, name);
  if (existsSync(path)) return await readBytes(path);
  if (name === "model.safetensors" && existsSync(join(folder, `${name}.index.json`))) {
    throw new UserError(
      `${path}: models in several files (${name}.index.json) are not available yet; ${WHAT_WORKS}.`,
    );
  }
  throw new UserError(`${path}: the file is missing; ${WHAT_WORKS}.`);
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error, "there is no such file");
  }
}

function unreadable(path: string, error: unknown, missing: string): UserError {
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
    case "ERR_FS_FILE_TOO_LARGE":
      return new UserError(`${path}: files over 2 GiB are not available yet.`);
    default:
      return new UserError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
