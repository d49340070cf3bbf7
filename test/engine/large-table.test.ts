import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { createReference } from "../../src/model/reference.ts";
import { buildSafetensors, type TensorSource } from "../model/safetensors-file.ts";
import { openTestEngine, silent } from "../support/engine.ts";
import { tinyModels } from "../support/tiny-model.ts";

// As f32 the table of so many tokens takes 151 MB, more than a binding of 128 MiB and less than a buffer may have.
const [vocab, dim, inner] = [262_144, 144, 64];

const config = {
  model_type: "llama",
  hidden_size: dim,
  intermediate_size: inner,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: vocab,
  max_position_embeddings: 32,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: 1,
};

/** bfloat16 between -1/8 and 1/8, each row another. */
function tensor(...shape: number[]): TensorSource {
  const words = new Uint16Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0, state = words.length; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = ((state >>> 16) & 0x80ff) | 0x3d00;
  }
  return { dtype: "BF16", shape, bytes: new Uint8Array(words.buffer) };
}

const layer = "model.layers.0";
const files = {
  "config.json": new TextEncoder().encode(JSON.stringify(config)),
  "tokenizer.json": tinyModels.folder?.["tokenizer.json"] ?? new Uint8Array(),
  "model.safetensors": buildSafetensors({
    "model.embed_tokens.weight": tensor(vocab, dim),
    [`${layer}.input_layernorm.weight`]: tensor(dim),
    [`${layer}.self_attn.q_proj.weight`]: tensor(dim, dim),
    [`${layer}.self_attn.k_proj.weight`]: tensor(dim / 2, dim),
    [`${layer}.self_attn.v_proj.weight`]: tensor(dim / 2, dim),
    [`${layer}.self_attn.o_proj.weight`]: tensor(dim, dim),
    [`${layer}.post_attention_layernorm.weight`]: tensor(dim),
    [`${layer}.mlp.gate_proj.weight`]: tensor(inner, dim),
    [`${layer}.mlp.up_proj.weight`]: tensor(inner, dim),
    [`${layer}.mlp.down_proj.weight`]: tensor(dim, inner),
    "model.norm.weight": tensor(dim),
  }),
};

describe("a vocabulary of 262,144 tokens under WebGPU's default limits", () => {
  it("is read and scored in parts, as the CPU does it in one", async () => {
    const { engine, problems } = await openTestEngine(
      { kind: "files", name: "wide", files },
      { defaultLimits: true },
    );
    await engine.apply("reference", "f32", silent);
    // On both sides of the cut, and the last.
    const ids = [7, 131_000, 131_200, vocab - 1];
    const found = await engine.logits("reference", ids, false);
    const stepwise = await engine.logits("reference", ids, true);
    const model = await loadModel(givenFiles(files));
    const expected = createReference(model.config, model.master).forward(ids, 0);
    let worst = 0;
    let apart = 0;
    for (let i = 0; i < expected.length; i++) {
      const want = expected[i] ?? 0;
      worst = Math.max(worst, Math.abs((found[i] ?? Number.NaN) - want) / (1 + Math.abs(want)));
      apart = Math.max(apart, Math.abs((stepwise[i] ?? Number.NaN) - want) / (1 + Math.abs(want)));
    }
    expect(worst).toBeLessThan(1e-4);
    expect(apart).toBeLessThan(1e-4);
    // The likeliest token is looked for in all parts.
    const { sides } = await engine.generate(
      {
        prompt: "ab",
        maxTokens: 3,
        sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 },
        sides: ["reference"],
        compare: false,
      },
      silent,
    );
    const [side] = sides;
    const read = [...(side?.promptTokens ?? []), ...(side?.tokens ?? [])];
    const last = createReference(model.config, model.master).forward(read.slice(0, -1), 0);
    const row = last.subarray(last.length - vocab);
    expect(side?.tokens.at(-1)).toBe(row.indexOf(row.reduce((a, b) => Math.max(a, b))));
    expect(problems).toEqual([]);
    await engine.dispose();
  });
});
