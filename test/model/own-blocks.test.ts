import { describe, expect, it } from "vitest";
import { memorySource } from "../../src/model/bytes/source.ts";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { matrixNames, matrixShape } from "../../src/model/weights.ts";
import { formatOfType } from "../../src/quant/native.ts";
import { dequantizeTensor } from "../../src/quant/quantize.ts";
import { familyFiles, loadFamily } from "../support/families.ts";
import { fileFormats } from "../support/file-blocks.ts";
import { toGguf } from "../support/gguf.ts";
import { quantisedStories } from "../support/quantised-model.ts";

/** Every matrix that is stored in blocks: its codes stand for the master's values, bit for bit. Gives how many there are. */
function expectEqualBlocks({ config, master, own }: LoadedModel): number {
  if (!own) throw new Error("no blocks");
  let compared = 0;
  for (const { layer, matrix, format } of own.formats.matrices) {
    if (!format.fromFile) continue;
    const [rows] = matrixShape(config, matrix);
    const values = dequantizeTensor(own.codes(layer, matrix, 0, rows));
    expect(sameBits(values, master.matrix(layer, matrix)), `${layer}.${matrix}`).toBe(true);
    compared++;
  }
  return compared;
}

/** Of large arrays, which `toEqual` takes seconds for. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  );
}

/** Blocks of 32, another type for each matrix; what they do not divide stays F32. */
function typesInTurn(): (name: string, cols: number) => string {
  const small = fileFormats.map(({ row }) => row.file).filter((file) => file?.elements === 32);
  let at = 0;
  return (_name, cols) => (cols % 32 === 0 ? (small[at++ % small.length]?.type ?? "F32") : "F32");
}

// How a file lays q, k and v, and which way round, differs among these.
describe.each(["llama", "gpt2", "gpt_neox", "phi", "qwen3"] as const)("%s in blocks", (name) => {
  it("has codes for the values that the file decodes to", async () => {
    const { config } = await loadFamily(name);
    const files = familyFiles(name);
    const parse = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));
    const folder = {
      config,
      configJson: parse(files["config.json"]),
      tokenizerJson: parse(files["tokenizer.json"]),
      weights: files["model.safetensors"] ?? new Uint8Array(),
    };
    const model = await loadModel(
      givenFiles({ "model.gguf": await toGguf(folder, undefined, typesInTurn()) }),
    );
    expect(expectEqualBlocks(model)).toBe(config.layers * matrixNames(config).length);
    const { own, master } = model;
    if (!own) throw new Error("no blocks");
    // Rows from the middle, as a table that is cut has them.
    const part = dequantizeTensor(own.codes("table", "embedding", 32, 64));
    const { hiddenSize } = config;
    const values = master.embedding.subarray(32 * hiddenSize, 96 * hiddenSize);
    expect(sameBits(part, values)).toBe(true);
  });
});

describe("a file of many types", async () => {
  const bytes = await quantisedStories();
  const { size, read } = memorySource("model.gguf", bytes);

  it.each([
    ["near", bytes],
    ["far", { name: "model.gguf", size, read }],
  ])("has codes for its values when its bytes are %s", async (_where, content) => {
    const model = await loadModel(givenFiles({ "model.gguf": content }));
    expect(expectEqualBlocks(model)).toBe(12);
    const names = model.own?.formats.matrices.map(({ format }) => format.id);
    expect(names?.join(" ")).toBe(
      "q4_k q5_k q6_k q3_k q2_k q4_1 q4_0 q8_0 q5_0 f16 q5_1 iq4_nl f16 mxfp4",
    );
  });
});

it("has no blocks of its own in a file of floats", async () => {
  expect((await loadFamily("llama")).own).toBeNull();
});

it.each([
  ["F32", "f32"],
  ["BF16", "f32"],
  ["IQ4_XS", "f32"],
  ["F16", "f16"],
  ["TQ1_0", "f16"],
])("%s has no kernels of its own and runs in %s, which holds its numbers", (type, id) => {
  expect(formatOfType(type)).toEqual({ id, sparse: false, method: "rtn" });
});
