import type { Report, ReportEntry } from "../lab/report.ts";
import type { SweepRequest } from "../lab/sweep.ts";
import { usualReference } from "../lab/usual-reference.ts";
import {
  type BitRange,
  formatFamilies,
  PRESET_NAMES,
  presetSettings,
  rangeSettings,
} from "../quant/presets.ts";
import { formatSetting, parseSetting } from "../quant/setting.ts";
import { narrowWithin, qualityStride, qualityWindow } from "./defaults.ts";
import { reportFile } from "./download.ts";
import { type Kit, reportParts, sentenceOf } from "./kit.ts";
import { type KeptTasks, keptTasks, restoredTasks, taskRequest } from "./lab-tasks.ts";
import { limitsOf } from "./limits.ts";
import { stopRules } from "./measure.ts";
import { keptText, qualitySource } from "./own-text.ts";
import { findRoofs } from "./roofs.ts";
import { applyDial } from "./turn.ts";
import type { State, SweepChoice, SweepLength, Verbs } from "./types.ts";

export const sweepChoices: readonly SweepChoice[] = [...PRESET_NAMES, "range", "own"];

/** Families of formats that the choice "range" takes from. */
export const sweepFamilies = formatFamilies();

const KEPT_KEY = "sweep";
const PROMPT_TOKENS = 128;
const TOKENS = 32;

/** What a reload brings back. */
interface Kept {
  readonly choice: SweepChoice;
  readonly list: string;
  readonly range: BitRange;
  readonly tokens: SweepLength;
  readonly report: Report;
  /** Absent where an earlier version kept it. */
  readonly asked?: KeptTasks;
}

type LabVerbs = Pick<
  Verbs,
  | "chooseSweep"
  | "editSweepList"
  | "setSweepRange"
  | "setSweepTokens"
  | "runSweep"
  | "pauseSweep"
  | "clearSweep"
  | "restoreSweep"
  | "exportSweep"
>;

export function labVerbs(kit: Kit): LabVerbs {
  const { around, jobs, get, set } = kit;

  async function work(settings: readonly string[], signal: AbortSignal): Promise<void> {
    const begun = around.now();
    await findRoofs(kit);
    if (signal.aborted) return;
    const request = await requestOf(kit, settings);
    if (signal.aborted) return;
    const { sweep } = await import("../lab/sweep.ts");
    if (signal.aborted) return;
    await sweep(around.engine, request, {
      signal,
      onProgress(progress) {
        const { fraction } = progress;
        const spent = around.now() - begun;
        const leftMs = fraction > 0 ? (spent * (1 - fraction)) / fraction : null;
        if (!signal.aborted) set({ sweepProgress: { ...progress, leftMs } });
      },
      onState(state) {
        // The playground must know that the engine holds another setting than its dials.
        if (state.side === "candidate") set({ applied: state });
      },
      async onEntry(entry) {
        set({ sweepEntries: await figured(get(), [...get().sweepEntries, entry]) });
        await keep(kit);
      },
    });
  }

  return {
    chooseSweep(sweepChoice) {
      set({ sweepChoice, sweepFault: null });
    },
    editSweepList(sweepList) {
      set({ sweepList, sweepFault: null });
    },
    setSweepRange(part) {
      set({ sweepRange: { ...get().sweepRange, ...part }, sweepFault: null });
    },
    setSweepTokens(sweepTokens) {
      set({ sweepTokens });
    },
    async runSweep() {
      const left = leftOf(get());
      if (typeof left === "string") {
        set({ sweepFault: left });
        return;
      }
      await jobs.run(async (signal) => {
        set({ sweepStatus: "running", sweepFault: null, activity: "sweep" });
        try {
          await work(left, signal);
          set({ sweepStatus: signal.aborted ? "paused" : "done" });
        } catch (error) {
          // The setting in work is lost, and measured again on "Go on".
          set({
            sweepStatus: "paused",
            ...(signal.aborted ? {} : { sweepFault: sentenceOf(error) }),
          });
        } finally {
          set({ sweepProgress: null, activity: "idle" });
        }
        if (!signal.aborted) await applyDial(kit, signal);
      });
    },
    async pauseSweep() {
      await jobs.run(async (signal) => void (await applyDial(kit, signal)));
    },
    async clearSweep() {
      set({ sweepEntries: [], sweepStatus: "idle", sweepFault: null });
      await around.keep(KEPT_KEY, null);
    },
    async restoreSweep() {
      const { sweepEntries, model, adapter, sweepStatus } = get();
      if (sweepEntries.length > 0 || sweepStatus === "running" || !model || !adapter) return;
      const kept = await readKept(around);
      // Another model or device: its figures would stand beside ones that cannot be compared.
      if (
        !kept ||
        kept.report.model.sha256 !== model.sha256 ||
        kept.report.adapter.name !== adapter.name
      )
        return;
      set({
        sweepChoice: kept.choice,
        sweepList: kept.list,
        sweepRange: kept.range,
        sweepTokens: kept.tokens,
        sweepEntries: kept.report.settings,
        ownText: await keptText(around, protocolOf(kept.report.settings)?.text.sha256),
        ...restoredTasks(kept.asked),
        roofs: get().roofs ?? kept.report.roofs,
      });
      const left = leftOf(get());
      set({ sweepStatus: typeof left !== "string" && left.length > 0 ? "paused" : "done" });
    },
    async exportSweep(kind) {
      return await reportFile("sweep", kind, await sweepReport(kit));
    },
  };
}

type Chosen = Pick<
  State,
  "sweepChoice" | "sweepList" | "sweepRange" | "sweepEntries" | "model" | "reference"
>;

/** Canonical settings of the choice that are not measured yet, the reference first; a sentence when one cannot be read. */
function leftOf(state: Chosen): string | string[] {
  const { sweepChoice, sweepEntries, model, reference } = state;
  const texts = textsOf(state);
  if (texts.length === 0) {
    return sweepChoice === "range"
      ? "No format has a width in this range; widen it or choose another family."
      : "Name at least one setting, commas or lines between them.";
  }
  try {
    const limits = limitsOf(model);
    const settings = texts.map((text) => formatSetting(parseSetting(text, limits)));
    const measured = new Set(sweepEntries.map(({ setting }) => setting));
    return [...new Set([reference?.setting ?? usualReference(model), ...settings])].filter(
      (setting) => !measured.has(setting),
    );
  } catch (error) {
    return sentenceOf(error);
  }
}

function textsOf({ sweepChoice, sweepList, sweepRange }: Chosen): readonly string[] {
  if (sweepChoice === "range") return rangeSettings(sweepRange);
  if (sweepChoice !== "own") return presetSettings(sweepChoice);
  return sweepList
    .split(/[,\n]/)
    .map((text) => text.trim())
    .filter((text) => text !== "");
}

async function requestOf(kit: Kit, settings: readonly string[]): Promise<SweepRequest> {
  const { around, get } = kit;
  const { model, adapter, reference, sweepTokens, sweepEntries } = get();
  const source = await qualitySource(kit);
  const asked = await taskRequest(kit);
  const { askedOf, createTasks } = await import("../lab/task-run.ts");
  const measured = sweepEntries.filter(({ role }) => role === "candidate");
  if (measured.some(({ quality }) => quality && quality.text.sha256 !== source.sha256)) {
    throw new Error("The rows were measured on another text; clear the results first.");
  }
  if (measured.some(({ tasks }) => askedOf(tasks) !== askedOf(asked))) {
    throw new Error("The rows were asked other tasks; clear the results first.");
  }
  const room = model?.contextLength ?? qualityWindow;
  return {
    settings,
    reference: reference?.setting ?? usualReference(model),
    quality: {
      ...source,
      window: Math.min(qualityWindow, room),
      stride: Math.min(qualityStride, room),
      ...(sweepTokens === "narrow" ? { within: narrowWithin } : {}),
      ...(typeof sweepTokens === "number" ? { maxTokens: sweepTokens } : {}),
    },
    tasks: asked && createTasks(around.engine, asked),
    speed: {
      promptTokens: Math.min(PROMPT_TOKENS, Math.floor(room / 2)),
      tokens: Math.min(TOKENS, Math.floor(room / 4)),
      rule: stopRules[adapter?.software ? "software" : "gpu"],
    },
  };
}

async function sweepReport(kit: Kit): Promise<Report> {
  const { buildReport } = await import("../lab/build-report.ts");
  return buildReport(reportParts(kit, kit.get().sweepEntries));
}

/** With what follows from the entries together, as a report of them has it. */
async function figured(
  { roofs, model, reference }: State,
  settings: readonly ReportEntry[],
): Promise<readonly ReportEntry[]> {
  if (!model || !reference) return settings;
  const { withFigures } = await import("../lab/build-report.ts");
  return withFigures({ roofs, model, reference: reference.setting, settings });
}

async function keep(kit: Kit): Promise<void> {
  const {
    sweepChoice: choice,
    sweepList: list,
    sweepRange: range,
    sweepTokens: tokens,
  } = kit.get();
  const kept: Kept = {
    choice,
    list,
    range,
    tokens,
    report: await sweepReport(kit),
    asked: keptTasks(kit),
  };
  await kit.around.keep(KEPT_KEY, JSON.stringify(kept));
}

/** What was kept, or null when nothing was or it does not read: kept data is trusted no more than a stranger's. */
async function readKept(around: Kit["around"]): Promise<Kept | null> {
  const text = await around.kept(KEPT_KEY);
  if (text === null) return null;
  try {
    const { choice, list, range, tokens, report, asked } = JSON.parse(text) as Kept;
    const { readReport } = await import("../lab/report.ts");
    const read = readReport(JSON.stringify(report));
    const fine =
      sweepChoices.includes(choice) &&
      typeof list === "string" &&
      isRange(range) &&
      (tokens === null || tokens === "narrow" || tokens > 0);
    if (!read.ok || !fine) return null;
    return { choice, list, range, tokens, report: read.report, ...(asked ? { asked } : {}) };
  } catch {
    return null;
  }
}

function isRange(range: BitRange | undefined): range is BitRange {
  return (
    range !== undefined &&
    Array.isArray(range.families) &&
    Number.isInteger(range.least) &&
    Number.isInteger(range.most)
  );
}

/** How many settings are left to measure; null while the list cannot be read. */
export function sweepLeft(state: Parameters<typeof leftOf>[0]): number | null {
  const left = leftOf(state);
  return typeof left === "string" ? null : left.length;
}

/** Entries of a sweep as rows whose protocol is the same; used to say what they were measured on. */
export function protocolOf(entries: readonly ReportEntry[]): ReportEntry["quality"] {
  return entries.find(({ quality }) => quality !== null)?.quality ?? null;
}
