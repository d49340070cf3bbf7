import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { sha256Hex } from "../../src/lib/sha256.ts";
import { memorySource } from "../../src/model/bytes/source.ts";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import type { GgufValue } from "../../src/model/gguf/write.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { matrixNames } from "../../src/model/weights.ts";
import { families, familyFiles, loadFamily } from "../support/families.ts";
import { byteLevelVocabulary, floatTensors, toGguf, tokensOf } from "../support/gguf.ts";
import { toLlama2c } from "../support/llama2c.ts";
import { shardsOf260K } from "../support/shards.ts";
import { loadFixture, modelFile, stories260KGolden } from "./fixtures.ts";

/** Equal shape, equal values bit for bit. */
function expectSame(got: LoadedModel, wanted: LoadedModel): void {
  expect(got.config).toEqual(wanted.config);
  const { config, master } = wanted;
  expect(got.master.embedding).toEqual(master.embedding);
  expect(got.master.head).toEqual(master.head);
  expect(got.master.positions).toEqual(master.positions);
  expect(got.master.finalNorm).toEqual(master.finalNorm);
  expect(got.master.finalNormBias).toEqual(master.finalNormBias);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const norm of config.norms) {
      expect(got.master.norm(layer, norm)).toEqual(master.norm(layer, norm));
      expect(got.master.normBias(layer, norm)).toEqual(master.normBias(layer, norm));
    }
    for (const matrix of matrixNames(config)) {
      expect(got.master.matrix(layer, matrix)).toEqual(master.matrix(layer, matrix));
      expect(got.master.bias(layer, matrix)).toEqual(master.bias(layer, matrix));
    }
  }
}

const texts = [
  ...stories260KGolden().encode.map(({ text }) => text),
  "Once upon a time, there was a dog.",
  "  two  spaces \n\n and lines\t",
  "caf\u00e9 \u{1f600} \u65e5\u672c 1234 don't",
  "A</s>B <s>",
  "",
];

function expectSameTokens(got: LoadedModel, wanted: LoadedModel): void {
  for (const text of texts) {
    const ids = wanted.tokenizer.encode(text);
    expect(got.tokenizer.encode(text)).toEqual(ids);
    expect(got.tokenizer.decode(ids)).toBe(wanted.tokenizer.decode(ids));
    expect(got.tokenizer.byteLengths(ids)).toEqual(wanted.tokenizer.byteLengths(ids));
  }
  expect(got.tokenizer.specialIds).toEqual(wanted.tokenizer.specialIds);
}

describe("stories260K in every kind of file", async () => {
  const folder = await loadFixture("stories260K");
  const weights = modelFile("stories260K", "model.safetensors");
  const tokenizerBin = readFileSync(
    join(import.meta.dirname, "../fixtures/stories260K/tok512.bin"),
  );

  it("llama2.c: equal tensors, config and tokens", async () => {
    const bin = toLlama2c(folder.config, await floatTensors(weights));
    // The original file, up to its tables of sines and cosines.
    const tables = 4 * folder.config.contextLength * folder.config.headDim;
    expect(await sha256Hex(bin.subarray(0, bin.length - tables))).toBe(
      "340685034718160b936c5502a60a6da5c636afa1c53db33cefd0476ba3731205",
    );
    const model = await loadModel(
      givenFiles({ "stories260K.bin": bin, "tok512.bin": tokenizerBin }),
    );
    expectSame(model, folder);
    expectSameTokens(model, folder);
    expect(model.sha256).toBe(await sha256Hex(bin));
  });

  it("GGUF with scores: equal tensors, config and tokens", async () => {
    const json = JSON.parse(modelFile("stories260K", "tokenizer.json").toString());
    const file = await toGguf(
      {
        config: folder.config,
        configJson: JSON.parse(modelFile("stories260K", "config.json").toString()),
        tokenizerJson: json,
        weights,
      },
      sentencepieceVocabulary(json, tokenizerBin),
    );
    const model = await loadModel(givenFiles({ "stories260K.gguf": file }));
    expectSame(model, folder);
    expectSameTokens(model, folder);
    expect(model.sha256).toBe(await sha256Hex(file));
  });

  it("weights left in the file: equal tensors, however they are read", async () => {
    const files = { "config.json": "", "tokenizer.json": "", "model.safetensors": "" };
    const near = Object.fromEntries(
      Object.keys(files).map((name) => [name, modelFile("stories260K", name)]),
    );
    const far = Object.fromEntries(
      Object.entries(near).map(([name, bytes]) => {
        const { size, read } = memorySource(name, bytes);
        return [name, { name, size, read }];
      }),
    );
    for (const given of [near, far])
      expectSame(await loadModel(givenFiles(given), { holdUpTo: 0 }), folder);

    // Of what has come nearer meanwhile nothing is held: only there it is read.
    const model = await loadModel(givenFiles(far), { holdUpTo: 0 });
    const shelf = memorySource("model.safetensors", near["model.safetensors"] ?? new Uint8Array());
    const readNow = vi.fn(shelf.readNow);
    model.moveTo("model.safetensors", { ...shelf, readNow });
    expect(readNow).not.toHaveBeenCalled();
    expectSame(model, folder);
    expect(readNow).toHaveBeenCalled();
  });

  it("shards: equal tensors, config and tokens", async () => {
    const { files, names } = await shardsOf260K();
    const model = await loadModel(givenFiles(files));
    expectSame(model, folder);
    expect(model.sha256).toBe(
      await sha256Hex(
        (
          await Promise.all(
            names.map(async (name) => `${await sha256Hex(files[name] ?? "")}  ${name}\n`),
          )
        ).join(""),
      ),
    );
  });

  it("shards: what does not fit the index is named", async () => {
    const index = "model.safetensors.index.json";
    const { files } = await shardsOf260K();
    const { weight_map: map } = JSON.parse(new TextDecoder().decode(files[index]));
    const refusal = async (changes: Record<string, unknown>): Promise<string> => {
      const text = JSON.stringify({ weight_map: { ...map, ...changes } });
      const changed = { ...files, [index]: new TextEncoder().encode(text) };
      return await loadModel(givenFiles(changed)).then(
        () => "taken",
        (error: Error) => error.message,
      );
    };
    expect(await refusal({ x: "../etc/passwd" })).toContain('said to be in "../etc/passwd"');
    expect(await refusal({ x: "no.safetensors" })).toContain("no.safetensors is missing");
    expect(await refusal({ x: "model-00001-of-00002.safetensors" })).toContain(
      'tensor "x" is missing, but model.safetensors.index.json lists it',
    );
  });
});

function sentencepieceVocabulary(
  json: Record<string, unknown>,
  tokenizerBin: Buffer,
): Record<string, GgufValue> {
  const { texts: tokens, types } = tokensOf(json);
  const scores: number[] = [];
  for (let at = 4; at < tokenizerBin.length; at += 8 + tokenizerBin.readInt32LE(at + 4))
    scores.push(tokenizerBin.readFloatLE(at));
  return {
    "tokenizer.ggml.model": { type: "string", value: "llama" },
    "tokenizer.ggml.tokens": { type: "strings", value: tokens },
    "tokenizer.ggml.scores": { type: "f32s", value: scores },
    "tokenizer.ggml.token_type": {
      type: "i32s",
      value: types.map((type, id) => (id === 0 ? 2 : /^<0x..>$/.test(tokens[id] ?? "") ? 6 : type)),
    },
  };
}

/** Those that llama.cpp knows; its Llama takes Mistral's files too. */
const converted = families.filter(
  (name) => !["gpt_neo", "opt", "mistral", "llama_rope3"].includes(name),
);

describe.each(converted)("%s as GGUF", (name) => {
  it("gives equal tensors, config and tokens", async () => {
    const folder = await loadFamily(name);
    const files = familyFiles(name);
    const parse = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));
    const tokenizerJson = parse(files["tokenizer.json"]);
    const file = await toGguf(
      {
        config: folder.config,
        configJson: parse(files["config.json"]),
        tokenizerJson,
        weights: files["model.safetensors"] ?? new Uint8Array(),
      },
      byteLevelVocabulary(tokenizerJson),
    );
    const model = await loadModel(givenFiles({ "model.gguf": file }));
    expectSame(model, folder);
    expectSameTokens(model, folder);
    // Where q, k and v are one tensor, or lie the other way round, each time anew.
    expectSame(await loadModel(givenFiles({ "model.gguf": file }), { holdUpTo: 0 }), folder);
    expectSame(await loadModel(givenFiles(files), { holdUpTo: 0 }), folder);
  });
});
