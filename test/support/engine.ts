import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "../../src/engine/engine.ts";
import type {
  Engine,
  EngineOptions,
  EngineProblem,
  ModelInfo,
  ModelSource,
} from "../../src/engine/protocol.ts";
import { type FamilyName, familyFiles } from "./families.ts";
import { openTestGpu } from "./node-gpu.ts";

const root = join(import.meta.dirname, "..", "..");

/** The two small models the tests know golden values of. */
export const modelFolders = {
  stories: join(root, "public", "models", "stories"),
  stories260K: join(root, "test", "fixtures", "stories260K"),
} as const;

export interface TestEngine {
  readonly engine: Engine;
  readonly model: ModelInfo;
  readonly problems: EngineProblem[];
}

export function folderSource(name: keyof typeof modelFolders): ModelSource {
  const files: Record<string, Uint8Array> = {};
  for (const file of ["config.json", "tokenizer.json", "model.safetensors"]) {
    files[file] = new Uint8Array(readFileSync(join(modelFolders[name], file)));
  }
  return { kind: "files", name, files };
}

/** A tiny random model of one architecture. */
export function familySource(name: FamilyName): ModelSource {
  return { kind: "files", name, files: familyFiles(name) };
}

/** A started engine with a loaded model on the adapter under test; nothing is remembered between tests. */
export async function openTestEngine(
  model: keyof typeof modelFolders | ModelSource,
  options: EngineOptions = {},
): Promise<TestEngine> {
  const remembered = new Map<string, string>();
  const engine = createEngine({
    runtime: "node",
    async openAdapter() {
      const { gpu, adapter, name: adapterName, software } = await openTestGpu();
      return {
        adapter,
        name: adapterName,
        software,
        wgslFeatures: new Set(gpu.wgslLanguageFeatures),
      };
    },
    memory: {
      get: async (key) => remembered.get(key) ?? null,
      set: async (key, value) => void remembered.set(key, value),
    },
  });
  const problems: EngineProblem[] = [];
  await engine.start(options, (problem) => problems.push(problem));
  const source = typeof model === "string" ? folderSource(model) : model;
  return { engine, model: await engine.load(source, () => undefined), problems };
}

export const silent = (): undefined => undefined;
