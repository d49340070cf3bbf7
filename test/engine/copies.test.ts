import { afterAll, beforeAll, expect, it } from "vitest";
import type { KernelSource, KernelVerdict } from "../../src/engine/protocol.ts";
import { sha256Hex } from "../../src/lib/sha256.ts";
import { openTestEngine, silent, type TestEngine } from "../support/engine.ts";

const query = { op: "matvec", format: "int4-g32", shape: { m: 1, n: 96, k: 64 } } as const;
const span = "sum += span_sum(rows, unit, 0u, quad, x_first);";

let opened: TestEngine;
let original: KernelSource;
beforeAll(async () => {
  opened = await openTestEngine("stories260K");
  await opened.engine.apply("reference", "f32", silent);
  const [first] = await opened.engine.kernelSources(query);
  if (!first) throw new Error("the kernel has no variant");
  original = first;
});
afterAll(() => opened.engine.dispose());

function judge(code: string): Promise<KernelVerdict> {
  const { variant } = original;
  const request = { ...query, variant, code, roofs: null, caseMs: 0 };
  return opened.engine.judgeKernel(request, silent);
}

async function text(): Promise<string> {
  const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 };
  const request = { prompt: "Once", maxTokens: 12, sampling, compare: false };
  const { sides } = await opened.engine.generate({ ...request, sides: ["candidate"] }, silent);
  return sides[0]?.text ?? "";
}

it("shows what the pipeline is made of", async () => {
  const rows = await opened.engine.benchKernel({ ...query, roofs: null, caseMs: 0 }, silent);
  const sources = await opened.engine.kernelSources(query);
  expect(rows.map(({ variant }) => variant)).toEqual(sources.map(({ variant }) => variant));
  for (const [at, { wgslSha256, error, ms, bytes, gbPerSecond }] of rows.entries()) {
    expect(error).toBeUndefined();
    expect(wgslSha256).toBe(await sha256Hex(sources[at]?.code ?? ""));
    expect(bytes / ms / 1e6).toBeCloseTo(gbPerSecond, 9);
  }
});

it("finds a copy sound, and times it beside the original", async () => {
  const { ok, messages, checks, rows, copy } = await judge(`// the same\n${original.code}`);
  expect({ ok, messages }).toEqual({ ok: true, messages: [] });
  expect(checks.length).toBe(5);
  expect(checks.filter(({ fault }) => fault !== null)).toEqual([]);
  expect(rows.map(({ variant }) => variant)).toEqual([
    original.variant,
    `${original.variant}/copy`,
  ]);
  expect(rows.every(({ ms }) => ms > 0)).toBe(true);
  expect(copy.label).toBe(original.label);
});

it("says what is wrong with a copy, at its line where it has one", async () => {
  const typo = await judge(original.code.replace("let units = params", "let units = parms"));
  const line = original.code.split("\n").findIndex((one) => one.includes("let units = params"));
  expect(typo.messages).toMatchObject([
    { type: "error", line: line + 1, place: expect.stringMatching(/^kernels\/matvec\.wgsl:\d+$/) },
  ]);
  const unbound = await judge(original.code.replaceAll("@binding(4)", "@binding(9)"));
  expect(unbound.messages).toMatchObject([{ type: "error", line: 0 }]);
  const wrong = await judge(original.code.replace(span, span.replace("=", "= 1.001 *")));
  expect(wrong.checks.every(({ fault }) => fault?.includes("are off"))).toBe(true);
  const outside = await judge(original.code.replace("params.y_offset + quad]", "quad]"));
  expect(outside.checks.filter(({ fault }) => fault !== null).length).toBeGreaterThan(0);
  for (const { ok, rows } of [typo, unbound, wrong, outside])
    expect([ok, rows]).toEqual([false, []]);
  // A mistake of the user's is no trouble of the device's.
  expect(opened.problems).toEqual([]);
});

it("writes with a copy until it is taken away, and says so", async () => {
  const { engine } = opened;
  await engine.apply("candidate", "int4-g32", silent);
  const before = await text();
  const { copy } = await judge(`// the same\n${original.code}`);
  await engine.setCopies([copy]);
  const state = await engine.apply("candidate", "int4-g32", silent);
  const { code: _, ...used } = copy;
  expect(state.copies).toEqual([used]);
  expect(state.variants[copy.op]).toBe(copy.variant);
  const mark = `/copy-${copy.sha256.slice(0, 8)}`;
  const { kernels } = await engine.profile("candidate");
  const marked = kernels.filter(({ label }) => label.endsWith(mark));
  // Its outputs are set, added to what is there, and the head has another format.
  expect(new Set(marked.map(({ label }) => label))).toEqual(
    new Set([`${copy.label}${mark}`, `${copy.label}/add${mark}`]),
  );
  expect(marked.find(({ label }) => label === `${copy.label}${mark}`)?.wgslSha256).toBe(
    copy.sha256,
  );
  expect(await text()).toBe(before);
  await engine.loseDevice();
  const again = await engine.apply("candidate", "int4-g32", silent);
  expect(again.copies).toEqual([used]);
  await engine.setCopies([]);
  expect((await engine.apply("candidate", "int4-g32", silent)).copies).toEqual([]);
});

it("puts the original in the place of a copy that is wrong here", async () => {
  const { engine } = opened;
  const before = await text();
  const wrong = original.code.replace(span, "");
  for (const code of [wrong, "fn nothing() {"]) {
    const { copy } = await judge(code);
    await engine.setCopies([copy]);
    const state = await engine.apply("candidate", "int4-g32", silent);
    expect(state.copies).toEqual([]);
    const check = state.checks.find(({ sentence }) => sentence?.includes("changed copy"));
    expect(check).toMatchObject({
      ok: true,
      sentence: expect.stringContaining(`${original.label} is used instead.`),
    });
    expect(await text()).toBe(before);
  }
  expect(opened.problems.filter(({ kind }) => kind !== "lost")).toEqual([]);
});
