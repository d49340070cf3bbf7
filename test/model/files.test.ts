import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/assert.ts";
import { memorySource } from "../../src/model/bytes/source.ts";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { openSafetensors } from "../../src/model/safetensors.ts";
import { expectedTensors } from "../../src/model/tensors.ts";
import { matrixNames, matrixShape, parameterCount } from "../../src/model/weights.ts";
import { loadFixture, modelFile } from "./fixtures.ts";
import { buildSafetensors, type TensorSource } from "./safetensors-file.ts";

const parts = {
  config: modelFile("stories260K", "config.json"),
  weights: modelFile("stories260K", "model.safetensors"),
  tokenizer: modelFile("stories260K", "tokenizer.json"),
};

interface Changes {
  readonly config?: Uint8Array;
  readonly weights?: Uint8Array;
  readonly tokenizer?: Uint8Array;
  readonly generation?: Uint8Array;
}

async function load(changes: Changes): Promise<LoadedModel> {
  const { config, weights, tokenizer, generation } = {
    ...parts,
    generation: undefined,
    ...changes,
  };
  return await loadModel(
    givenFiles({
      "config.json": config,
      "model.safetensors": weights,
      "tokenizer.json": tokenizer,
      ...(generation && { "generation_config.json": generation }),
    }),
  );
}

async function refusal(changes: Changes): Promise<string> {
  try {
    await load(changes);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("the files were taken");
}

const { tensors: stored } = await openSafetensors(memorySource("model.safetensors", parts.weights));

/** stories260K with some tensors changed, or left out where the change is null. */
function weightsWith(changes: Readonly<Record<string, TensorSource | null>>): Uint8Array {
  const tensors: Record<string, TensorSource> = {};
  for (const [name, { type, shape, start, end }] of stored) {
    tensors[name] = { dtype: type, shape, bytes: parts.weights.subarray(start, end) };
  }
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) delete tensors[name];
    else tensors[name] = change;
  }
  return buildSafetensors(tensors);
}

function configWith(changes: object): Uint8Array {
  const config = { ...JSON.parse(parts.config.toString()), ...changes };
  return new TextEncoder().encode(JSON.stringify(config));
}

function zeros(...shape: number[]): TensorSource {
  const size = shape.reduce((a, b) => a * b, 1);
  return { dtype: "F32", shape, bytes: new Uint8Array(4 * size) };
}

describe("loadModel", () => {
  it.each(["stories", "stories260K"] as const)("loads %s", async (name) => {
    const { config, master, tokenizer } = await loadFixture(name);
    let values = master.finalNorm.length + master.embedding.length;
    for (let layer = 0; layer < config.layers; layer++) {
      values += master.norm(layer, "attention").length + master.norm(layer, "mlp").length;
      for (const matrix of matrixNames(config)) {
        const [rows, cols] = matrixShape(config, matrix);
        expect(master.matrix(layer, matrix).length).toBe(rows * cols);
        values += rows * cols;
      }
    }
    expect(values).toBe(parameterCount(config));
    expect(master.head).toBe(master.embedding);
    expect(tokenizer.vocabSize).toBe(config.vocabSize);
    expect(() => master.matrix(config.layers, "q")).toThrow(RangeError);
  });

  it("loads a head of its own", async () => {
    const weights = weightsWith({ "lm_head.weight": zeros(512, 64) });
    const { master, config } = await load({
      weights,
      config: configWith({ tie_word_embeddings: false }),
    });
    expect(master.head).not.toBe(master.embedding);
    expect(master.head.length).toBe(512 * 64);
    expect(expectedTensors(config).has("lm_head.weight")).toBe(true);
  });

  it("passes over rotary frequencies and the repeated head of a tied model", async () => {
    const weights = weightsWith({
      "lm_head.weight": zeros(512, 64),
      "model.layers.0.self_attn.rotary_emb.inv_freq": zeros(4),
    });
    const { master } = await load({ weights });
    expect(master.head).toBe(master.embedding);
  });

  it("reads generation_config.json when there is one", async () => {
    const generation = new TextEncoder().encode('{"eos_token_id": [2, 1]}');
    expect((await load({ generation })).config.eosIds).toEqual([2, 1]);
  });

  const up = "model.layers.0.mlp.up_proj.weight";
  it.each<readonly [string, () => Changes, string]>([
    [
      "a cut file",
      () => ({ weights: parts.weights.subarray(0, 500_000) }),
      "but the file has 500000 bytes; download it again",
    ],
    [
      "a missing tensor",
      () => ({ weights: weightsWith({ [up]: null }) }),
      `model.safetensors: tensor "${up}" is missing, but config.json asks for it; take all`,
    ],
    [
      "a wrong shape",
      () => ({ weights: weightsWith({ [up]: zeros(64, 172) }) }),
      `tensor "${up}" has the shape [64,172], but config.json asks for [172,64]`,
    ],
    [
      "a missing head",
      () => ({ config: configWith({ tie_word_embeddings: false }) }),
      'tensor "lm_head.weight" is missing',
    ],
    [
      "more layers than the config has",
      () => ({ config: configWith({ num_hidden_layers: 4 }) }),
      'tensor "model.layers.4.input_layernorm.weight" has no place in config.json\'s llama',
    ],
    [
      "a bias",
      () => ({ weights: weightsWith({ "model.layers.0.self_attn.q_proj.bias": zeros(64) }) }),
      'tensor "model.layers.0.self_attn.q_proj.bias" has no place',
    ],
    [
      "weights that are no floats",
      () => ({
        weights: weightsWith({
          [up]: { dtype: "U8", shape: [172, 64], bytes: new Uint8Array(172 * 64) },
        }),
      }),
      "has the type U8, which is not read",
    ],
    [
      "another model's tokenizer",
      () => ({ tokenizer: modelFile("stories", "tokenizer.json") }),
      "the tokenizer has 2048 tokens, config.json only 512",
    ],
    [
      "a config that is no text",
      () => ({ config: Uint8Array.of(0xff, 0xfe) }),
      "config.json is not UTF-8 text",
    ],
  ])("refuses %s", async (_name, changes, sentence) => {
    const message = await refusal(changes());
    expect(message).toContain(sentence);
    expect(message).not.toContain("\n");
  });
});
