import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { fixtureFloats, fixtureText } from "./golden.ts";

const root = join(import.meta.dirname, "..", "fixtures", "families");

/** One tiny random model for each way of building a transformer. */
export const families = [
  "llama",
  "llama_rope3",
  "mistral",
  "qwen2",
  "qwen3",
  "smollm3",
  "olmo2",
  "gemma3",
  "phi",
  "gpt2",
  "gpt_neo",
  "gpt_neox",
  "opt",
] as const;
export type FamilyName = (typeof families)[number];

export interface FamilyGolden {
  readonly ids: readonly number[];
  readonly greedy: readonly number[];
  readonly greedy_margins: readonly number[];
}

export function familyFiles(name: FamilyName): Record<string, Uint8Array> {
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(join(root, path)));
  return {
    "config.json": read(`${name}/config.json`),
    "model.safetensors": read(`${name}/model.safetensors`),
    "tokenizer.json": read("tokenizer.json"),
  };
}

export async function loadFamily(name: FamilyName): Promise<LoadedModel> {
  return await loadModel(givenFiles(familyFiles(name)));
}

export function familyGolden(name: FamilyName): FamilyGolden {
  return JSON.parse(fixtureText(`families/${name}/golden.json`)) as FamilyGolden;
}

/** After each of the golden ids, [ids][vocab], from transformers in float32. */
export function familyLogits(name: FamilyName): Float32Array {
  return fixtureFloats(`families/${name}/logits.f32`);
}

/** The largest |a - b| / (1 + |b|). */
export function relativeGap(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let gap = 0;
  for (let i = 0; i < a.length; i++) {
    const wanted = b[i] ?? 0;
    const off = Math.abs((a[i] ?? Number.NaN) - wanted) / (1 + Math.abs(wanted));
    gap = Math.max(gap, Number.isNaN(off) ? Infinity : off);
  }
  return gap;
}
