import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRng } from "../../src/lib/rng.ts";
import { compareRows, logSoftmax } from "../../src/model/distribution.ts";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { createReference } from "../../src/model/reference.ts";
import { quantizeActivations } from "../../src/quant/activations.ts";
import { parseSetting, type Setting } from "../../src/quant/setting.ts";
import { compressedWeights } from "../support/compressed.ts";
import { folderSource, openTestEngine, silent, type TestEngine } from "../support/engine.ts";
import { fixtureText } from "../support/golden.ts";

/** One of each kind: the CPU's side of this takes seconds a setting. */
const weightsOnly = [
  "f16",
  "int8-g32",
  "int7-g64",
  "int6-asym-g32",
  "int5-g128",
  "int4-g32",
  "int4-asym-g64",
  "int4-row",
  "int3-g32",
  "int3-asym-g32@clip",
  "int2-g32",
  "f32+2:4",
  "f16+2:4",
  "int8-g32+2:4",
  "int4-g32+2:4",
  "int4-g32+50%",
  "int3-asym-g64+2:4",
  "int4-g32;head=int4-g64;0-1=int8-g32;5.down=f16",
  "nf4-g64",
  "nf4-g64+2:4",
  "nf4-dq-g64",
  "fp4-g32@clip",
  "fp4-bnb-g64",
  "mxfp4",
  "nvfp4;head=mxfp4",
  "bitmod4-g32",
  "bitmod3-g32;head=nf4-dq-g64",
  "bipolar3-g32;head=bin-row",
  "w2s-g32;0-1=ternary-g32;2-3=ternary",
  "bcq3-g32;0-1=fdb-g32@fit;2=pb-g32",
];
const withActivations = [
  "int4-g32+a8",
  "int2-g32+a4-row",
  "int8-asym-g32+2:4+a8",
  "f32+a8",
  "bitmod4-g32+a8",
  "bipolar2-g32+a4",
];

const withSmallCache = ["f32+kv16", "f32+kv8", "int4-g32+kv4"];

describe("GPU against the CPU reference", () => {
  let opened: TestEngine;
  let loaded: LoadedModel;
  let ids: readonly number[];

  beforeAll(async () => {
    opened = await openTestEngine("stories");
    const source = folderSource("stories");
    if (source.kind !== "files") throw new Error("the fixture is a folder");
    loaded = await loadModel(givenFiles(source.files));
    ids = loaded.tokenizer.encode(fixtureText("stories/eval.txt")).slice(0, 65);
  });
  afterAll(() => opened.engine.dispose());

  const onGpu = async (text: string): Promise<Float32Array> => {
    await opened.engine.apply("candidate", text, silent);
    return await opened.engine.logits("candidate", ids, false);
  };

  it.each(weightsOnly)("%s: the same NLL within 0.001 %%", async (text) => {
    const { vocabSize } = loaded.config;
    const gpu = meanNll(await onGpu(text), ids, vocabSize);
    const cpu = meanNll(referenceLogits(loaded, parseSetting(text), ids), ids, vocabSize);
    expect(Math.abs(gpu / cpu - 1)).toBeLessThan(1e-5);
  });

  // A last bit may turn a code here as well, but only what is read through attention changes with it.
  it.each(withSmallCache)("%s: rounded, and the same NLL within 0.01 %%", async (text) => {
    const { vocabSize } = loaded.config;
    const setting = parseSetting(text);
    const rows = await onGpu(text);
    const gpu = meanNll(rows, ids, vocabSize);
    const reference = referenceLogits(loaded, setting, ids);
    const cpu = meanNll(reference, ids, vocabSize);
    const unrounded = referenceLogits(loaded, { ...setting, kv: 32 }, ids);
    expect(Math.abs(gpu / cpu - 1)).toBeLessThan(1e-4);
    const cost = meanKl(unrounded, reference, vocabSize);
    expect(meanKl(reference, rows, vocabSize)).toBeLessThan(cost / 10);
  });

  // Rounded activations make a model jump: a last bit that differs turns a code, and the rest of the text
  // with it. So no two orders of summation agree closely, and the bound is what a relative change of 1e-6
  // does to the CPU's own logits. Kernels are held to equal codes and sums in test/kernels.
  it.each(withActivations)("%s: as near as last bits allow, and rounded", async (text) => {
    const { vocabSize } = loaded.config;
    const setting = parseSetting(text);
    const cpu = referenceLogits(loaded, setting, ids);
    const unrounded = referenceLogits(loaded, { ...setting, activations: 32 }, ids);
    const gpu = await onGpu(text);
    const shaken = [1, 2].map((seed) =>
      meanKl(cpu, referenceLogits(loaded, setting, ids, shaker(seed)), vocabSize),
    );
    expect(meanKl(cpu, gpu, vocabSize)).toBeLessThan(2 * Math.max(...shaken));
    const cost = meanKl(unrounded, cpu, vocabSize);
    expect(meanKl(unrounded, gpu, vocabSize)).toBeGreaterThan(cost / 2);
    expect(meanKl(unrounded, gpu, vocabSize)).toBeLessThan(cost * 2);
  });
});

function referenceLogits(
  loaded: LoadedModel,
  setting: Setting,
  ids: readonly number[],
  shake: (input: Float32Array) => Float32Array = (input) => input,
): Float32Array {
  const { activations, activationGroup, kv } = setting;
  const options =
    activations === 32
      ? { kv }
      : {
          kv,
          quantizeInput: (input: Float32Array) =>
            rounded(shake(input), activations, activationGroup),
        };
  return createReference(loaded.config, compressedWeights(loaded, setting), options).forward(
    ids,
    0,
  );
}

function rounded(
  input: Float32Array,
  bits: 8 | 6 | 4 | 2,
  group: Setting["activationGroup"],
): Float32Array {
  const { codes, scales } = quantizeActivations(input, bits, group);
  return Float32Array.from(input, (_, i) => Math.fround((codes[i] ?? 0) * (scales[i >> 5] ?? 0)));
}

/** Changes values by up to a millionth of themselves, as another order of summation does. */
function shaker(seed: number): (input: Float32Array) => Float32Array {
  const random = createRng(seed);
  return (input) => input.map((value) => value * (1 + 1e-6 * (2 * random.uniform() - 1)));
}

function meanKl(reference: Float32Array, other: Float32Array, vocab: number): number {
  const rows = reference.length / vocab;
  const p = new Float64Array(vocab);
  const q = new Float64Array(vocab);
  let sum = 0;
  for (let t = 0; t < rows; t++) {
    logSoftmax(reference.subarray(t * vocab, (t + 1) * vocab), p);
    logSoftmax(other.subarray(t * vocab, (t + 1) * vocab), q);
    sum += compareRows(p, q).kl;
  }
  return sum / rows;
}

function meanNll(logits: Float32Array, ids: readonly number[], vocab: number): number {
  const row = new Float64Array(vocab);
  let sum = 0;
  for (let t = 0; t + 1 < ids.length; t++) {
    logSoftmax(logits.subarray(t * vocab, (t + 1) * vocab), row);
    sum -= row[ids[t + 1] ?? 0] ?? 0;
  }
  return sum / (ids.length - 1);
}
