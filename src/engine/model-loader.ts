import { UserError } from "../lib/assert.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { type LoadedModel, loadModelFiles } from "../model/files.ts";
import type { ModelSource, Progress } from "./protocol.ts";

/** What a model folder holds; the last is optional. */
const files = {
  config: "config.json",
  tokenizer: "tokenizer.json",
  weights: "model.safetensors",
  generation: "generation_config.json",
} as const;

export interface ReadModel {
  readonly name: string;
  readonly sha256: string;
  readonly model: LoadedModel;
}

/** Fetches (or takes) a model's files and reads them; a missing or damaged one is a sentence that names it. */
export async function readModel(
  source: ModelSource,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<ReadModel> {
  const take = async (
    name: string,
    required: boolean,
    share: [from: number, to: number],
  ): Promise<Uint8Array | null> => {
    const report = (fraction: number): void =>
      onProgress({
        phase: "download",
        fraction: share[0] + (share[1] - share[0]) * fraction,
        note: name,
      });
    report(0);
    if (source.kind === "url")
      return await download(new URL(name, source.base).href, name, required, report, signal);
    const bytes = source.files[name] ?? null;
    if (bytes === null && required)
      throw new UserError(`${source.name}: ${name} is missing; a model folder needs it.`);
    return bytes;
  };
  const config = await take(files.config, true, [0, 0.01]);
  const tokenizer = await take(files.tokenizer, true, [0.01, 0.03]);
  const generation = await take(files.generation, false, [0.03, 0.04]);
  const weights = await take(files.weights, true, [0.04, 1]);
  if (!config || !tokenizer || !weights)
    throw new UserError(`${source.name}: a file of the model is missing.`);
  signal.throwIfAborted();
  onProgress({ phase: "read", fraction: null, note: files.weights });
  const model = loadModelFiles({ config, tokenizer, weights, ...(generation && { generation }) });
  return { name: source.name, sha256: await sha256Hex(weights), model };
}

async function download(
  url: string,
  name: string,
  required: boolean,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new UserError(
      `${name} could not be fetched from ${url}; check the connection and try again.`,
    );
  }
  if (response.status === 404 && !required) return null;
  if (!response.ok)
    throw new UserError(
      `${name} could not be fetched: ${url} answered ${response.status}; check the address.`,
    );
  const total = Number(response.headers.get("content-length") ?? 0);
  const encoded = response.headers.has("content-encoding");
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.byteLength;
    if (total > 0 && !encoded) onProgress(Math.min(1, size / total));
  }
  if (total > 0 && !encoded && size !== total) {
    throw new UserError(`${name} broke off after ${size} of ${total} bytes; load the model again.`);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
