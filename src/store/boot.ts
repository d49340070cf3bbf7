import type { LoadPhase, Progress } from "../engine/protocol.ts";
import { usualReference } from "../lab/usual-reference.ts";
import { type Kit, sentenceOf } from "./kit.ts";
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

type BootVerbs = Pick<Verbs, "open" | "cancelLoading" | "restart" | "dismissProblem">;

export function bootVerbs(kit: Kit): BootVerbs {
  const { around, jobs, get, set } = kit;
  const { engine } = around;
  /** Counts attempts: a load that was cancelled or replaced must not speak any more. */
  let attempt = 0;
  let lossSentence = "";

  async function load(): Promise<void> {
    const mine = ++attempt;
    const current = () => mine === attempt;
    const onProgress = (progress: Progress) => {
      if (current()) set(stepTo(get(), progress));
    };
    set({ ...bootState, boot: "loading" });
    try {
      const adapter = await engine.start({}, (problem) => {
        if (current()) meet(problem);
      });
      if (!current()) return;
      set({ adapter });
      const source = { kind: "url", base: around.modelBase, name: "stories" } as const;
      const model = await engine.load(source, onProgress);
      if (!current()) return;
      set({ model });
      showSetting(kit, get().setting);
      const reference = await engine.apply("reference", usualReference(model), onProgress);
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
