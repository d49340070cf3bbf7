import type { GenerateEvent, Side } from "../engine/protocol.ts";
import { createBatch } from "./batch.ts";
import { defaultMaxTokens, defaultPrompt, defaultSampling } from "./defaults.ts";
import { type Kit, sentenceOf, updateRow } from "./kit.ts";
import { measureMissing } from "./measure.ts";
import { emptyPane, takeEvents, takeResult, type Written } from "./panes.ts";
import type { Pane, State, Verbs, WriteState } from "./types.ts";

export const writeState: WriteState = {
  prompt: defaultPrompt,
  promptTokens: null,
  sampling: defaultSampling,
  maxTokens: defaultMaxTokens,
  live: true,
  panes: { reference: emptyPane, candidate: emptyPane },
  comparisons: [],
  picked: null,
  writeFault: null,
};

/**
 * Writes from the prompt. The reference's text depends on prompt and sampling alone, so that it is
 * kept when only a dial was turned. `turnedAt` is when that was.
 */
export async function write(kit: Kit, signal: AbortSignal, turnedAt: number | null): Promise<void> {
  const { around, get, set } = kit;
  const { prompt, sampling, maxTokens, panes, applied, reference } = get();
  if (!applied || !reference) return;
  const asked = JSON.stringify([prompt, sampling, maxTokens, reference.setting]);
  const sides: Side[] = isDone(panes.reference, asked) ? ["candidate"] : ["reference", "candidate"];
  const blank = (side: Side, setting: string): Pane =>
    sides.includes(side) ? { ...emptyPane, setting, asked, prompt } : panes[side];
  set({
    activity: "writing",
    writeFault: null,
    comparisons: [],
    picked: null,
    panes: {
      reference: blank("reference", reference.setting),
      candidate: blank("candidate", applied.setting),
    },
  });

  let waiting = turnedAt;
  const batch = createBatch<GenerateEvent>(around.nextFrame, (events) => {
    set(takeEvents(written(get()), events));
    const arrived = events.some(({ kind, ...event }) => kind === "tokens" && isCandidate(event));
    if (waiting === null || !arrived) return;
    updateRow(kit, applied.setting, { firstTokenMs: around.now() - waiting });
    waiting = null;
  });
  try {
    const result = await around.engine.generate(
      { prompt, maxTokens, sampling, sides, compare: true },
      batch.push,
    );
    batch.flush();
    set(takeResult(written(get()), result));
    updateRow(kit, applied.setting, { wrote: true });
  } catch (error) {
    batch.flush();
    if (!signal.aborted) set({ writeFault: sentenceOf(error) });
  } finally {
    set({ activity: "idle" });
  }
}

type WriteVerbs = Pick<
  Verbs,
  "setPrompt" | "setSampling" | "setMaxTokens" | "setLive" | "generate" | "stop" | "pick"
>;

export function writeVerbs(kit: Kit): WriteVerbs {
  const { around, jobs, get, set } = kit;

  async function countPrompt(prompt: string): Promise<void> {
    const ids = await around.engine.tokenize(prompt).catch(() => null);
    if (get().prompt === prompt) set({ promptTokens: ids?.length ?? null });
  }

  return {
    setPrompt(prompt) {
      set({ prompt, promptTokens: null });
      if (get().boot === "ready") void countPrompt(prompt);
    },
    setSampling(part) {
      set({ sampling: { ...get().sampling, ...part } });
    },
    setMaxTokens(maxTokens) {
      set({ maxTokens });
    },
    setLive(live) {
      set({ live });
    },
    async generate() {
      if (!get().applied) return;
      await jobs.run(async (signal) => {
        await write(kit, signal, null);
        if (get().autoMeasure && !signal.aborted) await measureMissing(kit, signal);
      });
    },
    async stop() {
      await jobs.stop();
    },
    pick(picked) {
      set({ picked });
    },
  };
}

function written({ panes, comparisons }: State): Written {
  return { panes, comparisons };
}

function isCandidate(event: object): boolean {
  return "side" in event && event.side === "candidate";
}

function isDone({ asked, stop }: Pane, wanted: string): boolean {
  return asked === wanted && stop !== null && stop !== "cancelled";
}
