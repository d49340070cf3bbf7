import { describe, expect, it } from "vitest";
import { followAddress } from "../../src/store/address.ts";
import { gallery } from "../../src/store/gallery.ts";
import { readModelFiles, readModelText } from "../../src/store/model-text.ts";
import { createBitdial } from "../../src/store/store.ts";
import { FakeEngine, keptModel, surroundings } from "./fake-engine.ts";

function made(hash = "") {
  const engine = new FakeEngine();
  const store = createBitdial(surroundings(engine));
  let written = hash;
  followAddress(store, {
    hash,
    replace: (next) => {
      written = next;
    },
    onChange: () => {},
  });
  return { engine, state: () => store.getState(), address: () => written };
}

/** A page on its embedded model, with nothing under way. */
async function opened() {
  const page = made();
  page.state().setAutoMeasure(false);
  await page.state().open();
  return page;
}

describe("what names a model", () => {
  it.each([
    ["hf:org/name", "hf:org/name", "hub"],
    ["org/name", "hf:org/name", "hub"],
    [" org/name@v1 ", "hf:org/name@v1", "hub"],
    ["org/name/a.Q4_0.gguf@v1", "hf:org/name/a.Q4_0.gguf@v1", "hub"],
    ["https://huggingface.co/org/name", "hf:org/name", "hub"],
    ["https://huggingface.co/org/name/tree/v1", "hf:org/name@v1", "hub"],
    ["https://huggingface.co/org/name/blob/main/a.gguf", "hf:org/name/a.gguf", "hub"],
    ["https://huggingface.co/org/name/blob/main/config.json", "hf:org/name", "hub"],
    ["https://example.org/models/a/", "https://example.org/models/a/", "url"],
    ["kept:0123456789abcdef", "kept:0123456789abcdef", "kept"],
  ])("%s is %s", (text, id, kind) => {
    expect(readModelText(text, "")).toMatchObject({ id, source: { kind } });
  });

  it.each(["", "name", "ftp://example.org/a", "../a/b", "javascript:alert(1)", "kept:zz"])(
    "%s is none, and says what would be one",
    (text) => {
      expect(readModelText(text, "")).toMatchObject({
        fault: expect.stringMatching(/is no model's name; write hf:org\/name/),
      });
    },
  );

  it("goes to the mirror that is set", () => {
    expect(readModelText("org/name", "https://mirror.example")).toMatchObject({
      host: "https://mirror.example",
      source: { hub: "https://mirror.example", name: "name" },
    });
  });

  it("takes the files of a folder, not of the folders in it", () => {
    const file = new Blob();
    const source = readModelFiles([
      { path: "tiny/config.json", file },
      { path: "tiny/onnx/model.onnx", file },
    ]);
    expect(source).toEqual({ kind: "files", name: "tiny", files: { "config.json": file } });
    expect(
      readModelFiles([
        { path: "tok512.bin", file },
        { path: "a.bin", file },
      ]),
    ).toMatchObject({
      name: "a",
    });
    expect(readModelFiles([])).toHaveProperty("fault");
  });
});

describe("the list of models to try", () => {
  it.each(gallery)("says of $name what it is, takes and allows, and can be read", (model) => {
    expect(readModelText(model.id, "")).toMatchObject({ id: model.id });
    expect(model.megabytes).toBeGreaterThan(model.parameters / 1e6);
    expect(model.licence).toMatch(/^[A-Z][\w.-]+$/);
    expect(model.words).toMatch(/^[^\n]{10,80}\.$/);
  });

  it("goes from the smallest to the largest", () => {
    const sizes = gallery.map(({ parameters }) => parameters);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  });
});

describe("opening a model", () => {
  it("looks, shows a card, fetches, and runs it in place of the one before", async () => {
    const { engine, state, address } = await opened();
    await state().lookAt("org/name");
    expect(state()).toMatchObject({ openStage: "card", preview: { licence: "mit" } });
    expect(engine.calls).not.toContain("load previewed, keep as hf:org/name");
    engine.calls.length = 0;
    await state().fetchModel();
    expect(engine.calls.filter((call) => call !== "cancel").slice(0, 3)).toEqual([
      "load previewed, keep as hf:org/name",
      "apply reference f32",
      "apply candidate int4-g32",
    ]);
    expect(state()).toMatchObject({
      boot: "ready",
      choosing: false,
      opened: { id: "hf:org/name" },
    });
    expect(address()).toContain("&model=hf:org/name");
    await state().openEmbedded();
    expect(state()).toMatchObject({ boot: "ready", opened: null });
    expect(address()).not.toContain("model=");
  });

  it("offers a file's own blocks, and forgets that choice with the file", async () => {
    const { engine, state } = await opened();
    state().editSetting("native");
    expect(state().fault?.sentence).toContain("there are none here");
    state().settleDraft();
    engine.blocks = ["q4_1"];
    await state().lookAt("org/name");
    await state().fetchModel();
    await state().turnTo("native");
    expect(state()).toMatchObject({ fault: null, setting: "native" });
    // The next model has none.
    engine.blocks = [];
    await state().lookAt("org/other");
    expect(state().needs?.choice.candidate).toBe("int4-g32");
    await state().openEmbedded();
    expect(state()).toMatchObject({ boot: "ready", setting: "int4-g32", fault: null });
  });

  it("forgets what was measured of the model before", async () => {
    const { state } = await opened();
    const rows = state().rows;
    await state().lookAt("org/name");
    await state().fetchModel();
    expect(rows.length).toBeGreaterThan(0);
    expect(state().rows.every((row) => !rows.includes(row))).toBe(true);
  });

  it("opens what is kept without asking a host", async () => {
    const { engine, state } = await opened();
    engine.shelf.push(keptModel);
    await state().lookAt("hf:org/name");
    expect(engine.calls).toContain("preview kept name");
  });

  it("says why a model cannot be read, and stays on the one it has", async () => {
    const { engine, state } = await opened();
    engine.refused.set("name", "config.json is missing.");
    await state().lookAt("org/name");
    expect(state()).toMatchObject({
      boot: "ready",
      openStage: "choose",
      openFault: "config.json is missing.",
    });
  });

  it("is left at any point, and a late answer changes nothing", async () => {
    const { engine, state } = await opened();
    await state().lookAt("org/name");
    let arrive = () => {};
    engine.fetching = new Promise((resolve) => {
      arrive = resolve;
    });
    const fetching = state().fetchModel();
    await new Promise((resolve) => setTimeout(resolve, 1));
    state().leaveCard();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(state().openStage).toBe("choose");
    expect(engine.calls.at(-1)).toBe("cancel");
    arrive();
    await fetching;
    expect(state()).toMatchObject({ opened: null, model: { name: "test" }, boot: "ready" });
  });

  it("offers what would fit where the model does not", async () => {
    const { engine, state } = await opened();
    engine.faults = ["The table of tokens takes 671 MB in one buffer."];
    await state().lookAt("org/name");
    expect(state().needs?.instead?.reference).toBe("f16");
    engine.faults = [];
    await state().chooseLoad({ reference: "f16" });
    await state().fetchModel();
    expect(state().reference?.setting).toBe("f16");
  });

  it("runs a model that could not be kept, and says so", async () => {
    const { engine, state } = await opened();
    engine.keepFault = "The model is loaded but not kept: the disk is full.";
    await state().lookAt("org/name");
    await state().fetchModel();
    expect(state()).toMatchObject({
      boot: "ready",
      problem: { kind: "kept", sentence: engine.keepFault },
    });
  });
});

describe("a link with a model", () => {
  it("loads it where it is kept", async () => {
    const { engine, state } = made("#int4-g32&model=hf:org/name");
    engine.shelf.push(keptModel);
    await state().open();
    expect(state()).toMatchObject({ boot: "ready", linked: null, opened: { id: "hf:org/name" } });
    expect(engine.calls).toContain("preview kept name");
    expect(engine.calls).not.toContain("load");
  });

  it("asks before it fetches it from anywhere", async () => {
    const { engine, state, address } = made("#int4-g32&model=hf:org/name");
    await state().open();
    expect(state()).toMatchObject({ boot: "asking", openText: "hf:org/name" });
    expect(engine.calls).toEqual([]);
    state().setPrompt("A cat");
    expect(address()).toContain("model=hf:org/name");
    await state().openEmbedded();
    expect(state()).toMatchObject({ boot: "ready", opened: null, linked: null });
  });
});

describe("what is kept", () => {
  it("is listed and deleted, one or all", async () => {
    const { engine, state } = await opened();
    engine.shelf.push(keptModel, { ...keptModel, id: "hf:org/other" });
    await state().readKept();
    expect(state().kept?.models).toHaveLength(2);
    await state().forgetKept("hf:org/other");
    expect(state().kept?.models.map(({ id }) => id)).toEqual(["hf:org/name"]);
    await state().forgetKept(null);
    expect(state().kept?.models).toEqual([]);
    await state().askToPersist();
    expect(state().persisted).toBe(true);
  });
});
