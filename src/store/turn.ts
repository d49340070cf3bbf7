import { formatName, formatSetting, parseSetting, SettingError } from "../quant/setting.ts";
import { defaultSetting, presets } from "./defaults.ts";
import { brushesOf, cellsOf, dialsOf, firstHabit, habitOf } from "./dials.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import { limitsOf } from "./limits.ts";
import { measureMissing } from "./measure.ts";
import { addRow } from "./rows.ts";
import type { DialState, SettingFault, SizeReport, Verbs } from "./types.ts";
import { write } from "./write.ts";

/** Dials are often turned over several positions at once: only the last is packed. */
const SETTLE_MS = 40;

export const dialState: DialState = {
  draft: defaultSetting,
  fault: null,
  setting: defaultSetting,
  dials: [],
  cells: [],
  brushes: [],
  brush: "int8-g32",
  budget: 4,
  budgetFault: null,
  habit: firstHabit,
  reference: null,
  applied: null,
  estimates: {},
};

/** Sets the dials to a setting; false, with the fault on show, when it cannot be read. */
export function showSetting(kit: Kit, text: string): boolean {
  const { get, set } = kit;
  const { model, habit: before } = get();
  try {
    const setting = parseSetting(text, limitsOf(model));
    const canonical = formatSetting(setting);
    const habit = habitOf(setting, before);
    set({
      setting: canonical,
      fault: null,
      habit,
      dials: dialsOf(setting, habit, model?.blocks),
      cells: model ? cellsOf(setting, model.layers) : [],
      brushes: brushesOf(setting, model?.blocks),
    });
    void estimate(kit);
    return true;
  } catch (error) {
    set({ fault: faultOf(error) });
    return false;
  }
}

/** The engine follows the dials: applies, writes when live, and measures what is not known yet. */
export async function followDial(kit: Kit, turnedAt: number | null): Promise<void> {
  const { around, jobs, get } = kit;
  await jobs.run(async (signal) => {
    if (turnedAt !== null) await around.wait(SETTLE_MS);
    if (signal.aborted || !(await applyDial(kit, signal)) || signal.aborted) return;
    const { live, place } = get();
    if (live && place !== "chat") await write(kit, signal, turnedAt);
    if (get().autoMeasure && !signal.aborted) await measureMissing(kit, signal);
  });
}

/** True when the candidate now has the setting of the dials. */
export async function applyDial(
  { around, get, set, jobs }: Kit,
  signal: AbortSignal,
): Promise<boolean> {
  const { setting, applied } = get();
  if (applied?.setting === setting) return true;
  set({ activity: "applying" });
  try {
    const state = await around.engine.apply("candidate", setting, () => {});
    // Even when a newer wish waits: this is what the engine now has.
    set({ applied: state });
    addRow({ around, get, set, jobs }, state);
    if (get().problem?.kind === "setting") set({ problem: null });
    return true;
  } catch (error) {
    if (!signal.aborted) {
      set({ problem: { kind: "setting", sentence: sentenceOf(error), recovering: false } });
    }
    return false;
  } finally {
    set({ activity: "idle" });
  }
}

/** What every position of every dial would take, from the engine. */
async function estimate({ around, get, set }: Kit): Promise<void> {
  const { model, dials, setting, estimates } = get();
  if (!model) return;
  const wanted = new Set([setting, ...presets.map((preset) => preset.setting)]);
  for (const { options } of dials) {
    for (const option of options) if (option.setting !== null) wanted.add(option.setting);
  }
  const missing = [...wanted].filter((text) => !(text in estimates));
  if (missing.length === 0) return;
  const sizes = await Promise.all(
    missing.map(async (text): Promise<readonly [string, SizeReport] | null> => {
      // A size that cannot be had leaves its figure empty; applying says what is wrong.
      const size = await around.engine.estimate(text).catch(() => null);
      return size ? [text, size] : null;
    }),
  );
  const found = Object.fromEntries(sizes.filter((size) => size !== null));
  set({ estimates: { ...get().estimates, ...found } });
}

function faultOf(error: unknown): SettingFault {
  if (!(error instanceof SettingError)) throw error;
  const { message, index, length, expected } = error;
  return { sentence: message, index, length, expected };
}

type DialVerbs = Pick<
  Verbs,
  | "editSetting"
  | "settleDraft"
  | "turnTo"
  | "setBrush"
  | "paint"
  | "clearLayers"
  | "setBudget"
  | "fillBudget"
>;

export function dialVerbs(kit: Kit): DialVerbs {
  const { around, get, set, jobs } = kit;

  function turn(text: string): void {
    const before = get().setting;
    const turnedAt = around.now();
    if (!showSetting(kit, text)) return;
    const { setting, boot, applied } = get();
    if (boot !== "ready") return;
    if (setting !== before || applied?.setting !== setting) void followDial(kit, turnedAt);
  }

  /** Verbs are handed around one by one: none may rely on `this`. */
  function turnTo(text: string): void {
    turn(text);
    const { fault, setting } = get();
    set({ draft: fault ? text : setting });
  }

  return {
    turnTo,
    editSetting(text) {
      set({ draft: text });
      turn(text);
    },
    settleDraft() {
      const { fault, setting } = get();
      if (!fault) set({ draft: setting });
    },
    setBrush(brush) {
      set({ brush });
    },
    paint(layers, matrices) {
      const { setting: text, cells, brush } = get();
      const setting = parseSetting(text);
      const chosen = cells.filter(
        ({ layer, matrix }) => layers.includes(layer) && matrices.includes(matrix),
      );
      // A second stroke with the same brush takes the first one back.
      const back = chosen.every(({ format }) => format === brush);
      const format = back ? setting.base : parseSetting(brush).base;
      const strokes = chosen.map(({ layer, matrix }) => ({
        first: layer,
        last: layer,
        matrix,
        format,
      }));
      const painted = { ...setting, overrides: [...setting.overrides, ...strokes] };
      if (brush === formatName(setting.base) && chosen.every((cell) => !cell.overridden)) return;
      turnTo(formatSetting(painted));
    },
    setBudget(budget) {
      set({ budget, budgetFault: null });
    },
    async fillBudget() {
      let filled: string | null = null;
      await jobs.run(async (signal) => {
        const { setting, budget } = get();
        set({ activity: "applying", budgetFault: null });
        try {
          filled = (await around.engine.budget(setting, budget, () => {})).setting;
        } catch (error) {
          if (!signal.aborted) set({ budgetFault: sentenceOf(error) });
        } finally {
          set({ activity: "idle" });
        }
        if (signal.aborted) filled = null;
      });
      if (filled !== null) turnTo(filled);
    },
    clearLayers() {
      turnTo(formatSetting({ ...parseSetting(get().setting), overrides: [] }));
    },
  };
}
