import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";

const root = join(import.meta.dirname, "../..");
const models = { stories: "public/models/stories", stories260K: "test/fixtures/stories260K" };

export type FixtureName = keyof typeof models;

/** Node's Buffer on purpose: its `slice` and `buffer` differ from a Uint8Array's. */
export function modelFile(model: FixtureName, name: string): Buffer {
  return readFileSync(join(root, models[model], name));
}

export async function loadFixture(model: FixtureName): Promise<LoadedModel> {
  const names = ["config.json", "model.safetensors", "tokenizer.json"];
  const files = Object.fromEntries(names.map((name) => [name, modelFile(model, name)]));
  return await loadModel(givenFiles(files));
}

export function fixtureText(model: FixtureName, name: string): string {
  return readFileSync(join(root, "test/fixtures", model, name), "utf8");
}

export function fixtureLogits(model: FixtureName, name: string): Float32Array {
  const bytes = new Uint8Array(readFileSync(join(root, "test/fixtures", model, name)));
  return new Float32Array(bytes.buffer);
}

export interface Encoded {
  readonly text: string;
  readonly ids: readonly number[];
}

export interface StoriesGolden {
  readonly greedy: readonly {
    readonly prompt: string;
    readonly ids: readonly number[];
    readonly greedy: readonly number[];
    readonly margins: readonly number[];
    readonly text: string;
  }[];
  readonly logits: { readonly ids: readonly number[]; readonly file: string };
  readonly encode: readonly Encoded[];
}

export interface Stories260KGolden {
  readonly greedy_ids: readonly number[];
  readonly greedy_text: string;
  readonly logits_for: readonly number[];
  readonly encode: readonly Encoded[];
}

export function storiesGolden(): StoriesGolden {
  return JSON.parse(fixtureText("stories", "golden.json"));
}

export function stories260KGolden(): Stories260KGolden {
  return JSON.parse(fixtureText("stories260K", "golden.json"));
}
