import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModelSource } from "../engine/protocol.ts";
import { UserError } from "../lib/assert.ts";
import { nameOfAddress } from "../lib/model-name.ts";
import { hubAddress } from "../model/hub.ts";
import { type FileContent, findModel, whatWorks } from "../model/model-files.ts";
import { pathSource, unreadable } from "./path-source.ts";

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

/**
 * Finds a model: a folder, a file that is a whole model, an address or an id of Hugging Face. Of files
 * only the names are looked at here; what is missing is a sentence that names it.
 */
export async function findModelSource(path: string): Promise<ModelSource> {
  if (path.startsWith("hf:")) {
    const hub = process.env.BITDIAL_HUB;
    const address = hubAddress(path, hub);
    return {
      kind: "hub",
      id: path,
      name: nameOfAddress(new URL(address).pathname, path),
      ...(hub && { hub }),
    };
  }
  if (/^https?:\/\//.test(path)) {
    if (!URL.canParse(path)) throw new UserError(`${path}: this is no address.`);
    return { kind: "url", base: path, name: nameOfAddress(new URL(path).pathname, path) };
  }
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error, "there is no such folder or file");
  });
  if (!found.isDirectory() && !/\.(gguf|bin|safetensors)$/i.test(path))
    throw new UserError(`${path}: this is no model; ${whatWorks}.`);
  const folder = found.isDirectory() ? path : dirname(path);
  const names = await readdir(folder);
  const own = found.isDirectory() ? names : filesBeside(basename(path), names);
  try {
    findModel(own);
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${path}: ${error.message}.`) : error;
  }
  const files: Record<string, FileContent> = {};
  for (const name of own) files[name] = pathSource(join(folder, name), name);
  return { kind: "files", name: basename(resolve(path)), files };
}

/** What belongs to one file that was named: nothing to a GGUF file, a tokenizer to a .bin file. */
function filesBeside(name: string, names: readonly string[]): string[] {
  if (/\.bin$/i.test(name))
    return [name, ...names.filter((other) => /^tok.*\.bin$/i.test(other) && other !== name)];
  if (/\.safetensors$/i.test(name))
    return [name, ...names.filter((other) => !/\.(safetensors|gguf|bin)$/i.test(other))];
  return [name];
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

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error, "there is no such file");
  }
}
