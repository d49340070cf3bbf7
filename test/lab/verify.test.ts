import { describe, expect, it } from "vitest";
import { reportEntry } from "../../src/lab/build-report.ts";
import { contradictions } from "../../src/lab/consistency.ts";
import { bitsPerByte, createQuality } from "../../src/lab/quality.ts";
import type { ReportEntry } from "../../src/lab/report.ts";
import { compareEntries, type Verdict } from "../../src/lab/verify.ts";
import { createRng } from "../../src/lib/rng.ts";
import { hash } from "./sample-report.ts";

const TOKENS = 1024;

/** As a sweep would have measured it: every figure computed by the code that computes it in earnest. */
function measured(setting = "int4-g32", shift = 0): ReportEntry {
  const random = createRng(11).uniform;
  const quality = createQuality();
  quality.push(
    Array.from({ length: TOKENS }, (_, position) => ({
      position,
      target: 1,
      tokenClass: position % 3 === 0 ? ("number" as const) : ("punctuation" as const),
      document: Math.floor(position / 50),
      context: position % 256,
      referenceNll: 1 + 3 * random(),
      candidateNll: 1.2 + 3 * random() + shift,
      kl: 0.2 * random(),
      reverseKl: 0.2 * random(),
      referenceEntropy: random(),
      candidateEntropy: 1 + random(),
      logRange: 1,
      sameTop1: random() < 0.9,
      top5: random(),
    })),
  );
  const summary = quality.summary();
  const perByte = (nll: number) => bitsPerByte(nll, TOKENS, 3 * TOKENS);
  return reportEntry({
    setting,
    side: "candidate",
    size: {
      layers: { weights: 2_359_296, scales: 294_912, positions: 131_072 },
      embedding: 557_056,
      norms: 13_312,
      kvCache: 0,
      activations: 0,
      weightBytes: 3_355_648,
      bitsPerWeight: 5.117,
      layerBitsPerWeight: 4.7,
    },
    variants: {},
    dispatchesPerToken: 38,
    checks: [],
    family: "dequant",
    checkedAt: "2026-01-02T03:04:00.000Z",
    elapsedMs: { total: 3, pack: 1, compile: 1, check: 1 },
    firstTokenMs: null,
    quality: {
      summary,
      parts: quality.parts(),
      ended: "limit",
      within: null,
      text: { name: "stories.txt", sha256: hash },
      window: 256,
      stride: 128,
      total: 11_301,
      bitsPerByte: {
        reference: perByte(summary.nll.reference.value),
        candidate: perByte(summary.nll.candidate.value),
      },
    },
    speed: {
      promptTokens: 64,
      tokens: 32,
      warmups: 1,
      prefillMs: [10, 11],
      decodeMs: [2, 2.2],
      cold: null,
      counters: null,
    },
    profile: {
      kernels: [
        {
          label: "matvec/int4/one",
          shape: "64x64",
          module: "qkv",
          calls: 2,
          ms: 0.5,
          bytes: 4096,
          operations: 16_384,
          arithmetic: "fma",
          roofOperations: 16_384,
          measuredBy: "repeats",
          wgslSha256: hash,
        },
      ],
      position: 64,
      tokenMs: [0.6],
      tokensPerSubmit: 8,
    },
  });
}

const figuresOf = (verdicts: readonly Verdict[], wanted: Verdict["verdict"]) =>
  verdicts.filter(({ verdict }) => verdict === wanted).map(({ figure }) => figure);

/** Paths of all numbers below a value. */
function numbersIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === "number") return [[...path]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => numbersIn(part, [...path, name]));
}

/** A copy with one number changed. */
function altered<T>(whole: T, path: readonly string[], change: (value: number) => number): T {
  const copy = structuredClone(whole);
  let holder: unknown = copy;
  for (const step of path.slice(0, -1)) holder = Reflect.get(Object(holder), step);
  const last = path.at(-1) ?? "";
  Reflect.set(Object(holder), last, change(Number(Reflect.get(Object(holder), last))));
  return copy;
}

/** The same number with its n-th significant digit one higher or, from 9, one lower. */
function digitChanged(value: number, place: number): number {
  const [digits = "", exponent = "0"] = value.toExponential(15).split("e");
  const at = place === 0 ? 0 : place + 1;
  const old = Number(digits[at]);
  const changed = `${digits.slice(0, at)}${old === 9 ? 8 : old + 1}${digits.slice(at + 1)}`;
  return Number(`${changed}e${exponent}`);
}

describe("a report verified where it was written", () => {
  it("holds in every figure that is judged", () => {
    const verdicts = compareEntries(measured(), measured());
    expect(figuresOf(verdicts, "differs")).toEqual([]);
    expect(figuresOf(verdicts, "same")).toHaveLength(13);
    expect(figuresOf(verdicts, "noted")).toEqual(["prefill", "decode", "shaders"]);
    expect(verdicts.at(-2)?.note).toContain("1.00 times as fast here");
  });

  const entry = measured();
  const judged = numbersIn({ bytes: entry.bytes, quality: entry.quality }).filter(
    // How it was measured, not what; and ends of intervals, which belong to a method.
    ([, name = "", ...rest]) =>
      !["window", "stride", "totalTokens"].includes(name) && !rest.includes("interval"),
  );

  it.each(judged.map((path) => [path.join("."), path] as const))(
    "fails when one digit of %s is altered",
    (_, path) => {
      // A KL is judged within 2 %, which may hide its second digit.
      for (const place of path.includes("kl") ? [0] : [0, 1]) {
        const forged = altered(entry, path, (value) => digitChanged(value, place));
        expect(figuresOf(compareEntries(forged, entry), "differs")).not.toEqual([]);
      }
    },
  );

  it("finds any of eight digits where a figure follows from another", () => {
    const paths = [
      ["nll", "reference"],
      ["nll", "candidate"],
      ["nll", "difference"],
      ["perplexity", "reference"],
      ["perplexity", "candidate"],
      ["perplexity", "ratio"],
    ] as const;
    for (const path of paths) {
      for (let place = 0; place < 8; place++) {
        const forged = altered(entry, ["quality", ...path, "value"], (value) =>
          digitChanged(value, place),
        );
        expect(contradictions(forged), `${path.join(".")}, digit ${place}`).not.toEqual([]);
      }
    }
  });

  it("has no contradiction in an entry that was measured", () => {
    for (const shift of [-0.5, 0, 3]) expect(contradictions(measured("f16", shift))).toEqual([]);
  });
});

describe("a report verified elsewhere", () => {
  it("is told the same within the tolerances, and not beyond", () => {
    const reported = measured();
    const nudged = (kl: number) =>
      altered(reported, ["quality", "kl", "mean", "value"], (value) => value * (1 + kl));
    expect(figuresOf(compareEntries(reported, nudged(0.019)), "differs")).toEqual([]);
    expect(figuresOf(compareEntries(reported, nudged(0.022)), "differs")).toEqual(["kl"]);
  });

  it("is judged by its interval with rounded activations, and five times as loosely without one", () => {
    const reported = measured("int4-g32+a8");
    const scaled = (name: readonly string[], by: number) =>
      altered(reported, ["quality", "kl", ...name], (value) => value * by);
    const differing = (name: readonly string[], by: number) =>
      figuresOf(compareEntries(reported, scaled(name, by)), "differs");
    expect(differing(["mean", "value"], 1.03)).toEqual([]);
    expect(differing(["max"], 1.09)).toEqual([]);
    expect(differing(["max"], 1.11)).toEqual(["kl max"]);
  });

  it("says which shader has a different hash, and when variants differ", () => {
    const reported = measured();
    const kernel = reported.kernels?.[0];
    if (!kernel) throw new Error("The sample has no kernel.");
    const noteOf = (part: Partial<typeof kernel>) =>
      compareEntries(reported, { ...reported, kernels: [{ ...kernel, ...part }] }).at(-1)?.note;
    expect(noteOf({})).toBe("every reported shader runs here, too");
    expect(noteOf({ wgslSha256: "1".repeat(64) })).toContain("different hash: matvec/int4/one;");
    expect(noteOf({ wgslSha256: "1".repeat(64), label: "matvec/int4/two" })).toContain(
      "0 of 1 reported shaders run here: other variants",
    );
  });

  it("says of tasks that they are not asked again", () => {
    const tasks = { intervals: "95 %", tasks: [], writing: [] };
    const verdicts = compareEntries({ ...measured(), tasks }, measured());
    expect(verdicts.find(({ figure }) => figure === "tasks")).toMatchObject({
      verdict: "noted",
      note: "as reported: not asked again here",
    });
  });

  it("does not judge quality of another part of the text, and says when none was measured", () => {
    const reported = measured();
    const fewer = altered(reported, ["quality", "tokens"], () => 512);
    expect(figuresOf(compareEntries(fewer, reported), "differs")).toContain("nll");
    const verdicts = compareEntries(reported, { ...reported, quality: null });
    expect(figuresOf(verdicts, "noted")).toContain("nll");
    expect(figuresOf(verdicts, "differs")).toEqual([]);
  });
});
