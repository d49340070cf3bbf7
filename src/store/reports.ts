import type { ReadReport } from "../lab/report.ts";
import { MAX_REPORT_BYTES, sizeProblem } from "../lab/report-bounds.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import type { ImportedReport, RefusedFile, ReportFile, ReportVerbs } from "./report-types.ts";

/** What the page says of files before any is opened. */
export const reportLimits = { bytes: MAX_REPORT_BYTES, reports: 20 } as const;

/** This device's own column: no file may be called so. */
export const ownName = "this sweep";

const INDEX_KEY = "reports";
const keyOf = (id: string): string => `report/${id}`;
const MOST_FIELDS = 20;
const MOST_NAME = 80;

type ImportVerbs = Omit<
  ReportVerbs,
  "ownParts" | "verifyReport" | "stopVerifying" | "dismissVerification"
>;

export function reportVerbs(kit: Kit): ImportVerbs {
  const { around, get, set } = kit;

  function add(report: ImportedReport): void {
    set({ imported: [...get().imported, report] });
  }

  function refuse(refused: readonly RefusedFile[]): void {
    set({ refused: [...get().refused, ...refused] });
  }

  async function take(file: ReportFile): Promise<RefusedFile | null> {
    const name = file.name.slice(0, MOST_NAME);
    const no = (sentence: string, fields: readonly string[] = []): RefusedFile => ({
      name,
      sentence,
      fields,
    });
    const large = sizeProblem(file.size);
    if (large) return no(large);
    if (get().imported.length >= reportLimits.reports) {
      return no(`${reportLimits.reports} reports are here already; remove one first.`);
    }
    let text: string;
    try {
      text = await file.text();
    } catch {
      return no("It could not be read: it is a folder, or the browser was not allowed to.");
    }
    const found = await read(text);
    if (!found.read.ok) {
      const { problems } = found.read;
      return no(found.sentence, problems.length > 1 ? problems.slice(0, MOST_FIELDS) : []);
    }
    const { report } = found.read;
    const content = JSON.stringify(report);
    const id = await sha256Hex(content);
    const same = get().imported.find((other) => other.id === id);
    if (same) return no(`It says the same as ${same.name}, which is here already.`);
    add({ id, name: uniqueName(name, get().imported), report });
    await around.keep(keyOf(id), content);
    await keepIndex(kit);
    return (await around.kept(keyOf(id))) === null
      ? no("It is shown, but this browser keeps nothing: a reload forgets it.")
      : null;
  }

  return {
    async importReports(files) {
      set({ refused: [] });
      for (const file of files) {
        const refused = await take(file);
        if (refused) refuse([refused]);
      }
    },
    async removeReport(id) {
      if (get().verification?.id === id) await get().stopVerifying();
      const { imported, verification } = get();
      set({
        imported: imported.filter((report) => report.id !== id),
        verification: verification?.id === id ? null : verification,
      });
      await around.keep(keyOf(id), null);
      await keepIndex(kit);
    },
    dismissRefused() {
      set({ refused: [] });
    },
    async restoreReports() {
      if (get().imported.length > 0) return;
      const restored = await restore(around);
      // Files that were opened meanwhile stay as they are.
      if (get().imported.length === 0) set({ imported: restored });
    },
  };
}

/** The schema is only fetched by whoever opens a report. */
async function read(text: string): Promise<{ read: ReadReport; sentence: string }> {
  try {
    const { readReport, refusalOf } = await import("../lab/report.ts");
    const found = readReport(text);
    return { read: found, sentence: found.ok ? "" : refusalOf(found.problems) };
  } catch (error) {
    const sentence = `It could not be checked: ${sentenceOf(error)}`;
    return { read: { ok: false, problems: [sentence] }, sentence };
  }
}

/** Two devices' reports are often named alike. */
function uniqueName(name: string, others: readonly ImportedReport[]): string {
  const taken = new Set([ownName, ...others.map((other) => other.name)]);
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name} (${count})`;
  return free;
}

async function keepIndex({ around, get }: Kit): Promise<void> {
  const index = get().imported.map(({ id, name }) => ({ id, name }));
  await around.keep(INDEX_KEY, index.length > 0 ? JSON.stringify(index) : null);
}

/** What was kept is trusted no more than a file: what does not read any more is left out. */
async function restore(around: Kit["around"]): Promise<ImportedReport[]> {
  const restored: ImportedReport[] = [];
  for (const { id, name } of indexOf(await around.kept(INDEX_KEY))) {
    const content = await around.kept(keyOf(id));
    if (content === null || restored.length >= reportLimits.reports) continue;
    const found = await read(content);
    if (found.read.ok) {
      restored.push({ id, name: uniqueName(name, restored), report: found.read.report });
    }
  }
  return restored;
}

function indexOf(text: string | null): { id: string; name: string }[] {
  if (text === null) return [];
  try {
    const index: unknown = JSON.parse(text);
    if (!Array.isArray(index)) return [];
    return index.flatMap((item: unknown) => {
      const { id, name } = Object(item) as { id?: unknown; name?: unknown };
      return typeof id === "string" && typeof name === "string" ? [{ id, name }] : [];
    });
  } catch {
    return [];
  }
}
