import { describe, expect, it } from "vitest";
import { withFigures } from "../../src/lab/build-report.ts";
import { reportToCsv } from "../../src/lab/csv.ts";
import { reportToHtml } from "../../src/lab/html.ts";
import { reportToMarkdown } from "../../src/lab/markdown.ts";
import { METRIC_WORDS } from "../../src/lab/metrics.ts";
import { moduleRows, placedKernels, tokenTime } from "../../src/lab/modules.ts";
import { type Report, type ReportEntry, readReport, writeReport } from "../../src/lab/report.ts";
import { sampleRoofs } from "../support/sample-roofs.ts";
import { hash, report, reportOf } from "./sample-report.ts";

type ReportKernel = NonNullable<ReportEntry["kernels"]>[number];
type Work = NonNullable<ReportKernel["work"]>;

function kernel(label: string, calls: number, ms: number, work: Work): ReportKernel {
  return { label, shape: "1", calls, ms, measuredBy: "repeats", wgslSha256: hash, work };
}

const fma = (module: Work["module"], bytes: number, operations: number): Work => ({
  module,
  bytes,
  operations,
  arithmetic: "fma",
  roofOperations: operations,
});

/** 10 GB/s and 100 GFLOP/s: 0.1 ms for 1 MB, 0.01 ms for 1 Mop; 5 us a dispatch, 80 us a submit. */
const kernels = [
  kernel("matvec", 6, 0.8, fma("qkv", 4e6, 8e6)),
  kernel("matvec2", 6, 0.5, { ...fma("o", 1e6, 8e6), arithmetic: "popcount", roofOperations: 8e8 }),
  kernel("rope", 6, 0.1, fma("attention", 1e3, 1e3)),
  kernel("attention", 6, 0.6, fma("attention", 1e6, 2e6)),
];
const token = { position: 256, tokensPerSubmit: 8, tokenMs: [2.5, 2.4, 3] };

describe("moduleRows", () => {
  it("adds up the kernels of a module, in the order a token passes them", () => {
    const rows = moduleRows({ kernels }, null);
    expect(rows?.map(({ module }) => module)).toEqual(["qkv", "attention", "o"]);
    const attention = rows?.[1];
    expect(attention).toMatchObject({ calls: 12, bytes: 1_001_000, operations: 2_001_000 });
    expect(attention?.ms).toBeCloseTo(0.7, 12);
    expect(attention?.share).toBeCloseTo(0.35, 12);
    expect(attention?.expected).toBeNull();
    expect(attention?.bound).toBeNull();
    expect(rows?.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it("says what memory, arithmetic and dispatches take at the roofs, and which of them most", () => {
    const [qkv, attention, o] = moduleRows({ kernels }, sampleRoofs) ?? [];
    expect(qkv?.expected?.memoryMs).toBeCloseTo(0.4, 12);
    expect(qkv?.expected?.computeMs).toBe(0);
    expect(qkv?.expected?.dispatchMs).toBeCloseTo(0.03, 12);
    expect(qkv?.bound).toBe("memory");
    // 8e8 operations on single bits at 1600 Gop/s.
    expect(o?.expected?.computeMs).toBeCloseTo(0.5, 12);
    expect(o?.bound).toBe("compute");
    expect(attention?.bound).toBe("memory");
    const small = [kernel("rope", 6, 0.1, fma("attention", 1e3, 1e3))];
    expect(moduleRows({ kernels: small }, sampleRoofs)?.[0]?.bound).toBe("dispatch");
  });

  it("expects nothing of arithmetic whose roof is missing", () => {
    const packed = [kernel("m", 1, 1, { ...fma("head", 1e6, 1e6), arithmetic: "dp4a" })];
    const roofs = { ...sampleRoofs, dp4aGops: null };
    expect(moduleRows({ kernels: packed }, roofs)?.[0]).toMatchObject({
      expected: null,
      bound: null,
    });
    expect(placedKernels({ kernels: packed }, roofs)[0]?.placement).toBeNull();
    expect(tokenTime({ kernels: packed, token }, roofs)?.expectedMs).toBeNull();
  });

  it("is null for kernels of a report that knew no work", () => {
    const old = kernels.map((row) => ({ ...row, work: null }));
    expect(moduleRows({ kernels: old }, sampleRoofs)).toBeNull();
    expect(tokenTime({ kernels: old, token }, sampleRoofs)).toBeNull();
    expect(moduleRows({ kernels: null }, sampleRoofs)).toBeNull();
  });
});

describe("tokenTime", () => {
  it("holds the modules against the token from outside, and the formula against both", () => {
    const time = tokenTime({ kernels, token }, sampleRoofs);
    expect(time?.modulesMs).toBeCloseTo(2, 12);
    expect(time).toMatchObject({ fastestMs: 2.4, medianMs: 2.5, samples: 3, position: 256 });
    expect(time?.covered).toBeCloseTo(2 / 2.4, 12);
    // 0.4 + 0.5 + 0.1 + 0.0001 of max(memory, compute), 24 dispatches of 5 us, an eighth of a submit.
    expect(time?.expectedMs).toBeCloseTo(0.4 + 0.5 + 0.1 + 0.0001 + 0.12 + 0.01, 9);
  });
});

describe("placedKernels", () => {
  it("puts every kernel under its own roof", () => {
    const [memory, popcount] = placedKernels({ kernels }, sampleRoofs);
    expect(memory?.placement).toEqual({ share: 0.5, bound: "memory" });
    expect(popcount?.placement?.bound).toBe("compute");
    expect(popcount?.placement?.share).toBeCloseTo(1, 12);
  });
});

const reference = { setting: "f32", role: "reference", quality: null } as const;

function figured(...entries: readonly Partial<ReportEntry>[]): Report {
  const whole = reportOf(...entries.map((part) => ({ kernels, token, ...part })));
  return { ...whole, settings: withFigures({ ...whole, deviceBytes: 1e9 }) };
}

describe("the six figures", () => {
  const { settings } = figured({ ...reference, bytes: { ...bytesOf(), total: 20_000_000 } }, {});
  const metrics = settings[1]?.metrics;

  it("are computed from what was measured", () => {
    expect(metrics?.memoryBytes).toBe(3_224_576 + 1_572_864 + 600_000);
    expect(metrics?.memoryShare).toBeCloseTo((metrics?.memoryBytes ?? 0) / 1e9, 12);
    // 10.001 Mop at 100 GFLOP/s and 8e8 at 1600, of 2.5 ms.
    expect(metrics?.computeShare).toBeCloseTo((0.10001 + 0.5) / 2.5, 6);
    expect(metrics?.latencyMs).toBeCloseTo(2.5, 12);
    // 3 x 64 tokens; prompts 150 ms, 63 tokens each at 2.5 + 2.4 + 2.6 ms.
    expect(metrics?.throughput).toBeCloseTo((192 * 1000) / (150 + 63 * 7.5), 9);
    expect(metrics?.compressionRate).toBeCloseTo(20_000_000 / 3_224_576 / 1.02, 9);
  });

  it("never show an energy that nobody measured", () => {
    expect(metrics?.energyWatts).toBeNull();
    expect(reportToMarkdown(figured({}))).toMatch(/AEC, .*Not measured: neither a browser/);
  });

  it("are null where what they need is missing", () => {
    const [bare] = figured({ speed: null, quality: null, kernels: null, working: null }).settings;
    expect(bare?.metrics).toEqual({
      memoryBytes: null,
      memoryShare: null,
      computeShare: null,
      latencyMs: null,
      throughput: null,
      energyWatts: null,
      compressionRate: null,
    });
    // Nothing to be compressed from is in the report.
    expect(figured({}).settings[0]?.metrics?.compressionRate).toBeNull();
  });

  function bytesOf() {
    const [entry] = report.settings;
    if (!entry) throw new Error("The sample has no setting.");
    return entry.bytes;
  }
});

describe("reports with the time of a token", () => {
  const whole = figured(reference, {});

  it("are read as they were written", () => {
    const read = readReport(writeReport(whole));
    expect(read.ok && read.report).toEqual(whole);
  });

  it("read without any of it", () => {
    const { roofs, ...older } = JSON.parse(writeReport(whole)) as Report;
    const settings = older.settings.map(
      ({ token: _, modules, metrics, density, working, ...rest }) => ({
        ...rest,
        kernels: rest.kernels?.map(({ work, ...row }) => row) ?? null,
      }),
    );
    const read = readReport(JSON.stringify({ ...older, settings }));
    expect(read.ok && read.report.roofs).toBeNull();
    expect(read.ok && read.report.settings[0]?.modules).toBeNull();
  });

  it("name a field that is wrong", () => {
    const bad = JSON.parse(writeReport(whole)) as { roofs: { fmaGflops: { best: number } } };
    bad.roofs.fmaGflops.best = 0;
    const read = readReport(JSON.stringify(bad));
    expect(read.ok ? [] : read.problems.join()).toContain("roofs.fmaGflops.best");
  });

  it("say it in Markdown, in the page and in CSV", () => {
    for (const text of [reportToMarkdown(whole), reportToHtml(whole)]) {
      for (const words of [
        "gateUp",
        "expected ms",
        "of its roof",
        "1600 Gop/s",
        "Expected at the roofs",
      ])
        expect(text).toContain(words);
      for (const { short } of METRIC_WORDS) expect(text).toContain(short);
      expect(text).not.toMatch(/NaN|Infinity|undefined/);
    }
    const [names = "", ...lines] = reportToCsv(whole).trim().split("\r\n");
    const at = names.split(",").indexOf("module_attention_ms");
    expect(at).toBeGreaterThan(0);
    expect(Number(lines[0]?.split(",").at(at))).toBeGreaterThan(0);
  });
});
