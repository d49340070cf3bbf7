import type { LoadPhase, ModelInfo, Progress } from "../engine/protocol.ts";
import { usualReference } from "../lab/usual-reference.ts";
import { defaultSetting } from "./defaults.ts";
import { freshState } from "./fresh.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import { COPIES_KEY } from "./late-state.ts";
import type { OpenedModel, OpenVerbs } from "./open-types.ts";
import { addRow } from "./rows.ts";
import { followDial, showSetting } from "./turn.ts";
import type { BootState, Problem, Verbs } from "./types.ts";
import { write } from "./write.ts";

const phases: readonly LoadPhase[] = ["download", "read", "pack", "compile", "self-check", "ready"];

export const bootState: BootState = {
  boot: "starting",
  lack: null,
  bootSentence: "",
  phase: "download",
  fraction: null,
  note: "",
  adapter: null,
  model: null,
  problem: null,
  sample: null,
};

const backSentence =
  "The GPU device was lost and is back, with the same model and the same setting.";

type BootVerbs = Pick<Verbs, "open" | "cancelLoading" | "restart" | "dismissProblem"> &
  Pick<OpenVerbs, "takeModel" | "openEmbedded">;

export function bootVerbs(kit: Kit): BootVerbs {
  const { around, jobs, get, set } = kit;
  const { engine } = around;
  /** Counts attempts: a load that was cancelled or replaced must not speak any more. */
  let attempt = 0;
  let starts = 0;
  let lossSentence = "";

  function begin() {
    const mine = ++attempt;
    const current = () => mine === attempt;
    const onProgress = (progress: Progress) => {
      if (current()) set(stepTo(get(), progress));
    };
    return { current, onProgress };
  }

  type Begun = ReturnType<typeof begin>;

  async function load(): Promise<void> {
    const begun = begin();
    const { current } = begun;
    set({ ...bootState, boot: "loading" });
    try {
      // Of this engine, whichever models it runs until it is started again.
      const mine = ++starts;
      const adapter = await engine.start({}, (problem) => {
        if (mine === starts) meet(problem);
      });
      if (!current()) return;
      set({ adapter });
      await loadModel(begun);
    } catch (error) {
      if (current()) set({ boot: "failed", bootSentence: sentenceOf(error) });
    }
  }

  /** The model of the link, or the embedded one. */
  async function loadModel(begun: Begun): Promise<void> {
    const { current, onProgress } = begun;
    const { linked, opened } = get();
    if (linked === null && opened === null) {
      const source = { kind: "url", base: around.modelBase, name: "stories" } as const;
      const model = await engine.load(source, onProgress);
      if (current()) await runModel(begun, model, null);
      return;
    }
    const { reopen } = await import("./open.ts");
    const found = await reopen(kit, onProgress);
    if (!current()) return;
    if (found) await runModel(begun, ...found);
    // It has to be fetched from somewhere: that is for the user to say.
    else set({ boot: "asking", openText: linked ?? opened?.id ?? "" });
  }

  /** Puts both sides on a model that the engine has loaded; what was measured of another is forgotten. */
  async function runModel(
    { current, onProgress }: Begun,
    model: ModelInfo,
    opened: OpenedModel | null,
  ): Promise<void> {
    set({ ...freshState, model, opened, linked: null, boot: "loading" });
    try {
      const copies = await around.kept(COPIES_KEY);
      if (copies !== null) await get().restoreCopies(copies);
      if (!current()) return;
      if (!showSetting(kit, get().setting)) get().turnTo(defaultSetting);
      const reference = await engine.apply(
        "reference",
        opened?.reference ?? usualReference(model),
        onProgress,
      );
      if (!current()) return;
      set({ reference });
      addRow(kit, reference);
      const applied = await engine.apply("candidate", get().setting, onProgress);
      if (!current()) return;
      set({ applied, boot: "ready", phase: "ready", fraction: 1, note: "" });
      addRow(kit, applied);
    } catch (error) {
      if (current()) set({ boot: "failed", bootSentence: sentenceOf(error) });
      return;
    }
    await followDial(kit, null);
  }

  function meet(problem: Problem): void {
    // While loading, the call that failed says what is wrong.
    if (get().boot !== "ready") return;
    if (problem.kind === "lost" && !problem.recovering) {
      // Back, or not: the call that waits for it decides, and this sentence says why.
      lossSentence = problem.sentence;
      return;
    }
    set({ problem });
    if (problem.recovering) void recover();
  }

  /** The engine brings back model and settings by itself; asking for the setting again waits for that. */
  async function recover(): Promise<void> {
    const wasWriting = get().activity === "writing";
    await jobs.run(async (signal) => {
      set({ activity: "applying" });
      try {
        const applied = await engine.apply("candidate", get().setting, () => {});
        if (signal.aborted) return;
        set({ applied, problem: { kind: "back", sentence: backSentence, recovering: false } });
      } catch (error) {
        const sentence = lossSentence === "" ? sentenceOf(error) : lossSentence;
        if (!signal.aborted) set({ problem: { kind: "lost", sentence, recovering: false } });
        return;
      } finally {
        set({ activity: "idle" });
      }
      if (wasWriting && !signal.aborted) await write(kit, signal, null);
    });
  }

  return {
    async open() {
      const lack = await around.findLack();
      if (!lack) {
        await load();
        return;
      }
      set({ boot: "unsupported", lack });
      const text = await around.readText("samples/stories.json").catch(() => null);
      if (text === null) return;
      const { readSample } = await import("./sample.ts");
      set({ sample: readSample(text) });
    },
    cancelLoading() {
      attempt++;
      engine.restart();
      set({ boot: "cancelled", bootSentence: "Loading was cancelled." });
    },
    async restart() {
      attempt++;
      engine.restart();
      await jobs.stop();
      set({ activity: "idle", applied: null, reference: null });
      await load();
    },
    async takeModel(model, opened) {
      const begun = begin();
      set({ phase: "pack", fraction: null, note: "", problem: null });
      await runModel(begun, model, opened);
    },
    async openEmbedded() {
      const { adapter, boot } = get();
      set({ opened: null, linked: null, choosing: false });
      // An engine that stands is not started twice.
      if (!adapter || boot === "failed" || boot === "cancelled") {
        engine.restart();
        await load();
        return;
      }
      await jobs.stop();
      const begun = begin();
      set({ boot: "loading", phase: "download", fraction: null, note: "", problem: null });
      try {
        await loadModel(begun);
      } catch (error) {
        if (begun.current()) set({ boot: "failed", bootSentence: sentenceOf(error) });
      }
    },
    dismissProblem() {
      set({ problem: null });
    },
  };
}

/** Both sides are packed, compiled and checked in turn: the phases shown only ever go forward. */
function stepTo(state: BootState, { phase, fraction, note }: Progress): Partial<BootState> {
  // The search for the best variants is part of compiling, as far as a reader is concerned.
  const known = phases.find((name) => name === phase) ?? "compile";
  if (known === "ready" || phases.indexOf(known) < phases.indexOf(state.phase)) return { note };
  return { phase: known, fraction, note };
}
