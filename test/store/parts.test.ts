import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GenerateEvent } from "../../src/engine/protocol.ts";
import { formats } from "../../src/quant/registry.ts";
import { parseSetting } from "../../src/quant/setting.ts";
import { followAddress } from "../../src/store/address.ts";
import { createBatch } from "../../src/store/batch.ts";
import { defaultSampling } from "../../src/store/defaults.ts";
import { dialsOf, firstHabit, habitOf } from "../../src/store/dials.ts";
import { createJobs } from "../../src/store/jobs.ts";
import { readLink, writeLink } from "../../src/store/link.ts";
import { emptyPane, partsAt, takeEvents } from "../../src/store/panes.ts";
import { createBitdial } from "../../src/store/store.ts";
import { browserName, lackOf } from "../../src/store/support.ts";
import type { Pane } from "../../src/store/types.ts";
import { FakeEngine, surroundings } from "./fake-engine.ts";

describe("links", () => {
  it("reads back what it wrote", () => {
    const seed = fc.integer({ min: 0, max: 4_294_967_295 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), seed, share, (prompt, at, topP) => {
        const linked = {
          setting: "int4-g32+2:4;5.down=int8-g32",
          prompt,
          maxTokens: 32,
          sampling: { ...defaultSampling, seed: at, topP: Math.abs(topP) },
          place: at % 2 === 0 ? ("lab" as const) : ("playground" as const),
          model: at % 3 === 0 ? null : `hf:org/${prompt}@main`,
        };
        const { prompt: back, ...rest } = readLink(writeLink(linked));
        expect(rest).toEqual({
          setting: linked.setting,
          maxTokens: 32,
          sampling: linked.sampling,
          place: linked.place,
          // Half a character has no escape.
          model: linked.model?.replace(/[\ud800-\udfff]/gu, "\ufffd") ?? null,
        });
        expect(back ?? linked.prompt).toBe(prompt);
      }),
    );
  });

  it("keeps a setting readable and leaves defaults out", () => {
    const link = writeLink({
      setting: "int4-g32+2:4;head=f16",
      prompt: "One day, Tim and his dog found a small boat",
      maxTokens: 160,
      sampling: defaultSampling,
      place: "playground",
      model: null,
    });
    expect(link).toBe("#int4-g32+2:4;head=f16");
  });

  it("survives half a character", () => {
    const half = { prompt: "a\ud83d", setting: "f32", maxTokens: 160, sampling: defaultSampling };
    expect(readLink(writeLink({ ...half, place: "playground", model: null })).prompt).toBe(
      "a\ufffd",
    );
  });

  it("opens what was cut or mistyped with defaults", () => {
    expect(readLink("#int4-g32&temperature=hot&seed=-1&prompt=%E0%A4%A")).toEqual({
      setting: "int4-g32",
      prompt: "%E0%A4%A",
      model: null,
      sampling: defaultSampling,
      place: "playground",
    });
    expect(readLink("")).toEqual({ sampling: defaultSampling, place: "playground", model: null });
  });

  it("lead to the setting, follow it, and point at what is wrong in it", async () => {
    const store = createBitdial(surroundings(new FakeEngine()));
    let hash = "#int2-g64&seed=3";
    let changed: () => void = () => {};
    followAddress(store, {
      get hash() {
        return hash;
      },
      replace: (next) => {
        hash = next;
      },
      onChange: (run) => {
        changed = run;
      },
    });
    await store.getState().open();
    expect(store.getState()).toMatchObject({ setting: "int2-g64", sampling: { seed: 3 } });
    store.getState().turnTo("int8-g32");
    expect(hash).toBe("#int8-g32&seed=3");
    hash = "#int9-g32";
    changed();
    expect(store.getState().fault?.sentence).toMatch(/int9-g32/);
    expect(store.getState().setting).toBe("int8-g32");
  });
});

describe("dials", () => {
  const dials = (text: string) => {
    const setting = parseSetting(text);
    const blocks = text.includes("native") ? ["q4_1", "q6_k"] : [];
    const all = dialsOf(setting, habitOf(setting, firstHabit), blocks);
    return new Map(all.map((dial) => [dial.id, dial]));
  };
  const texts = [
    "f32",
    "f16",
    "int4-g32",
    "int3-asym-g64+2:4@clip",
    "int2-row+a8+bitserial;head=int4-g32;0-1=int8-g32",
    "int5-g128+a6+dp4a",
    "nf4-g64+2:4@clip",
    "nf4-dq-row",
    "mxfp4+a8",
    "bitmod3-g128+a8+dp4a",
    "bcq3-g64+a8+lut",
    "native",
    "native+a8;head=f16;0=int4-g32",
    "int4-g32;head=native",
  ];

  it.each(texts)("lead from %s to settings that can be read, or say why not", (text) => {
    for (const { options } of dials(text).values()) {
      for (const { chosen, setting, reason } of options) {
        expect(setting === null).toBe(reason !== null);
        if (chosen) expect(setting).toBe(text);
        else if (setting !== null) expect(parseSetting(setting)).toBeTruthy();
        else expect(reason).toMatch(/\.$/);
      }
    }
  });

  it.each(texts)("have exactly one position at %s, where there is a choice", (text) => {
    for (const { id, options } of dials(text).values()) {
      const chosen = options.filter((option) => option.chosen);
      if (options.some(({ setting }) => setting !== null)) expect(chosen, id).toHaveLength(1);
    }
  });

  it("never change silently what another dial says", () => {
    const kernel = dials("int4-g32+a8+bitserial").get("sparsity")?.options;
    expect(kernel?.find(({ value }) => value === "2:4")).toMatchObject({
      setting: null,
      reason: expect.stringContaining("no kernel for 2:4"),
    });
    const bits = dials("int4-g32@clip").get("bits")?.options;
    expect(bits?.find(({ value }) => value === "16")?.reason).toMatch(/float/);
  });

  it("have every format of the registry, with the group where it has one", () => {
    const options = dials("int4-g64").get("family")?.options ?? [];
    const settings = options.map(({ setting }) => setting);
    expect(settings).toContain("nf4-g64");
    expect(settings).toContain("mxfp4");
    const reached = new Set(settings.map((text) => text && parseSetting(text).base.id));
    for (const { id, family } of formats) {
      if (family !== "int" && family !== "float") expect(reached).toContain(id);
    }
    const clipped = dials("int4-g64@clip").get("family")?.options;
    expect(clipped?.find(({ value }) => value === "nvfp4")?.reason).toMatch(/nvfp4 does not have/);
  });

  it("offer a file's own blocks only where the model's file has some", () => {
    const native = (text: string) =>
      dials(text)
        .get("family")
        ?.options.find(({ value }) => value === "native");
    expect(native("int4-g32")).toBeUndefined();
    expect(native("int4-g32;head=native")).toMatchObject({
      label: "native (Q4_1, Q6_K)",
      setting: "native",
      heading: "blocks of GGUF files",
    });
    expect(dials("native").get("sparsity")?.options[1]?.reason).toMatch(/native leaves alone/);
  });

  it("come back from a float with the group they had", () => {
    const before = parseSetting("int4-asym-g128");
    const habit = habitOf(before, firstHabit);
    const bits = dialsOf(parseSetting("f16"), habit).find(({ id }) => id === "bits");
    expect(bits?.options.find(({ value }) => value === "4")?.setting).toBe("int4-asym-g128");
  });

  it("keep a head that was chosen and move one that was not", () => {
    const bits = (text: string) =>
      dials(text)
        .get("bits")
        ?.options.find(({ value }) => value === "16")?.setting;
    expect(bits("int4-g32")).toBe("f16");
    expect(bits("int4-g32;head=int4-g32")).toBe("f16;head=int4-g32");
  });
});

describe("panes", () => {
  const pane = (ids: readonly number[], stop: Pane["stop"] = null): Pane => ({
    ...emptyPane,
    tokens: ids.map((id) => ({ id, text: String(id) })),
    stop,
  });

  it("part at the first token that differs", () => {
    expect(partsAt(pane([1, 2, 3]), pane([1, 5]))).toBe(1);
    expect(partsAt(pane([1, 2]), pane([1, 2, 3]))).toBeNull();
    expect(partsAt(pane([1, 2], "stop"), pane([1, 2, 3]))).toBe(2);
    expect(partsAt(pane([1, 2], "cancelled"), pane([1, 2, 3]))).toBeNull();
  });

  it("count the speed of writing without the prompt's share", () => {
    const tokens = (start: number, ids: number[], elapsedMs: number): GenerateEvent => ({
      kind: "tokens",
      side: "candidate",
      start,
      ids,
      texts: ids.map(String),
      elapsedMs,
    });
    const before = { panes: { reference: emptyPane, candidate: emptyPane }, comparisons: [] };
    const first = takeEvents(before, [tokens(0, [1], 50)]);
    expect(first.panes.candidate.tokensPerSecond).toBeNull();
    const later = takeEvents(first, [tokens(1, [2, 3], 4), tokens(3, [4, 5], 4)]);
    expect(later.panes.candidate.tokensPerSecond).toBe(500);
    expect(later.panes.candidate.tokens.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("jobs", () => {
  it("run one at a time, the latest wish winning", async () => {
    const log: string[] = [];
    const jobs = createJobs(() => Promise.resolve());
    const work = (name: string) => async (signal: AbortSignal) => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push(`${name} ${signal.aborted ? "was stopped" : "ends"}`);
    };
    const first = jobs.run(work("first"));
    await Promise.resolve();
    await Promise.all([first, jobs.run(work("second")), jobs.run(work("third"))]);
    expect(log).toEqual(["first begins", "first was stopped", "third begins", "third ends"]);
  });

  it("go on after one that failed", async () => {
    const jobs = createJobs(() => Promise.reject(new Error("the worker is gone")));
    await expect(jobs.run(() => Promise.reject(new Error("bad")))).rejects.toThrow("bad");
    let ran = false;
    await jobs.run(() => {
      ran = true;
      return Promise.resolve();
    });
    expect(ran).toBe(true);
  });
});

describe("a batch", () => {
  it("hands over once a frame, in order, and what is left on request", () => {
    const frames: (() => void)[] = [];
    const taken: number[][] = [];
    const batch = createBatch<number>(
      (run) => frames.push(run),
      (items) => taken.push([...items]),
    );
    batch.push(1);
    batch.push(2);
    expect(frames).toHaveLength(1);
    frames[0]?.();
    batch.push(3);
    batch.flush();
    frames[1]?.();
    expect(taken).toEqual([[1, 2], [3]]);
  });
});

describe("what a browser lacks", () => {
  const facts = {
    secure: true,
    hasWebGpu: true,
    hasAdapter: true,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36",
    address: "http://192.168.0.7:4173/demo/",
  };

  it("is named, one thing at a time", () => {
    expect(lackOf(facts)).toBeNull();
    expect(lackOf({ ...facts, secure: false, hasWebGpu: false })?.kind).toBe("insecure");
    expect(lackOf({ ...facts, hasWebGpu: false })?.kind).toBe("no-webgpu");
    expect(lackOf({ ...facts, hasAdapter: false })?.kind).toBe("refused");
  });

  it("comes with steps for this address and this browser", () => {
    expect(lackOf({ ...facts, secure: false })?.steps[0]).toContain("https://192.168.0.7/demo/");
    const edge = `${facts.userAgent} Edg/140.0`;
    expect(browserName(edge)).toBe("Edge");
    expect(lackOf({ ...facts, userAgent: edge, hasAdapter: false })?.steps[0]).toContain("edge://");
  });
});
