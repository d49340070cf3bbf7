import type { KeptCopy } from "./kernel-types.ts";
import { caseMs, shapeOf } from "./kernels-work.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import { besideState, COPIES_KEY } from "./late-state.ts";
import { emptyPane } from "./panes.ts";
import { findRoofs } from "./roofs.ts";
import { addRow } from "./rows.ts";

/** What was kept on an earlier visit; what cannot be read is left out. */
function readCopies(text: string): KeptCopy[] {
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found.filter(isCopy) : [];
  } catch {
    return [];
  }
}

function isCopy(value: unknown): value is KeptCopy {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map(Object.entries(value));
  const texts = ["label", "op", "variant", "code", "sha256", "adapter", "at", "shape"];
  return (
    texts.every((name) => typeof fields.get(name) === "string") &&
    typeof fields.get("ratio") === "number"
  );
}

export async function restoreCopies({ around, set }: Kit, text: string): Promise<void> {
  const copies = readCopies(text);
  set({ copies });
  await around.engine.setCopies(copies.map(plain));
}

/** Compiles, checks and times the draft beside its original. */
export async function judgeCopy(kit: Kit): Promise<void> {
  const { around, jobs, get, set } = kit;
  const { copyDraft, kernelShape } = get();
  if (!copyDraft) return;
  const { op, format, variant } = copyDraft.source;
  const shape = shapeOf(op, kernelShape);
  if (typeof shape === "string") {
    set({ kernelFault: shape });
    return;
  }
  await jobs.run(async (signal) => {
    const show = (fraction: number, note: string): void => {
      if (!signal.aborted) set({ kernelRun: { what: "judge", format, fraction, note } });
    };
    set({ activity: "kernels", kernelFault: null });
    try {
      show(0, "what this device does at best");
      await findRoofs(kit);
      const { code } = copyDraft;
      const timing = { roofs: get().roofs, caseMs: caseMs(kit) };
      const verdict = await around.engine.judgeKernel(
        { op, format, shape, variant, code, ...timing },
        ({ fraction, note }) => show(fraction ?? 0, note),
      );
      const now = get().copyDraft;
      if (!signal.aborted && now?.source.label === copyDraft.source.label) {
        set({ copyDraft: { ...now, verdict } });
      }
    } catch (error) {
      if (!signal.aborted) set({ kernelFault: sentenceOf(error) });
    } finally {
      set({ kernelRun: null, activity: "idle" });
    }
  });
}

export async function takeCopy(kit: Kit): Promise<void> {
  const { copyDraft, copies, adapter } = kit.get();
  const verdict = copyDraft?.verdict;
  // What was changed since has not passed anything.
  if (!verdict?.ok || verdict.copy.code !== copyDraft?.code) return;
  const { copy, rows } = verdict;
  const [original, changed] = rows;
  const kept: KeptCopy = {
    ...copy,
    adapter: adapter?.name ?? "",
    at: new Date().toISOString(),
    ratio: (changed?.ms ?? Number.NaN) / (original?.ms ?? Number.NaN),
    shape: original?.shape ?? "",
  };
  await change(kit, [...copies.filter(({ label }) => label !== copy.label), kept], copy.op);
}

export async function removeCopy(kit: Kit, label: string): Promise<void> {
  const { copies } = kit.get();
  const gone = copies.find((copy) => copy.label === label);
  if (gone)
    await change(
      kit,
      copies.filter((copy) => copy !== gone),
      gone.op,
    );
}

/** Other copies from now on: both sides are made anew, and figures of the kernels before say nothing about these. */
async function change(kit: Kit, copies: readonly KeptCopy[], op: string): Promise<void> {
  const { around, jobs, get, set } = kit;
  await jobs.run(async (signal) => {
    set({ activity: "applying", kernelFault: null });
    try {
      await around.keep(COPIES_KEY, copies.length > 0 ? JSON.stringify(copies) : null);
      set({ copies });
      await around.engine.setCopies(copies.map(plain));
      const { reference: before, setting } = get();
      if (before) {
        const reference = await around.engine.apply("reference", before.setting, () => {});
        set({ reference });
        addRow(kit, reference);
      }
      const applied = await around.engine.apply("candidate", setting, () => {});
      set({ applied });
      addRow(kit, applied);
      forgetFigures(kit, op);
    } catch (error) {
      if (!signal.aborted) set({ kernelFault: sentenceOf(error) });
    } finally {
      set({ activity: "idle" });
    }
  });
}

function plain({ label, op, variant, code, sha256 }: KeptCopy) {
  return { label, op, variant, code, sha256 };
}

function forgetFigures({ get, set }: Kit, op: string): void {
  const none = { quality: null, speed: null, profile: null, curves: null, firstTokenMs: null };
  set({
    rows: get().rows.map((row) => (op in row.variants ? { ...row, ...none } : row)),
    panes: { reference: emptyPane, candidate: emptyPane },
    comparisons: [],
    picked: null,
    trace: null,
    nextToken: null,
    ...besideState,
  });
}
