import { expect, it } from "vitest";
import { compareReports } from "../../src/lab/compare.ts";
import type { Report } from "../../src/lab/report.ts";
import { qualityOf, reportOf, sizeOf, speedOf } from "./sample-report.ts";

const compare = (...reports: Report[]) =>
  compareReports(reports.map((report, at) => ({ name: "abcd"[at] ?? "", report })));

/** The one difference between two reports of one setting. */
const against = (...reports: [Report, Report]) =>
  compare(...reports).settings[0]?.others[0]?.against;

it("finds no difference between equal reports", () => {
  const { warnings, settings, alone } = compare(reportOf({}), reportOf({}));
  expect({ warnings, alone }).toEqual({ warnings: [], alone: [] });
  expect(settings).toHaveLength(1);
  expect(settings[0]?.others[0]).toMatchObject({
    report: "b",
    against: {
      bytes: 0,
      sameSize: true,
      nll: { difference: 0, beyondNoise: false },
      kl: { difference: 0, beyondNoise: false },
      prefill: { ratio: 1, beyondSpread: false },
      decode: { ratio: 1, beyondSpread: false },
    },
  });
});

it("tells what is beyond noise from what is not", () => {
  const before = reportOf({ quality: qualityOf(0.05), speed: speedOf([2, 2.1, 1.9]) });
  const near = reportOf({ quality: qualityOf(0.065), speed: speedOf([2.05, 2.1, 1.9]) });
  const far = reportOf({ quality: qualityOf(0.08), speed: speedOf([1, 1.1, 0.9]), ...sizeOf(9) });
  expect(against(before, near)).toMatchObject({
    kl: { difference: expect.closeTo(0.015, 12), beyondNoise: false },
    decode: { ratio: expect.closeTo(2 / 2.05, 12), beyondSpread: false },
  });
  expect(against(before, far)).toMatchObject({
    bytes: 9 - 3_224_576,
    sameSize: false,
    kl: { difference: expect.closeTo(0.03, 12), beyondNoise: true },
    decode: { ratio: 2, beyondSpread: true },
  });
});

it("does not judge without intervals or with too few repeats", () => {
  const quality = qualityOf(0.05);
  const kl = { ...quality.kl, mean: { value: 0.9, interval: null } };
  const found = against(
    reportOf({ quality, speed: speedOf([2, 2, 2]) }),
    reportOf({ quality: { ...quality, kl }, speed: speedOf([1, 1]) }),
  );
  expect(found?.kl?.beyondNoise).toBeNull();
  expect(found?.decode).toEqual({ ratio: 2, beyondSpread: null });
});

it("leaves out what was not measured, or by a clock that saw no time", () => {
  const found = against(reportOf({}), reportOf({ quality: null, speed: speedOf([0, 0, 0]) }));
  expect(found).toMatchObject({ nll: null, kl: null, decode: null, prefill: { ratio: 1 } });
  expect(against(reportOf({}), reportOf({ speed: null }))).toMatchObject({ decode: null });
});

const other = "1".repeat(64);
const text = { name: "other.txt", sha256: other };
const one = reportOf({});

it.each<[what: string, report: Report]>([
  [
    "model SHA-256 differs (0123456789ab…, 111111111111…)",
    { ...one, model: { ...one.model, sha256: other } },
  ],
  ["reference differs (f32, f16)", { ...one, reference: "f16" }],
  ["text SHA-256 differs", reportOf({ quality: qualityOf(0.0152, { text }) })],
  [
    "window and stride differs (256/128, 64/128)",
    reportOf({ quality: qualityOf(0.0152, { window: 64 }) }),
  ],
  [
    "window and stride differs (256/128, 256/64)",
    reportOf({ quality: qualityOf(0.0152, { stride: 64 }) }),
  ],
  [
    "number of scored tokens differs (2048, 9)",
    reportOf({ quality: qualityOf(0.0152, { tokens: 9 }) }),
  ],
])("does not compare quality where the %s", (what, report) => {
  const { warnings } = compare(one, report);
  expect(warnings[0]).toBe(
    `a and b: the ${what.includes("(") ? what : `${what} (0123456789ab…, 111111111111…)`}; quality cannot be compared.`,
  );
  expect(against(one, report)).toMatchObject({ nll: null, kl: null, sameSize: true });
});

it("says once what stands in the way, however many settings it concerns", () => {
  const many = [{}, { setting: "int8-g32" }, { setting: "f16" }];
  const software = { ...one.adapter, name: "llvmpipe", software: true };
  const { warnings } = compare(reportOf(...many), {
    ...reportOf(...many),
    reference: "f16",
    adapter: software,
  });
  expect(warnings).toEqual([
    "a and b: the reference differs (f32, f16); quality cannot be compared.",
    "b is of a software adapter (llvmpipe): its times say nothing about a GPU.",
  ]);
});

it("takes speeds of other lengths for a hint", () => {
  const short = reportOf({ speed: { ...speedOf([1, 1, 1]), tokens: 32 } });
  const { warnings } = compare(reportOf({ speed: speedOf([2, 2, 2]) }), short);
  expect(warnings).toEqual([
    "a and b: the number of tokens read and written differs (128 and 64, 128 and 32); speed ratios are a hint at most.",
  ]);
  expect(against(reportOf({ speed: speedOf([2, 2, 2]) }), short)?.decode).toEqual({
    ratio: 2,
    beyondSpread: null,
  });
});

it("compares with the first report that has the setting, and lists those of one report", () => {
  const { settings, alone } = compare(
    reportOf({ setting: "f16" }),
    reportOf({ setting: "int4-g32" }, { setting: "f16" }),
    reportOf({ setting: "int4-g32" }, { setting: "int8-g32" }),
  );
  const found = settings.map(({ setting, first, others }) => [
    setting,
    first.report,
    ...others.map(({ report }) => report),
  ]);
  expect(found).toEqual([
    ["f16", "a", "b"],
    ["int4-g32", "b", "c"],
  ]);
  expect(alone).toEqual([{ setting: "int8-g32", report: "c" }]);
});

it("takes of a setting on both sides the entry with quality", () => {
  const both = reportOf({ role: "reference", quality: null }, {});
  expect(compare(both, reportOf({})).settings[0]?.first.kl?.value).toBe(0.0152);
});
