import { afterAll, expect, it } from "vitest";
import { folderSource, openTestEngine } from "../support/engine.ts";

const { engine, problems } = await openTestEngine("stories260K");
afterAll(() => engine.dispose());

const choice = { reference: "f32", candidate: "int4-g32", context: 256 };

it("says before loading what the model then takes", async () => {
  const preview = await engine.preview(folderSource("stories260K"), () => {});
  expect(preview).toMatchObject({
    title: "Llama (SmolLM, SmolLM2, TinyLlama)",
    form: "safetensors",
    types: ["F32"],
    licence: null,
    from: "disk",
    model: { parameters: 260_032, layers: 5, contextLength: 512 },
  });
  const needs = await engine.needs(preview.ticket, choice);
  expect(needs.faults).toEqual([]);
  const how = { context: choice.context, keepAs: "hf:test/stories" };
  const loaded = await engine.loadPreviewed(preview.ticket, how, () => {});
  expect(loaded.model.contextLength).toBe(256);
  expect(loaded).toMatchObject({ keptId: null, keepFault: expect.stringContaining("by the page") });
  for (const side of ["reference", "candidate"] as const) {
    const { size } = await engine.apply(side, choice[side], () => {});
    // Buffers are rounded up to 16 bytes.
    expect(Math.abs(size.weightBytes - needs[side].weightBytes)).toBeLessThan(64);
    expect(size.kvCache).toBe(needs[side].kvCache);
    expect(size.activations).toBe(needs[side].activations);
  }
  const { liveBytes } = await engine.counters();
  // Beside these there are parameters of dispatches and what is read back.
  expect(liveBytes).toBeGreaterThan(needs.gpu.total);
  expect(liveBytes).toBeLessThan(needs.gpu.total * 1.25);
  expect(problems).toEqual([]);
});

it("names what would fit where a choice does not", async () => {
  const source = folderSource("stories260K");
  if (source.kind !== "files") throw new Error("no files");
  const config = JSON.parse(
    new TextDecoder().decode(source.files["config.json"] as Uint8Array),
  ) as object;
  const long = JSON.stringify({ ...config, max_position_embeddings: 1 << 24 });
  const files = { ...source.files, "config.json": new TextEncoder().encode(long) };
  const { ticket } = await engine.preview({ ...source, files }, () => {});
  const needs = await engine.needs(ticket, { ...choice, context: 1 << 24 });
  expect(needs.faults.join()).toMatch(/^A layer's cache takes 2147 MB in one buffer, and this/);
  expect(needs.instead).toEqual({ ...choice, context: 2048 });
  // A ticket is good for the last look only.
  await expect(engine.needs(ticket - 1, choice)).rejects.toThrow(/look at it again/);
});
