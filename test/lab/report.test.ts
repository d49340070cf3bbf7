import { describe, expect, it } from "vitest";
import { reportToMarkdown } from "../../src/lab/markdown.ts";
import { readReport, writeReport } from "../../src/lab/report.ts";
import { report } from "./sample-report.ts";

/** The report with one field, named by its path, replaced. */
function withField(path: string, value: unknown): string {
  const copy = structuredClone(report) as unknown as Record<string, unknown>;
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  let holder = copy;
  for (const step of steps) holder = holder[step] as Record<string, unknown>;
  holder[last] = value;
  return JSON.stringify(copy);
}

describe("a report", () => {
  it("reads back as it was written", () => {
    expect(readReport(writeReport(report))).toEqual({ ok: true, report });
  });

  it.each([
    ["settings.0.speed.decodeMs.1", "fast"],
    ["settings.0.bytes.total", -1],
    ["settings.0.quality.kl.mean.value", null],
    ["model.sha256", "abc"],
    ["adapter.software", "no"],
    ["time", "yesterday"],
    ["settings.0.setting", ""],
  ])("whose %s is wrong is refused by that name", (path, value) => {
    const read = readReport(withField(path, value));
    expect(read.ok).toBe(false);
    expect(!read.ok && read.problems).toHaveLength(1);
    expect(!read.ok && read.problems[0]).toMatch(new RegExp(`^${path.replaceAll(".", "\\.")}: .+`));
  });

  it("names every bad field at once", () => {
    const text = withField("settings.0.bytes", { total: "x" });
    const read = readReport(text);
    expect(!read.ok && read.problems.length).toBeGreaterThan(4);
  });

  it("of a newer version says so instead of listing fields", () => {
    const read = readReport(withField("version", 3));
    expect(read).toEqual({
      ok: false,
      problems: ["This report has version 3; this Bitdial reads version 2. Use a newer Bitdial."],
    });
  });

  it.each(["", "{", "[]", "null", '{"schema":"other"}'])("is not %j", (text) => {
    const read = readReport(text);
    expect(read.ok).toBe(false);
    expect(!read.ok && read.problems[0]).toMatch(/.+/);
  });

  it("is not written with figures that are none", () => {
    const broken = structuredClone(report);
    const [entry] = broken.settings;
    if (entry) entry.bitsPerWeight = Number.NaN;
    expect(() => writeReport(broken)).toThrow();
  });
});

describe("its Markdown", () => {
  const text = reportToMarkdown(report);

  it("has the figures with what they were measured on", () => {
    expect(text).toContain("# Bitdial report: `stories` on Some GPU");
    expect(text).toContain("| `int4-g32` | 3.22 | 4.92 | 4.50 | 38 | dequant |");
    expect(text).toContain("2,048 of 11,301");
    expect(text).toContain("windows of 256 tokens with stride 128");
    expect(text).toContain("| `int4-g32` | 2560.0 |");
    expect(text).toContain("14 checks of kernels");
    expect(text).not.toContain("software adapter");
  });

  it("warns of a software adapter before any figure", () => {
    const software = { ...report, adapter: { ...report.adapter, software: true } };
    const warned = reportToMarkdown(software);
    expect(warned.indexOf("software adapter")).toBeLessThan(warned.indexOf("## Settings"));
    expect(warned).toContain("software adapter");
  });

  it("keeps its tables whole whatever a name holds", () => {
    const [entry] = report.settings;
    const odd = { ...report, settings: entry ? [{ ...entry, setting: "a|b`c\nd" }] : [] };
    const line = reportToMarkdown(odd)
      .split("\n")
      .find((row) => row.includes("a\\|b'c d"));
    expect(line).toBeDefined();
  });

  it("leaves out what was not measured", () => {
    const [entry] = report.settings;
    const bare = entry ? [{ ...entry, quality: null, speed: null, kernels: null }] : [];
    const short = reportToMarkdown({ ...report, settings: bare });
    expect(short).not.toContain("## Quality");
    expect(short).not.toContain("## Speed");
    expect(short).not.toContain("## Time per kernel");
  });
});
