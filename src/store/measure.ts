import { measuredQuality, measureQuality } from "../lab/measure-quality.ts";
import type { Quality } from "../lab/quality.ts";
import { summariseSpeed } from "../lab/speed.ts";
import { measureUntilSteady, type StopRule, stopWords } from "../lab/steady.ts";
import { qualityStride, qualityWindow, quickTokens } from "./defaults.ts";
import { type Kit, rowOf, sentenceOf, updateRow } from "./kit.ts";
import { qualitySource } from "./own-text.ts";
import { addRow } from "./rows.ts";
import type { MeasureState, QualityResult, Side, SpeedResult, Verbs } from "./types.ts";

export { intervalRule } from "../lab/units.ts";

export const measureState: MeasureState = {
  autoMeasure: true,
  measureNote: "",
  measureFraction: null,
  measureFault: null,
  counters: null,
  variantChoices: {},
  roofs: null,
};

/** Enough for a spread; a software adapter, whose speed says little, takes long over each. */
export const stopRules = {
  gpu: { leastRepeats: 7, mostRepeats: 28, mostMs: 10_000 },
  software: { leastRepeats: 3, mostRepeats: 9, mostMs: 4000 },
} as const satisfies Record<string, StopRule>;
const SPEED_TOKENS = { gpu: 64, software: 24 } as const;

/** Measures what is not known yet of the candidate's setting: quality first, it is what a dial is about. */
export async function measureMissing(kit: Kit, signal: AbortSignal): Promise<void> {
  const { get } = kit;
  const software = get().adapter?.software ?? true;
  await guarded(kit, signal, async () => {
    const setting = get().applied?.setting ?? "";
    const quality = rowOf(get(), setting)?.quality;
    if (setting !== get().reference?.setting && !isFinished(quality)) {
      // A processor posing as a GPU would be busy for minutes with the whole text.
      await qualityOf(kit, signal, software ? quickTokens : null);
    }
    if (!signal.aborted) await measureSpeed(kit, signal, false);
  });
}

async function measureSpeed(kit: Kit, signal: AbortSignal, again: boolean): Promise<void> {
  for (const side of ["reference", "candidate"] as const) {
    const setting = kit.get()[side === "candidate" ? "applied" : "reference"]?.setting ?? "";
    const known = rowOf(kit.get(), setting)?.speed;
    if (known && !(again && side === "candidate")) continue;
    const speed = await speedOf(kit, side, signal);
    if (signal.aborted || !speed) return;
    updateRow(kit, setting, { speed });
  }
}

async function speedOf(
  { around, get, set }: Kit,
  side: Side,
  signal: AbortSignal,
): Promise<SpeedResult | null> {
  const { model, adapter } = get();
  const room = model?.contextLength ?? 256;
  const kind = adapter?.software ? "software" : "gpu";
  const note = side === "reference" ? "Speed of the reference" : "Speed of the candidate";
  set({ activity: "speed", measureNote: note, measureFraction: 0 });
  const steady = await measureUntilSteady(
    around.engine,
    {
      side,
      promptTokens: Math.min(128, Math.floor(room / 2)),
      tokens: Math.min(SPEED_TOKENS[kind], Math.floor(room / 4)),
    },
    stopRules[kind],
    ({ fraction }) => set({ measureFraction: fraction }),
    signal,
  );
  if (!steady) return null;
  const { sample, stopped, rule } = steady;
  const { prefillMs, decodeMs } = sample;
  return {
    summary: summariseSpeed(sample),
    samples: { prefillMs, decodeMs },
    stopped: { stopped, rule },
    words: stopWords(steady),
  };
}

async function qualityOf(kit: Kit, signal: AbortSignal, maxTokens: number | null): Promise<void> {
  const { around, get, set } = kit;
  const setting = get().applied?.setting ?? "";
  const room = get().model?.contextLength ?? qualityWindow;
  set({ activity: "quality", measureNote: "Quality" });
  const { name, text, sha256 } = await qualitySource(kit);
  if (signal.aborted) return;
  const request = {
    text,
    name,
    sha256,
    window: Math.min(qualityWindow, room),
    stride: Math.min(qualityStride, room),
    ...(maxTokens === null ? {} : { maxTokens }),
  };
  const known = rowOf(get(), setting)?.quality?.summary.tokens ?? 0;
  let waiting = false;
  let over = false;
  // The intervals cost some milliseconds: they are drawn at most once a frame. A figure from more
  // tokens stays until this run has as many.
  const refine = (quality: Quality, total: number) => {
    waiting = false;
    if (over) return;
    const summary = quality.summary();
    const { tokens } = summary;
    set({ measureNote: progressNote(tokens, total), measureFraction: tokens / total });
    if (tokens >= known) {
      updateRow(kit, setting, { quality: measuredQuality(request, summary, { total }) });
    }
  };
  const measured = await measureQuality(around.engine, request, (quality, _done, total) => {
    if (waiting) return;
    waiting = true;
    around.nextFrame(() => refine(quality, total));
  });
  over = true;
  if (measured && measured.summary.tokens >= known) {
    updateRow(kit, setting, { quality: measured });
  }
}

/** Whether a measurement went as far as it was asked to. */
export function isFinished(quality: QualityResult | null | undefined): boolean {
  return quality?.ended != null && quality.ended !== "cancelled";
}

function progressNote(done: number, total: number): string {
  const [a, b] = [done, total].map((count) => count.toLocaleString("en-US"));
  return `Quality, ${a} of ${b} tokens`;
}

/** Runs a measurement and leaves the page idle, with a sentence when it failed. */
async function guarded(kit: Kit, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  kit.set({ measureFault: null });
  try {
    await work();
  } catch (error) {
    if (!signal.aborted) kit.set({ measureFault: sentenceOf(error) });
  } finally {
    kit.set({ activity: "idle", measureNote: "", measureFraction: null });
  }
}

type MeasureVerbs = Pick<
  Verbs,
  "setAutoMeasure" | "measure" | "profile" | "readCounters" | "chooseVariant"
>;

export function measureVerbs(kit: Kit): MeasureVerbs {
  const { around, jobs, get, set } = kit;
  const ready = () => get().applied !== null;

  return {
    setAutoMeasure(autoMeasure) {
      set({ autoMeasure });
    },
    async measure(depth) {
      if (!ready()) return;
      await jobs.run((signal) =>
        guarded(kit, signal, async () => {
          await qualityOf(kit, signal, depth === "quick" ? quickTokens : null);
          if (!signal.aborted) await measureSpeed(kit, signal, depth === "quick");
        }),
      );
    },
    async profile() {
      const setting = get().applied?.setting;
      if (!setting) return;
      await jobs.run((signal) =>
        guarded(kit, signal, async () => {
          set({ activity: "kernels", measureNote: "Time per kernel" });
          const profile = await around.engine.profile("candidate");
          updateRow(kit, setting, { profile });
          set({ variantChoices: await around.engine.variants() });
        }),
      );
    },
    async readCounters() {
      // A device that is just being lost has none; the figures shown before stay.
      const counters = await around.engine.counters().catch(() => get().counters);
      set({ counters });
    },
    async chooseVariant(op, variant) {
      const setting = get().applied?.setting;
      if (!setting) return;
      await jobs.run((signal) =>
        guarded(kit, signal, async () => {
          set({ activity: "applying" });
          await around.engine.setVariant(op, variant);
          const applied = await around.engine.apply("candidate", setting, () => {});
          if (signal.aborted) return;
          set({ applied });
          addRow(kit, applied);
          // Figures of the variant before say nothing about this one.
          updateRow(kit, setting, { speed: null, profile: null, curves: null });
          await measureSpeed(kit, signal, true);
        }),
      );
    },
  };
}
