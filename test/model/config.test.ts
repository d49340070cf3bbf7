import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/assert.ts";
import { architectureList } from "../../src/model/architectures.ts";
import { parseConfig } from "../../src/model/config.ts";
import { parameterCount } from "../../src/model/weights.ts";
import { modelFile } from "./fixtures.ts";

const old = {
  model_type: "llama",
  hidden_act: "silu",
  hidden_size: 64,
  intermediate_size: 160,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 512,
  max_position_embeddings: 128,
  rms_norm_eps: 1e-5,
  rope_theta: 500_000,
  rope_scaling: null,
  tie_word_embeddings: true,
  torch_dtype: "float16",
  bos_token_id: 1,
  eos_token_id: 2,
};

function parse(changes: object, generation?: object) {
  const config = { name: "config.json", text: JSON.stringify({ ...old, ...changes }) };
  if (generation === undefined) return parseConfig(config);
  return parseConfig(config, { name: "generation_config.json", text: JSON.stringify(generation) });
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("the config was taken");
}

describe("parseConfig", () => {
  it("reads the embedded model", () => {
    const text = modelFile("stories", "config.json").toString();
    const config = parseConfig({ name: "config.json", text });
    expect(config).toEqual({
      architecture: "llama",
      layers: 6,
      hiddenSize: 256,
      intermediateSize: 768,
      heads: 8,
      kvHeads: 4,
      headDim: 32,
      vocabSize: 2048,
      contextLength: 512,
      norm: "rms",
      normEps: 1e-5,
      norms: ["attention", "mlp"],
      parallel: false,
      qkNorm: null,
      activation: "silu",
      gated: true,
      biases: [],
      rotary: [{ dims: 32, theta: 10_000, scaling: { type: "default" } }],
      layerKinds: Array.from({ length: 6 }, () => ({ window: null, rotary: 0 })),
      attentionScale: 1 / Math.sqrt(32),
      positionOffset: null,
      embeddingScale: 1,
      tiedHead: true,
      bosId: 0,
      eosIds: [0],
    });
    expect(parameterCount(config)).toBe(5_246_208);
  });

  it("reads both dialects alike", () => {
    const { rope_theta, rope_scaling, torch_dtype, ...rest } = old;
    const rope_parameters = { rope_theta, rope_type: "default" };
    const text = JSON.stringify({ ...rest, rope_parameters, dtype: torch_dtype });
    expect(rope_scaling).toBeNull();
    expect(parseConfig({ name: "config.json", text })).toEqual(parse({}));
  });

  it("takes rope_scaling of the type default under its old and its new name", () => {
    expect(parse({ rope_scaling: { type: "default" } })).toEqual(parse({}));
    expect(parse({ rope_scaling: { rope_type: "default" } })).toEqual(parse({}));
  });

  it("falls back on transformers' defaults", () => {
    const absent = undefined;
    const config = parse({
      num_key_value_heads: absent,
      max_position_embeddings: absent,
      rms_norm_eps: absent,
      rope_theta: absent,
      tie_word_embeddings: absent,
      hidden_act: absent,
      bos_token_id: absent,
      eos_token_id: absent,
    });
    expect(config).toMatchObject({ kvHeads: 4, headDim: 16, contextLength: 2048, normEps: 1e-6 });
    expect(config).toMatchObject({ tiedHead: false, bosId: null, eosIds: [] });
    expect(config.rotary[0]?.theta).toBe(10_000);
  });

  it("lets generation_config.json name the tokens that end a text", () => {
    expect(parse({}).eosIds).toEqual([2]);
    expect(parse({ eos_token_id: [2, 5] }).eosIds).toEqual([2, 5]);
    expect(parse({}, { eos_token_id: [7, 2, 7] }).eosIds).toEqual([7, 2]);
    expect(parse({}, {}).eosIds).toEqual([2]);
  });

  const works = `which Bitdial does not compute; it runs ${architectureList()}`;

  it.each<readonly [string, object, string]>([
    ["another architecture", { model_type: "mamba" }, `model_type is "mamba", ${works}`],
    ["no architecture", { model_type: undefined }, `model_type is nothing, ${works}`],
    [
      "positions scaled in a way of their own",
      { rope_scaling: { rope_type: "longrope", factor: 8 } },
      'rope_scaling asks for "longrope" positions, but only default, linear, dynamic, llama3, yarn are',
    ],
    [
      "the same in the new dialect",
      { rope_parameters: { rope_type: "longrope" } },
      'rope_parameters asks for "longrope" positions',
    ],
    ["an odd rotated part", { partial_rotary_factor: 0.2 }, "rotates 3 of a head's 16 values"],
    ["interleaved rotation", { rope_interleaved: true }, "rope_interleaved is true"],
    [
      "another activation",
      { hidden_act: "quick_gelu" },
      'hidden_act is "quick_gelu", but only silu',
    ],
    ["heads too wide for the kernels", { head_dim: 320 }, "heads are 320 wide"],
    [
      "capped scores",
      { model_type: "gemma3_text", attn_logit_softcapping: 50 },
      "attn_logit_softcapping is 50, but of Gemma 3 (text) only null is computed",
    ],
    [
      "norms behind the sum",
      { model_type: "opt", do_layer_norm_before: false },
      "do_layer_norm_before is false, but of OPT only true is computed",
    ],
    [
      "projected embeddings",
      { model_type: "opt", word_embed_proj_dim: 32 },
      "word_embed_proj_dim is not hidden_size",
    ],
    [
      "compressed weights",
      { quantization_config: { bits: 4 } },
      "the weights are compressed already",
    ],
  ])("refuses %s and says what works", (_name, changes, sentence) => {
    const message = refusal(() => parse(changes));
    expect(message).toMatch(/^config\.json: /);
    expect(message).toContain(sentence);
  });

  it.each<readonly [string, object, string]>([
    ["a missing size", { hidden_size: undefined }, "hidden_size is missing"],
    [
      "a size of text",
      { hidden_size: "64" },
      'hidden_size is "64", but should be a whole number from 1 to 1048576',
    ],
    ["no layers", { num_hidden_layers: 0 }, "num_hidden_layers is 0, but should be"],
    ["a vocabulary beyond reason", { vocab_size: 2 ** 40 }, "vocab_size is 1099511627776"],
    ["a head that is not whole", { hidden_size: 66 }, "head_dim is 16.5"],
    ["an odd head", { head_dim: 15 }, "head_dim is 15, but rotary positions need an even number"],
    [
      "groups that do not divide",
      { num_key_value_heads: 3 },
      "num_attention_heads is 4, no multiple of num_key_value_heads, 3",
    ],
    ["an epsilon of 0", { rms_norm_eps: 0 }, "rms_norm_eps is 0, but should be a positive number"],
    ["a base of text", { rope_theta: "10000" }, 'rope_theta is "10000"'],
    [
      "rope_scaling that is no object",
      { rope_scaling: 2 },
      "rope_scaling is 2, but should be an object or null",
    ],
    [
      "a flag of text",
      { tie_word_embeddings: "yes" },
      'tie_word_embeddings is "yes", but should be true or false',
    ],
    [
      "an id beyond the vocabulary",
      { eos_token_id: [2, 512] },
      "eos_token_id is [2,512], but token ids here go from 0 to 511",
    ],
  ])("refuses %s and names the field", (_name, changes, sentence) => {
    const message = refusal(() => parse(changes));
    expect(message).toContain(`config.json: ${sentence}`);
  });

  it("refuses what is no JSON object, and names the file", () => {
    expect(refusal(() => parseConfig({ name: "config.json", text: "{" }))).toBe(
      "config.json is not valid JSON; download it again",
    );
    expect(refusal(() => parseConfig({ name: "config.json", text: "[1]" }))).toBe(
      "config.json is not a JSON object; download it again",
    );
    expect(refusal(() => parse({}, { eos_token_id: "end" }))).toContain(
      'generation_config.json: eos_token_id is "end"',
    );
  });
});
