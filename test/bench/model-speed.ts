import { type AdapterChoice, openNodeGpu } from "../../src/cli/adapters.ts";
import { embeddedModel, findModelSource } from "../../src/cli/model-source.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { SpeedSample } from "../../src/engine/protocol.ts";
import { mergeSamples, type SpeedSummary, summariseSpeed } from "../../src/lab/speed.ts";
import { interleave } from "../../src/lib/turns.ts";

export interface ModelSpeed {
  readonly model: string;
  readonly setting: string;
  readonly speed: SpeedSummary;
  readonly dispatchesPerToken: number;
}

const SETTINGS = ["f32", "int4-g32"];
const ROUNDS = 4;
const PROMPT_TOKENS = 128;
const TOKENS = 64;

/** The embedded model, prefill and decode, through the engine that the page uses. */
export async function measureModel(choice: AdapterChoice): Promise<ModelSpeed[]> {
  const remembered = new Map<string, string>();
  const engine = createEngine({
    runtime: "node",
    async openAdapter() {
      const { gpu, adapter, name, software } = await openNodeGpu(choice);
      return { adapter, name, software, wgslFeatures: new Set(gpu.wgslLanguageFeatures) };
    },
    // Not the user's file: variants are chosen anew, under the load of today.
    memory: {
      get: async (key) => remembered.get(key) ?? null,
      set: async (key, value) => void remembered.set(key, value),
    },
  });
  await engine.start({}, ({ sentence }) => {
    throw new Error(sentence);
  });
  const quiet = (): void => undefined;
  const { name } = await engine.load(await findModelSource(embeddedModel()), quiet);
  const samples = new Map<string, SpeedSample[]>();
  const dispatches = new Map<string, number>();
  await interleave(SETTINGS, ROUNDS, async (setting) => {
    const state = await engine.apply("candidate", setting, quiet);
    dispatches.set(setting, state.dispatchesPerToken);
    const request = {
      side: "candidate",
      promptTokens: PROMPT_TOKENS,
      tokens: TOKENS,
      repeats: 2,
    } as const;
    const sample = await engine.speed(request, quiet);
    samples.set(setting, [...(samples.get(setting) ?? []), sample]);
  });
  await engine.dispose();
  return SETTINGS.map((setting) => ({
    model: name,
    setting,
    speed: summariseSpeed(mergeSamples(samples.get(setting) ?? [])),
    dispatchesPerToken: dispatches.get(setting) ?? 0,
  }));
}
