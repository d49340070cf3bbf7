import type { AdapterInfo, Engine, EngineProblem } from "../engine/protocol.ts";
import type { AdapterChoice } from "./adapters.ts";

export interface OpenedEngine {
  readonly engine: Engine;
  readonly adapter: AdapterInfo;
  /** What the user should know about the adapter, one sentence each. */
  readonly notes: readonly string[];
}

/** The engine of the page, on an adapter of this machine. */
export async function openEngine(
  choice: AdapterChoice,
  onProblem: (problem: EngineProblem) => void,
): Promise<OpenedEngine> {
  throw new Error(`The engine is not here yet (${choice}, ${typeof onProblem}).`);
}
