import type { ModelConfig } from "../../src/model/config.ts";
import { joinHalves } from "./gguf.ts";

/** A model as llama2.c's export writes it; the tables of sines and cosines, which nobody reads, are zeros. */
export function toLlama2c(
  config: ModelConfig,
  tensors: ReadonlyMap<string, Float32Array>,
): Uint8Array<ArrayBuffer> {
  const { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim } = config;
  const vocab = config.tiedHead ? config.vocabSize : -config.vocabSize;
  const sizes = [hiddenSize, intermediateSize, layers, heads, kvHeads, vocab, config.contextLength];
  const parts: Float32Array[] = [];
  const get = (name: string): Float32Array => tensors.get(name) ?? new Float32Array();
  const all = (stem: string, pairs = 0): void => {
    for (let layer = 0; layer < layers; layer++) {
      const values = get(`model.layers.${layer}.${stem}.weight`);
      parts.push(pairs > 0 ? joinHalves(values, pairs, headDim) : values);
    }
  };
  parts.push(get("model.embed_tokens.weight"));
  all("input_layernorm");
  all("self_attn.q_proj", heads);
  all("self_attn.k_proj", kvHeads);
  all("self_attn.v_proj");
  all("self_attn.o_proj");
  all("post_attention_layernorm");
  all("mlp.gate_proj");
  all("mlp.down_proj");
  all("mlp.up_proj");
  parts.push(get("model.norm.weight"), new Float32Array(config.contextLength * headDim));
  if (!config.tiedHead) parts.push(get("lm_head.weight"));
  const file = new Uint8Array(28 + 4 * parts.reduce((sum, part) => sum + part.length, 0));
  new Int32Array(file.buffer, 0, 7).set(sizes);
  let at = 28;
  for (const part of parts) {
    file.set(new Uint8Array(part.buffer), at);
    at += part.byteLength;
  }
  return file;
}
