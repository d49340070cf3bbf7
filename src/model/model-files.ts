import { UserError } from "../lib/assert.ts";
import {
  type ByteSource,
  blobSource,
  MissingFile,
  memorySource,
  readText,
} from "./bytes/source.ts";
import { urlSource } from "./bytes/url-source.ts";
import type { NamedText } from "./json.ts";

/** The files of one model, wherever they are. Nothing is read before it is asked for. */
export interface ModelFiles {
  /** What there is; null where only asking tells, as at an address. */
  readonly names: readonly string[] | null;
  open(name: string): ByteSource;
}

export type FileContent = Uint8Array | Blob | ByteSource;

export function givenFiles(files: Readonly<Record<string, FileContent>>): ModelFiles {
  return {
    names: Object.keys(files),
    open: (name) => {
      const content = Object.hasOwn(files, name) ? files[name] : undefined;
      if (content === undefined) throw new MissingFile(`${name} is missing; ${whatWorks}`);
      if (content instanceof Uint8Array) return memorySource(name, content);
      return content instanceof Blob ? blobSource(name, content) : content;
    },
  };
}

/** A folder's address, or that of one file that is a whole model. */
export function filesAt(address: string): ModelFiles {
  const { pathname } = new URL(address);
  const file = decodeURIComponent(pathname.slice(pathname.lastIndexOf("/") + 1));
  const single = /\.(gguf|bin|safetensors)$/i.test(file);
  const base = single || pathname.endsWith("/") ? address : withSlash(address);
  return {
    names: /\.gguf$/i.test(file) ? [file] : /\.bin$/i.test(file) ? [file, "tokenizer.bin"] : null,
    open: (name) => {
      // Of the file that the address names, the whole of it, a token in its query too.
      const own = single && name === file;
      return urlSource(own ? address : new URL(encodeURIComponent(name), base).href, name);
    },
  };
}

function withSlash(address: string): string {
  const url = new URL(address);
  url.pathname += "/";
  return url.href;
}

export const whatWorks =
  "a model is a folder with config.json, tokenizer.json and model.safetensors, one GGUF file, or a llama2.c .bin file with its tokenizer.bin";

export type ModelPlace =
  | { readonly kind: "safetensors"; readonly weights: string }
  | { readonly kind: "shards"; readonly index: string }
  | { readonly kind: "gguf"; readonly weights: string }
  | { readonly kind: "llama2c"; readonly weights: string; readonly tokenizer: string };

const plainName = "model.safetensors";
export const indexName = "model.safetensors.index.json";

/** Which files are the model, by their names alone. */
export function findModel(names: readonly string[]): ModelPlace {
  const ending = (end: string): string[] =>
    names.filter((name) => name.toLowerCase().endsWith(end));
  const safetensors = ending(".safetensors");
  const folder =
    names.includes("config.json") || safetensors.length > 0 || names.includes(indexName);
  const gguf = ending(".gguf");
  if (!folder && gguf.length === 0 && ending(".bin").length === 0)
    throw new UserError(`config.json is missing; ${whatWorks}`);
  const bins = ending(".bin").filter((name) => !name.startsWith("pytorch_model"));
  if (folder && !(gguf.length > 0 && safetensors.length === 0)) {
    for (const name of ["config.json", "tokenizer.json"]) {
      if (!names.includes(name)) throw new UserError(`${name} is missing; ${whatWorks}`);
    }
    if (names.includes(plainName)) return { kind: "safetensors", weights: plainName };
    if (names.includes(indexName)) return { kind: "shards", index: indexName };
    return { kind: "safetensors", weights: onlyOne(safetensors, plainName) };
  }
  if (gguf.length > 0) return { kind: "gguf", weights: onlyOne(gguf, "model.gguf") };
  const tokenizers = bins.filter((name) => /^tok/i.test(name));
  const weights = bins.filter((name) => !tokenizers.includes(name));
  return {
    kind: "llama2c",
    weights: onlyOne(weights, plainName),
    tokenizer: onlyOne(tokenizers, "tokenizer.bin"),
  };
}

function onlyOne(found: readonly string[], wanted: string): string {
  const [first] = found;
  if (first === undefined) throw new UserError(`${wanted} is missing; ${whatWorks}`);
  if (found.length > 1) {
    const list = found.slice(0, 4).join(", ");
    throw new UserError(`${found.length} files could be the model (${list}); choose one of them`);
  }
  return first;
}

/** As `findModel`, where an address must be asked: the plain file, or the index of several. */
export async function askModel(files: ModelFiles, signal?: AbortSignal): Promise<ModelPlace> {
  if (files.names !== null) return findModel(files.names);
  try {
    await files.open(plainName).size(signal);
    return { kind: "safetensors", weights: plainName };
  } catch (error) {
    if (!(error instanceof MissingFile)) throw error;
    const index = await optionalText(files, indexName, signal);
    if (index === null) throw error;
    return { kind: "shards", index: indexName };
  }
}

export async function optionalText(
  files: ModelFiles,
  name: string,
  signal?: AbortSignal,
): Promise<NamedText | null> {
  if (files.names !== null && !files.names.includes(name)) return null;
  try {
    return await readText(files.open(name), signal);
  } catch (error) {
    if (error instanceof MissingFile) return null;
    throw error;
  }
}
