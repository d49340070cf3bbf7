import { describe, expect, it } from "vitest";
import { compareReports } from "../../src/lab/compare.ts";
import { reportToCsv } from "../../src/lab/csv.ts";
import { reportToHtml } from "../../src/lab/html.ts";
import { reportToMarkdown } from "../../src/lab/markdown.ts";
import { type Report, readReport, refusalOf, writeReport } from "../../src/lab/report.ts";
import { MAX_REPORT_BYTES } from "../../src/lab/report-bounds.ts";
import { compareEntries } from "../../src/lab/verify.ts";
import { createRng } from "../../src/lib/rng.ts";
import { labPoints } from "../../src/store/lab-points.ts";
import { labFindings } from "../../src/store/lab-words.ts";
import { mutated } from "./hostile.ts";
import { qualityOf, report, reportOf, sizeOf, speedOf } from "./sample-report.ts";

const COUNT = 2000;
/** Far above what any takes, far below what a person would call hanging. */
const MOST_MS = 2000;

const sample = reportOf(
  { setting: "f32", role: "reference", quality: null, ...sizeOf(20_000_000) },
  { setting: "int8-g32", quality: qualityOf(0.0001), ...sizeOf(5_000_000) },
  { setting: "int4-g32", speed: speedOf([2, 2.1, 1.9]) },
);

/** Everything that the page and the command line make of a report that they took for good. */
function writeAll(read: Report): string {
  const html = reportToHtml(read);
  reportToMarkdown(read);
  reportToCsv(read);
  const points = labPoints(read.settings);
  labFindings(points);
  compareReports([
    { name: "sample", report: sample },
    { name: "read", report: read },
    { name: "again", report: read },
  ]);
  for (const entry of read.settings) {
    for (const own of sample.settings) compareEntries(entry, own);
  }
  return html.replaceAll(/"[^"]*"/g, '""');
}

/** Elements and attributes that load or run something, where quoted values are taken out: within them no quote stands. */
const RUNS =
  /<(script|img|iframe|object|embed|link|base|form|b)\b|<[^>]*\s(on[a-z]+|href|src)\s*=/i;

describe(`${COUNT} spoilt reports`, () => {
  const rng = createRng(2026);
  const texts = Array.from({ length: COUNT }, () => mutated(sample, rng));

  it("are refused by name or used in full, none breaks anything", () => {
    let used = 0;
    for (const [at, text] of texts.entries()) {
      const begun = performance.now();
      const read = readReport(text);
      if (read.ok) {
        used++;
        expect(writeAll(read.report), `report ${at}`).not.toMatch(RUNS);
        expect(readReport(writeReport(read.report))).toEqual(read);
      } else {
        const sentence = refusalOf(read.problems);
        expect(sentence, `report ${at}`).toMatch(/\S/);
        expect(sentence.length).toBeLessThan(1000);
      }
      expect(performance.now() - begun, `report ${at}`).toBeLessThan(MOST_MS);
    }
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(Reflect.get(globalThis, "ran")).toBeUndefined();
    // Both halves must be there, or the other says nothing.
    expect(used).toBeGreaterThan(COUNT / 10);
    expect(COUNT - used).toBeGreaterThan(COUNT / 10);
  });
});

describe("a report beyond all measure", () => {
  const refusal = (text: string): string => {
    const begun = performance.now();
    const read = readReport(text);
    expect(performance.now() - begun).toBeLessThan(5000);
    return read.ok ? "" : refusalOf(read.problems);
  };
  const withSettings = (settings: string) =>
    JSON.stringify({ ...report, settings: [] }).replace('"settings":[]', `"settings":${settings}`);

  it.each<[what: string, text: string, sentence: string]>([
    ["too large", " ".repeat(MAX_REPORT_BYTES + 1), "8.0 MB, and at most 8.0 MB are read"],
    ["nothing but depth", "[".repeat(1_000_000), "not JSON"],
    ["deep and closed", `${"[".repeat(1e6)}${"]".repeat(1e6)}`, "nested deeper than 24 levels"],
    ["deep in a field", withSettings(`${"[".repeat(1e5)}${"]".repeat(1e5)}`), "nested deeper"],
    ["a million wrong settings", withSettings(`[${"1,".repeat(1e6)}1]`), "1,000,001 values in one"],
    [
      "lists of lists",
      withSettings(`[${`[${"1,".repeat(9000)}1],`.repeat(100)}1]`),
      "a report has at most 400,000",
    ],
    [
      "many wrong settings",
      withSettings(`[${"1,".repeat(9000)}1]`),
      "settings: Too big: expected array to have <=1000 items",
    ],
    ["a long name", withSettings(`[{"${"n".repeat(1e6)}":1}]`), "settings.0.setting"],
  ])("is refused in one sentence: %s", (_, text, sentence) => {
    expect(refusal(text)).toContain(sentence);
  });

  it("has a long name of its own cut in the sentence", () => {
    const text = JSON.stringify(report).replace(
      '"limits":{',
      `"limits":{"${"n".repeat(3999)}":"x",`,
    );
    expect(refusal(text).length).toBeLessThan(400);
  });

  it("may have an object's own machinery for keys", () => {
    const keys = '"__proto__":1,"constructor":2,"toString":3,"hasOwnProperty":4,';
    const read = readReport(JSON.stringify(report).replace('"limits":{', `"limits":{${keys}`));
    expect(read.ok).toBe(true);
    if (read.ok) expect(writeAll(read.report)).toContain("Bitdial report");
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});
