import { describe, expect, it } from "vitest";
import { readReport } from "../../src/lab/report.ts";
import { createBitdial } from "../../src/store/store.ts";
import { FakeEngine, surroundings } from "./fake-engine.ts";

/** A page that has loaded, written and measured its first setting. */
async function opened() {
  const engine = new FakeEngine();
  const store = createBitdial(surroundings(engine));
  await store.getState().open();
  const state = () => store.getState();
  return { engine, store, state };
}

/** Lets a turn, which nobody waits for, run to its end. */
async function settled(state: () => { activity: string }): Promise<void> {
  for (let quiet = 0; quiet < 20; ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    quiet = state().activity === "idle" ? quiet + 1 : 0;
  }
}

describe("opening", () => {
  it("loads, applies both sides, writes and measures", async () => {
    const { engine, state } = await opened();
    expect(state().boot).toBe("ready");
    expect(engine.calls.filter((call) => call !== "cancel")).toEqual([
      "load",
      "apply reference f32",
      "apply candidate int4-g32",
      "generate reference+candidate",
      "evaluate 2048",
      "speed reference",
      "speed candidate",
    ]);
    const row = state().rows.find(({ setting }) => setting === "int4-g32");
    expect(row?.quality?.summary.kl.value).toBeCloseTo(0.1);
    expect(row?.quality?.ended).toBe("limit");
    expect(row?.speed?.summary.decode.tokensPerSecond).toBe(500);
  });

  it("tells what the browser lacks instead of starting", async () => {
    const engine = new FakeEngine();
    const lack = { kind: "no-webgpu", title: "No WebGPU", sentence: "None.", steps: [] } as const;
    const around = surroundings(engine, {
      findLack: () => Promise.resolve(lack),
      readText: () => Promise.reject(new Error("no sample")),
    });
    const store = createBitdial(around);
    await store.getState().open();
    expect(store.getState()).toMatchObject({ boot: "unsupported", lack, sample: null });
    expect(engine.calls).toEqual([]);
  });

  it("keeps a failure as a sentence and starts again on request", async () => {
    const engine = new FakeEngine();
    engine.refused.set("f32", "No room for f32 here.");
    const store = createBitdial(surroundings(engine));
    await store.getState().open();
    expect(store.getState()).toMatchObject({
      boot: "failed",
      bootSentence: "No room for f32 here.",
    });
    engine.refused.clear();
    await store.getState().restart();
    expect(store.getState().boot).toBe("ready");
  });
});

describe("a turned dial", () => {
  it("applies, writes the candidate alone and times its first token", async () => {
    const { engine, state } = await opened();
    engine.calls.length = 0;
    state().turnTo("int2-g64");
    await settled(state);
    expect(engine.calls.slice(0, 2)).toEqual(["apply candidate int2-g64", "generate candidate"]);
    expect(state().applied?.setting).toBe("int2-g64");
    const row = state().rows.find(({ setting }) => setting === "int2-g64");
    expect(row?.firstTokenMs).toBeGreaterThan(0);
  });

  it("is followed once when it passes several positions", async () => {
    const { engine, state } = await opened();
    engine.calls.length = 0;
    for (const setting of ["int8-g32", "int6-g32", "int3-g32"]) state().turnTo(setting);
    await settled(state);
    expect(engine.calls.filter((call) => call.startsWith("apply"))).toEqual([
      "apply candidate int3-g32",
    ]);
    expect(state().rows.map(({ setting }) => setting)).toEqual(["f32", "int4-g32", "int3-g32"]);
  });

  it("stops what runs and does not wait for its end", async () => {
    const { engine, state } = await opened();
    engine.hold = true;
    const writing = state().generate();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(state().activity).toBe("writing");
    engine.hold = false;
    state().turnTo("int8-g32");
    await writing;
    await settled(state);
    expect(state().applied?.setting).toBe("int8-g32");
  });

  it("that the engine refuses leaves the old setting and says why", async () => {
    const { engine, state } = await opened();
    engine.refused.set("f16", "This GPU has no room for f16.");
    state().turnTo("f16");
    await settled(state);
    expect(state().applied?.setting).toBe("int4-g32");
    expect(state().problem).toMatchObject({ kind: "setting", sentence: /no room/ });
    state().turnTo("int4-g32");
    await settled(state);
    expect(state().setting).toBe("int4-g32");
  });
});

describe("the setting's field", () => {
  it("points at the wrong part and keeps the last setting", async () => {
    const { state } = await opened();
    state().editSetting("int4-g33");
    expect(state().fault).toMatchObject({ index: 0, length: 8 });
    expect(state().fault?.expected).toContain("int4-g32");
    expect(state().setting).toBe("int4-g32");
  });

  it("refuses layers that the model lacks", async () => {
    const { state } = await opened();
    state().editSetting("int4-g32;7=int8-g32");
    expect(state().fault?.sentence).toMatch(/layer/);
  });

  it("takes any order and case, and settles on the canonical form", async () => {
    const { state } = await opened();
    state().editSetting("INT4-g32+a8+2:4");
    expect(state().fault).toBeNull();
    expect(state().draft).toBe("INT4-g32+a8+2:4");
    state().settleDraft();
    expect(state().draft).toBe("int4-g32+2:4+a8");
  });
});

describe("layers", () => {
  it("are painted with the brush and taken back by a second stroke", async () => {
    const { state } = await opened();
    state().setBrush("int8-g32");
    state().paint([1], ["down"]);
    expect(state().setting).toBe("int4-g32;1.down=int8-g32");
    expect(state().cells.filter((cell) => cell.overridden)).toHaveLength(1);
    state().paint([1], ["down"]);
    expect(state().setting).toBe("int4-g32");
    state().paint([0, 1], ["q", "k"]);
    state().clearLayers();
    expect(state().setting).toBe("int4-g32");
  });
});

describe("sparsity", () => {
  it("is dense, 2:4 or a share, one at a time, and other dials keep it", async () => {
    const { state } = await opened();
    const turn = (id: string, value: string) => {
      const dial = state().dials.find((one) => one.id === id);
      const { setting } = dial?.options.find((option) => option.value === value) ?? {};
      if (setting) state().turnTo(setting);
      return state().setting;
    };
    expect(turn("sparsity", "50%")).toBe("int4-g32+50%");
    expect(turn("bits", "3")).toBe("int3-g32+50%");
    expect(turn("sparsity", "2:4")).toBe("int3-g32+2:4");
    state().turnTo("int4-g32+30%");
    const { options = [] } = state().dials.find(({ id }) => id === "sparsity") ?? {};
    expect(options.map(({ value }) => value)).toEqual(["dense", "2:4", "30%", "50%"]);
    expect(turn("kv", "8")).toBe("int4-g32+30%+kv8");
    expect(turn("sparsity", "dense")).toBe("int4-g32+kv8");
  });
});

describe("a budget", () => {
  it("turns to the setting that the engine fills it with", async () => {
    const { engine, state } = await opened();
    state().setBudget(4.5);
    await state().fillBudget();
    expect(engine.calls).toContain("budget int4-g32 4.5");
    expect(state().setting).toBe("int4-g32;0=int8-g32");
    expect(state().draft).toBe("int4-g32;0=int8-g32");
    expect(state().budgetFault).toBeNull();
  });

  it("keeps the setting and says why when it is too small, until it changes", async () => {
    const { state } = await opened();
    state().setBudget(1);
    await state().fillBudget();
    expect(state().budgetFault).toMatch(/too few/);
    expect(state().setting).toBe("int4-g32");
    state().setBudget(4);
    expect(state().budgetFault).toBeNull();
  });
});

describe("writing", () => {
  it("keeps the reference's text while prompt and sampling stay", async () => {
    const { engine, state } = await opened();
    engine.calls.length = 0;
    state().setAutoMeasure(false);
    await state().generate();
    state().setSampling({ seed: 8 });
    await state().generate();
    expect(engine.calls.filter((call) => call.startsWith("generate"))).toEqual([
      "generate candidate",
      "generate reference+candidate",
    ]);
  });

  it("ends as stopped by the user", async () => {
    const { engine, state } = await opened();
    engine.hold = true;
    const writing = state().generate();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await state().stop();
    await writing;
    expect(state().panes.candidate.stop).toBe("cancelled");
    expect(state().activity).toBe("idle");
  });
});

describe("a lost device", () => {
  it("is told, waited for, and writes again when it was writing", async () => {
    const { engine, state } = await opened();
    engine.hold = true;
    const writing = state().generate();
    await new Promise((resolve) => setTimeout(resolve, 5));
    engine.hold = false;
    engine.calls.length = 0;
    engine.onProblem({ kind: "lost", sentence: "The GPU was lost.", recovering: true });
    expect(state().problem?.sentence).toBe("The GPU was lost.");
    await writing;
    await settled(state);
    expect(engine.calls).toContain("apply candidate int4-g32");
    expect(engine.calls.some((call) => call.startsWith("generate"))).toBe(true);
    expect(state().problem?.kind).toBe("back");
  });

  it("that does not come back ends in the engine's sentence", async () => {
    const { engine, state } = await opened();
    engine.refused.set("int4-g32", "There is no GPU device.");
    engine.onProblem({ kind: "lost", sentence: "The GPU was lost.", recovering: true });
    engine.onProblem({ kind: "lost", sentence: "It did not come back.", recovering: false });
    await settled(state);
    expect(state().problem).toMatchObject({ sentence: "It did not come back.", recovering: false });
  });
});

describe("the session", () => {
  it("compares two ticked settings, the oldest making room", async () => {
    const { state } = await opened();
    for (const setting of ["f32", "int4-g32", "int8-g32"]) state().tick(setting);
    expect(state().ticked).toEqual(["int4-g32", "int8-g32"]);
    state().tick("int8-g32");
    expect(state().ticked).toEqual(["int4-g32"]);
  });

  it("is exported as a report that reads back", async () => {
    const { state } = await opened();
    await state().profile();
    const json = await state().exportReport("json");
    expect(json.name).toMatch(/^bitdial-test-.*\.json$/);
    const read = readReport(json.text);
    expect(read.ok && read.report.settings.map(({ setting }) => setting)).toEqual([
      "f32",
      "int4-g32",
    ]);
    const markdown = await state().exportReport("markdown");
    expect(markdown.text).toContain("| `int4-g32` |");
    expect(markdown.text).toContain("software adapter");
  });

  it("measures again after another variant was chosen", async () => {
    const { engine, state } = await opened();
    await state().profile();
    expect(state().variantChoices).toEqual({ "matvec/int4": ["one", "two"] });
    engine.calls.length = 0;
    await state().chooseVariant("matvec/int4", "two");
    expect(engine.calls).toEqual([
      "variant matvec/int4 two",
      "apply candidate int4-g32",
      "speed candidate",
    ]);
  });
});
