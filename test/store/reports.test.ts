import { describe, expect, it, vi } from "vitest";
import { MAX_REPORT_BYTES } from "../../src/lab/report-bounds.ts";
import { buildReport, comparedTable } from "../../src/store/compared.ts";
import { labPoints } from "../../src/store/lab-points.ts";
import type { ReportFile } from "../../src/store/report-types.ts";
import { createBitdial } from "../../src/store/store.ts";
import { FakeEngine, surroundings } from "./fake-engine.ts";

async function opened(around = surroundings(new FakeEngine())) {
  const store = createBitdial(around);
  const state = () => store.getState();
  state().setAutoMeasure(false);
  state().setLive(false);
  await state().open();
  await state().openLab();
  const engine = around.engine as FakeEngine;
  return { around, engine, state, store };
}

/** A page that measured two settings, and its report. */
async function measured(around = surroundings(new FakeEngine())) {
  const page = await opened(around);
  page.state().chooseSweep("own");
  page.state().editSweepList("int8-g32, int2-g32");
  await page.state().runSweep();
  const { text } = await page.state().exportSweep("json");
  page.engine.calls.length = 0;
  return { ...page, text };
}

const fileOf = (text: string, name = "report.json"): ReportFile => ({
  name,
  size: new TextEncoder().encode(text).length,
  text: async () => text,
});

const sentences = (refused: readonly { sentence: string }[]) =>
  refused.map(({ sentence }) => sentence);

describe("importing a report", () => {
  it("shows what the page that wrote it showed", async () => {
    const { state, text } = await measured();
    await state().importReports([fileOf(text)]);
    const [imported] = state().imported;
    expect(state().refused).toEqual([]);
    expect(imported?.report.adapter).toMatchObject({ name: "Test adapter", software: true });
    expect(imported?.report.settings).toEqual(state().sweepEntries);
    expect(labPoints(imported?.report.settings ?? [])).toEqual(labPoints(state().sweepEntries));
    expect(state().sweepEntries).toHaveLength(3);
  });

  it("keeps the good ones of several files, and says of each bad one why in one sentence", async () => {
    const { state, text } = await measured();
    const huge = { name: "huge.json", size: MAX_REPORT_BYTES + 1, text: vi.fn() };
    const folder = { name: "folder", size: 0, text: () => Promise.reject(new Error("no")) };
    await state().importReports([
      fileOf(text.replace('"total": ', '"total": -'), "bad.json"),
      huge,
      folder,
      fileOf(text, "good.json"),
      fileOf(text, "again.json"),
      fileOf(text.replace('"version": 2', '"version": 9'), "newer.json"),
      fileOf("<html>", "page.json"),
    ]);
    expect(state().imported.map(({ name }) => name)).toEqual(["good.json"]);
    expect(state().refused.map(({ name }) => name)).toEqual([
      "bad.json",
      "huge.json",
      "folder",
      "again.json",
      "newer.json",
      "page.json",
    ]);
    expect(sentences(state().refused)).toEqual([
      expect.stringMatching(/^settings\.0\.bytes\.total: /),
      expect.stringContaining("8.0 MB, and at most 8.0 MB are read"),
      expect.stringContaining("could not be read"),
      expect.stringContaining("the same as good.json"),
      expect.stringContaining("version 9"),
      expect.stringContaining("not JSON"),
    ]);
    // By its size alone, before anything of it is read.
    expect(huge.text).not.toHaveBeenCalled();
  });

  it("tells reports of the same name apart, and takes no more than it can show", async () => {
    const { state, text } = await measured();
    const files = Array.from({ length: 21 }, (_, at) =>
      fileOf(text.replaceAll("Test adapter", `Adapter ${at}`), at === 0 ? "this sweep" : "a.json"),
    );
    await state().importReports(files);
    expect(
      state()
        .imported.slice(0, 3)
        .map(({ name }) => name),
    ).toEqual(["this sweep (2)", "a.json", "a.json (2)"]);
    expect(state().imported).toHaveLength(20);
    expect(sentences(state().refused)).toEqual([expect.stringContaining("remove one first")]);
  });

  it("survives a reload, unless it was removed or spoilt meanwhile", async () => {
    const { around, state, text } = await measured();
    await state().importReports([
      fileOf(text, "one.json"),
      fileOf(text.replaceAll("Test adapter", "Other"), "two.json"),
      fileOf(text.replaceAll("Test adapter", "Third"), "three.json"),
    ]);
    const [one, two, three] = state().imported;
    await state().removeReport(one?.id ?? "");
    await around.keep(`report/${three?.id}`, "{}");
    const again = await opened(
      surroundings(new FakeEngine(), { keep: around.keep, kept: around.kept }),
    );
    await again.state().restoreReports();
    expect(again.state().imported).toEqual([two]);
    expect(await around.kept(`report/${one?.id}`)).toBeNull();
    await state().removeReport(two?.id ?? "");
    await state().removeReport(three?.id ?? "");
    expect(await around.kept("reports")).toBeNull();
  });

  it("says so where the browser keeps nothing", async () => {
    const { state, text } = await measured(
      surroundings(new FakeEngine(), { keep: async () => {}, kept: async () => null }),
    );
    await state().importReports([fileOf(text)]);
    expect(state().imported).toHaveLength(1);
    expect(sentences(state().refused)).toEqual([expect.stringContaining("a reload forgets it")]);
  });
});

describe("comparing in the page", () => {
  it("puts each figure side by side and marks what is beyond noise", async () => {
    const { state, text } = await measured();
    const changed = JSON.parse(text);
    changed.adapter.name = "Fast GPU";
    changed.settings[1].speed.decodeMs = [1, 1, 1];
    changed.settings[2].bytes.total += 16;
    await state().importReports([fileOf(JSON.stringify(changed))]);
    const own = state().ownParts();
    if (!own) throw new Error("There is no own report.");
    const reports = [{ name: "this sweep", report: buildReport(own) }, ...state().imported];
    const speeds = comparedTable(reports, "decode").rows.map(({ cells }) => cells[1]?.change);
    expect(speeds).toEqual([
      { kind: "times", amount: 1, beyondNoise: false },
      { kind: "times", amount: 2, beyondNoise: true },
      { kind: "times", amount: 1, beyondNoise: false },
    ]);
    const sizes = comparedTable(reports, "size").rows.map(({ cells }) => cells[1]?.change?.amount);
    expect(sizes).toEqual([0, 0, 16]);
    const kl = comparedTable(reports, "kl");
    expect(kl.rows[0]?.cells).toEqual([null, null]);
    expect(kl.rows[1]?.cells[1]?.change).toMatchObject({ amount: 0, beyondNoise: false });
    expect(kl.warnings).toHaveLength(2);
  });
});

describe("verifying in the page", () => {
  /** The report as it came, or with its document changed. */
  async function imported(change: (document: Document) => void = () => {}) {
    const page = await measured();
    const document: Document = JSON.parse(page.text);
    change(document);
    await page.state().importReports([fileOf(JSON.stringify(document))]);
    return { ...page, id: page.state().imported[0]?.id ?? "" };
  }

  it("holds where the report was written, and gives the dial back", async () => {
    const { engine, state, id } = await imported();
    await state().verifyReport(id);
    expect(state().verification).toMatchObject({ status: "done", done: 3, count: 3, fault: null });
    const verdicts = state().verification?.verdicts ?? [];
    expect(verdicts.filter(({ verdict }) => verdict === "differs")).toEqual([]);
    expect(verdicts.filter(({ verdict }) => verdict === "same").length).toBeGreaterThan(20);
    expect(engine.calls.at(-1)).toBe("apply candidate int4-g32");
    expect(state()).toMatchObject({ activity: "idle", applied: { setting: "int4-g32" } });
    // What was measured to verify is no measurement of this page's own.
    expect(state().sweepEntries).toHaveLength(3);
  });

  it("finds one altered digit", async () => {
    const { state, id } = await imported(({ settings }) => {
      const quality = settings[2]?.quality;
      if (quality) quality.nll.candidate.value += 0.001;
    });
    await state().verifyReport(id);
    const differing = state().verification?.verdicts.filter(({ verdict }) => verdict === "differs");
    expect(differing?.length).toBeGreaterThan(0);
    expect(differing?.every(({ setting }) => setting === "int2-g32")).toBe(true);
  });

  it.each<[what: string, sentence: string, change: (document: Document) => void]>([
    [
      "another model",
      "SHA-256 111111111111…",
      (document) => {
        document.model.sha256 = "1".repeat(64);
      },
    ],
    [
      "another text",
      "another text: choose that text in the Lab, or verify the report on the command line with --text",
      ({ settings }) => {
        const quality = settings[1]?.quality;
        if (quality) quality.text.sha256 = "2".repeat(64);
      },
    ],
    [
      "no settings",
      "no settings to verify",
      (document) => {
        document.settings = [];
      },
    ],
  ])("says of %s that it cannot", async (_, sentence, change) => {
    const { engine, state, id } = await imported(change);
    await state().verifyReport(id);
    expect(state().verification).toMatchObject({ status: "failed", verdicts: [] });
    expect(state().verification?.fault).toContain(sentence);
    expect(engine.calls.filter((call) => call.startsWith("speed"))).toEqual([]);
  });

  it("is cancelled, keeps what it found, and gives the page its reference back", async () => {
    const { engine, state, store, id } = await imported((document) => {
      document.reference = "f16";
    });
    let asked: Promise<void> | undefined;
    const stop = store.subscribe(({ verification }) => {
      if ((verification?.done ?? 0) < 1) return;
      stop();
      asked = state().stopVerifying();
    });
    await state().verifyReport(id);
    await asked;
    expect(state().verification).toMatchObject({ status: "stopped", progress: null });
    expect(state().verification?.done).toBeLessThan(3);
    expect(engine.calls).toContain("apply reference f16");
    expect(engine.calls.filter((call) => call.startsWith("apply reference")).at(-1)).toBe(
      "apply reference f32",
    );
    expect(state().applied?.setting).toBe("int4-g32");
    state().dismissVerification();
    expect(state().verification).toBeNull();
  });

  it("ends when its report is removed, and tells of a failure", async () => {
    const { engine, state, store, id } = await imported();
    engine.refused.set("int8-g32", "The GPU device was lost.");
    await state().verifyReport(id);
    expect(state().verification).toMatchObject({
      status: "failed",
      fault: "The GPU device was lost.",
      done: 1,
    });
    engine.refused.clear();
    let asked: Promise<void> | undefined;
    const stop = store.subscribe(({ verification }) => {
      if (verification?.status !== "running" || verification.done < 1) return;
      stop();
      asked = state().removeReport(id);
    });
    await state().verifyReport(id);
    await asked;
    expect(state()).toMatchObject({ imported: [], verification: null, activity: "idle" });
  });
});

interface Document {
  reference: string;
  model: { sha256: string };
  settings: {
    quality: { text: { sha256: string }; nll: { candidate: { value: number } } } | null;
  }[];
}
