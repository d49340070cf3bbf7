import { homedir } from "node:os";
import { join } from "node:path";
import { createEngine } from "../engine/engine.ts";
import type { AdapterInfo, Engine, EngineOptions, EngineProblem } from "../engine/protocol.ts";
import { type AdapterChoice, openNodeGpu } from "./adapters.ts";
import { fileMemory } from "./variant-memory.ts";

export interface OpenedEngine {
  readonly engine: Engine;
  readonly adapter: AdapterInfo;
  /** What the user should know about the adapter, one sentence each. */
  readonly notes: readonly string[];
}

/** The page's engine in this process, on an adapter of this machine. */
export async function openEngine(
  choice: AdapterChoice,
  onProblem: (problem: EngineProblem) => void,
  options: EngineOptions = {},
): Promise<OpenedEngine> {
  let notes: readonly string[] = [];
  const engine = createEngine({
    runtime: "node",
    // Called again after a lost device.
    async openAdapter() {
      const { gpu, adapter, name, software, notes: remarks } = await openNodeGpu(choice);
      notes = remarks;
      return { adapter, name, software, wgslFeatures: new Set(gpu.wgslLanguageFeatures) };
    },
    memory: fileMemory(
      join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bitdial", "variants.json"),
    ),
  });
  const adapter = await engine.start(options, onProblem);
  return { engine, adapter, notes };
}
