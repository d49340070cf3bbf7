import { type Kit, rowOf, sentenceOf, updateRow } from "./kit.ts";
import { qualitySource } from "./own-text.ts";
import type { ChartKind, Verbs } from "./types.ts";

/** Tokens of the text that is traced: a page of it. */
const TRACE_TOKENS = 192;
/** Visits of every point of a curve. */
const CURVE_ROUNDS = { gpu: 7, software: 2 } as const;
/** Multiplications of the CPU's pass over the text for layer errors: some seconds. */
const ERROR_WORK = 4e8;
const MOST_ERROR_TOKENS = 64;

type ChartVerbs = Pick<
  Verbs,
  "drawCurves" | "measureRoofs" | "traceText" | "showNextToken" | "drawLayerErrors"
>;

export function chartVerbs(kit: Kit): ChartVerbs {
  const { around, jobs, get, set } = kit;

  /** One chart's measurement at a time, with its progress and what went wrong. */
  async function draw(
    chartKind: ChartKind,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    if (!get().applied) return;
    await jobs.run(async (signal) => {
      set({ chartKind, chartFraction: null, chartFault: null, activity: "chart" });
      try {
        await work(signal);
      } catch (error) {
        if (!signal.aborted) set({ chartFault: { kind: chartKind, sentence: sentenceOf(error) } });
      } finally {
        set({ chartKind: null, chartFraction: null, activity: "idle" });
      }
    });
  }
  const progress = ({ fraction }: { readonly fraction: number | null }): void =>
    set({ chartFraction: fraction });
  const settings = () => ({
    reference: get().reference?.setting ?? "",
    setting: get().applied?.setting ?? "",
  });

  return {
    async drawCurves() {
      await draw("curves", async (signal) => {
        const { model, adapter } = get();
        const { reference, setting } = settings();
        const { measureCurves } = await import("../lab/curves.ts");
        const measured = await measureCurves(
          around.engine,
          ["reference", "candidate"],
          model?.contextLength ?? 0,
          CURVE_ROUNDS[adapter?.software ? "software" : "gpu"],
          progress,
          signal,
        );
        for (const [side, curves] of measured ?? []) {
          const name = side === "reference" ? reference : setting;
          if (rowOf(get(), name)) updateRow(kit, name, { curves });
        }
      });
    },
    async measureRoofs() {
      await draw("roofs", async (signal) => {
        const { setting } = settings();
        const roofs = await around.engine.roofs();
        if (signal.aborted) return;
        set({ roofs });
        const profile = await around.engine.profile("candidate");
        updateRow(kit, setting, { profile });
      });
    },
    async traceText() {
      await draw("trace", async (signal) => {
        const { text, name } = await qualitySource(kit);
        const names = settings();
        const result = await around.engine.trace({ text, maxTokens: TRACE_TOKENS }, progress);
        if (!signal.aborted) set({ trace: { ...names, text: name, result } });
      });
    },
    async showNextToken(position) {
      await draw("nextToken", async (signal) => {
        const { text } = await qualitySource(kit);
        const names = settings();
        const result = await around.engine.distribution({ text, position });
        if (!signal.aborted) set({ nextToken: { ...names, result } });
      });
    },
    async drawLayerErrors() {
      await draw("layerErrors", async (signal) => {
        const { text, name } = await qualitySource(kit);
        const tokens = Math.floor(ERROR_WORK / (get().model?.parameters ?? ERROR_WORK));
        const maxTokens = Math.min(MOST_ERROR_TOKENS, Math.max(4, tokens));
        const result = await around.engine.layerErrors({ text, maxTokens }, progress);
        if (!signal.aborted) set({ layerErrors: { ...result, text: name } });
      });
    },
  };
}
