import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTally, rankSteps } from "../../src/engine/trace.ts";
import { loadModel } from "../../src/model/files.ts";
import { matmul } from "../../src/model/matmul.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { createReference } from "../../src/model/reference.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { parseSetting } from "../../src/quant/setting.ts";
import { folderSource, openTestEngine, silent, type TestEngine } from "../support/engine.ts";

const text =
  "Once upon a time there was a little cat who liked to play with a red ball in the park.";
const setting = "int3-g32;1.down=int8-g32";

describe("what the charts show", () => {
  let opened: TestEngine;

  beforeAll(async () => {
    opened = await openTestEngine("stories260K");
    await opened.engine.apply("reference", "f32", silent);
    await opened.engine.apply("candidate", setting, silent);
  });
  afterAll(() => opened.engine.dispose());

  it("traces what evaluate scores, token by token, over the whole vocabulary", async () => {
    const { engine, model } = opened;
    const trace = await engine.trace({ text, maxTokens: 24 }, silent);
    const scored: { kl: number; nll: number }[] = [];
    await engine.evaluate({ text, window: 64, stride: 64, maxTokens: 23 }, ({ rows }) => {
      scored.push(...rows.map(({ kl, candidateNll }) => ({ kl, nll: candidateNll })));
      return undefined;
    });
    expect(trace.tokens).toHaveLength(24);
    expect(trace.tokens[0]?.scored).toBeNull();
    for (const [at, row] of scored.entries()) {
      expect(trace.tokens[at + 1]?.scored?.kl).toBeCloseTo(row.kl, 12);
      expect(trace.tokens[at + 1]?.scored?.candidateNll).toBeCloseTo(row.nll, 12);
    }
    const counted = trace.density.counts.reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(23 * model.vocabSize);
    const ranks = trace.ranks.map(({ reference }) => reference);
    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
    expect(trace.ranks.at(-1)?.rank).toBe(model.vocabSize);
  });

  it("gives whole distributions at a place, the same as the trace's", async () => {
    const { engine } = opened;
    const trace = await engine.trace({ text, maxTokens: 24 }, silent);
    const next = await engine.distribution({ text, position: 20 });
    for (const side of [next.reference, next.candidate]) {
      expect(side.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 4);
    }
    expect(next.target).toBe(trace.tokens[20]?.id);
    expect(next.names[next.target]).toBe(trace.tokens[20]?.text);
    expect(next.reference[next.target]).toBeCloseTo(
      -(trace.tokens[20]?.scored?.referenceNll ?? 0),
      4,
    );
    await expect(engine.distribution({ text, position: 0 })).rejects.toThrow("between 1 and");
    await expect(engine.distribution({ text: "", position: 1 })).rejects.toThrow("two tokens");
  });

  it("has the signal to noise and the output error that plain sums give", async () => {
    const errors = await opened.engine.layerErrors({ text, maxTokens: 12 }, silent);
    const loaded = await loaded260K();
    expect(errors.setting).toBe(setting);
    expect(errors.cells).toHaveLength(7 * loaded.config.layers + 1);
    const inputs: Float32Array[] = [];
    const ids = loaded.tokenizer.encode(text).slice(0, 12);
    createReference(loaded.config, loaded.master, {
      quantizeInput(input, matrix, layer) {
        if (layer === 1 && matrix === "up") inputs.push(input.slice());
        return input;
      },
    }).forward(ids, 0);
    expect(inputs).toHaveLength(12);
    const weights = loaded.master.matrix(1, "up");
    const { hiddenSize, intermediateSize } = loaded.config;
    const { base } = parseSetting(setting);
    const packed = dequantizeTensor(quantizeTensor(weights, intermediateSize, hiddenSize, base));
    let [signal, noise, power, error] = [0, 0, 0, 0];
    for (const [i, weight] of weights.entries()) {
      signal += weight ** 2;
      noise += (weight - (packed[i] ?? 0)) ** 2;
    }
    for (const input of inputs) {
      const exact = matmul(input, weights, intermediateSize, hiddenSize);
      const found = matmul(input, packed, intermediateSize, hiddenSize);
      for (const [i, value] of exact.entries()) {
        power += value ** 2;
        error += (value - (found[i] ?? 0)) ** 2;
      }
    }
    const up = errors.cells.find(({ layer, matrix }) => layer === 1 && matrix === "up");
    expect(up?.format).toBe("int3-g32");
    expect(up?.snrDb).toBeCloseTo(10 * Math.log10(signal / noise), 9);
    expect(up?.outputError).toBeCloseTo(Math.sqrt(error / power), 9);
    const down = errors.cells.filter(({ matrix }) => matrix === "down");
    expect(down[1]?.format).toBe("int8-g32");
    expect(down[1]?.snrDb).toBeGreaterThan((down[0]?.snrDb ?? 0) + 20);
    expect(errors.cells.at(-1)).toMatchObject({ layer: null, matrix: "head", format: "int8-g32" });
  });

  it("has no noise where nothing is rounded, and counts rounded activations", async () => {
    const { engine } = opened;
    await engine.apply("candidate", "f32", silent);
    const none = await engine.layerErrors({ text, maxTokens: 4 }, silent);
    expect(none.cells.every((cell) => cell.snrDb === null && cell.outputError === 0)).toBe(true);
    await engine.apply("candidate", "int8-g32+a4", silent);
    const rough = await engine.layerErrors({ text, maxTokens: 4 }, silent);
    await engine.apply("candidate", "int8-g32", silent);
    const fine = await engine.layerErrors({ text, maxTokens: 4 }, silent);
    for (const [at, cell] of fine.cells.entries()) {
      expect(rough.cells[at]?.snrDb).toBe(cell.snrDb);
      expect(rough.cells[at]?.outputError).toBeGreaterThan(2 * cell.outputError);
    }
  });

  it("fills a budget with widths by the weights' errors", async () => {
    const { engine } = opened;
    const part = "+2:4+a8+kv8";
    const { setting, size } = await engine.budget(`int4-asym-g32${part};head=f16`, 4.4, silent);
    expect(setting).toMatch(/^int\d-asym-g32\+2:4\+a8\+kv8;head=f16;/);
    expect(await engine.estimate(setting)).toEqual(size);
    expect(size.layerBitsPerWeight).toBeLessThanOrEqual(4.4);
    expect(size.layerBitsPerWeight).toBeGreaterThan(4.3);
    const even = await engine.budget("int3-g32", 1e6, silent);
    expect(even.setting).toBe("int8-g32");
    await expect(engine.budget("int4-g32", 2, silent)).rejects.toThrow(
      /2 bits a weight are too few: int2-g32 everywhere already takes \d/,
    );
  });

  it("stops when told to, and stays usable", async () => {
    const { engine } = opened;
    for (const call of ["layerErrors", "trace"] as const) {
      let told = 0;
      const running = engine[call]({ text: text.repeat(12), maxTokens: 256 }, () => {
        told++;
        if (told === 1) void engine.cancel();
      });
      await expect(running).rejects.toThrow("Stopped");
      expect(told).toBeLessThan(33);
    }
    expect((await engine.trace({ text, maxTokens: 4 }, silent)).tokens).toHaveLength(4);
    expect(opened.problems).toEqual([]);
  });
});

describe("the tally of distributions", () => {
  it("puts pairs in their cells and averages by rank", () => {
    const tally = createTally(3);
    tally.add(Float64Array.of(-0.1, -12.1, -30), Float64Array.of(-23.9, -0.1, -2));
    const { density, ranks } = tally.result();
    const { cells, counts } = density;
    const at = (reference: number, candidate: number) => counts[reference * cells + candidate];
    expect(at(cells - 1, 0)).toBe(1);
    expect(at(cells / 2 - 1, cells - 1)).toBe(1);
    expect(at(0, cells - 4)).toBe(1);
    expect(ranks).toEqual([
      { rank: 1, reference: -0.1, candidate: -0.1 },
      { rank: 2, reference: -12.1, candidate: -2 },
      { rank: 3, reference: -30, candidate: -23.9 },
    ]);
  });

  it("steps through ranks, each once, to the last", () => {
    expect(rankSteps(1)).toEqual([1]);
    const steps = rankSteps(2048);
    expect(steps).toEqual([...new Set(steps)]);
    expect(steps.at(-1)).toBe(2048);
    expect(steps.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
  });
});

async function loaded260K() {
  const source = folderSource("stories260K");
  if (source.kind !== "files") throw new Error("The fixture is not of files.");
  return await loadModel(givenFiles(source.files));
}
