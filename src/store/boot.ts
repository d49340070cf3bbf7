import type { LoadPhase, Progress } from "../engine/protocol.ts";
import { referenceSetting } from "./defaults.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import { addRow } from "./rows.ts";
import { followDial, showSetting } from "./turn.ts";
import type { BootState, Problem, Verbs } from "./types.ts";

const phases: readonly LoadPhase[] = [
  "download",
  "read",
  "pack",
  "compile",
  "self-check",
  "ready",
];

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
};

type BootVerbs = Pick<Verbs, "open" | "cancelLoading" | "restart" | "dismissProblem">;

export function bootVerbs(kit: Kit): BootVerbs {
  const { around, jobs, get, set } = kit;
  const { engine } = around;
  /** Counts attempts: a load that was cancelled or replaced must not speak any more. */
  let attempt = 0;

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
      const reference = await engine.apply("reference", referenceSetting, onProgress);
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
    if (get().boot !== "ready") {
      // While loading, the call that failed says what is wrong; this only says why.
      if (!problem.recovering) set({ boot: "failed", bootSentence: problem.sentence });
      return;
    }
    set({ problem });
    if (problem.recovering) void recover();
  }

  /** The engine brings back model and settings by itself; asking for the setting again waits for that. */
  async function recover(): Promise<void> {
    await jobs.run(async (signal) => {
      set({ activity: "applying" });
      try {
        const applied = await engine.apply("candidate", get().setting, () => {});
        if (!signal.aborted) set({ applied, problem: null });
      } catch (error) {
        if (!signal.aborted) {
          set({ problem: { kind: "lost", sentence: sentenceOf(error), recovering: false } });
        }
      } finally {
        set({ activity: "idle" });
      }
    });
  }

  return {
    async open() {
      const lack = await around.findLack();
      if (lack) set({ boot: "unsupported", lack });
      else await load();
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
