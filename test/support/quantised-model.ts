import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../src/model/config.ts";
import { modelFolders } from "./engine.ts";
import { toGguf } from "./gguf.ts";

// Every block type that kernels read, floats, and one type that they do not.
const ofLayer = [
  "attn_q Q4_K attn_k Q5_K attn_v Q6_K attn_output Q3_K ffn_gate Q2_K ffn_up Q4_1 ffn_down Q4_0",
  "attn_q Q8_0 attn_k Q5_0 attn_v F16 attn_output Q5_1 ffn_gate IQ4_NL ffn_up TQ2_0 ffn_down MXFP4",
];

/** The embedded model's first two layers as a GGUF file of one type, or with another for every matrix. */
export async function quantisedStories(type?: string): Promise<Uint8Array<ArrayBuffer>> {
  const read = (name: string): Uint8Array =>
    new Uint8Array(readFileSync(join(modelFolders.stories, name)));
  const text = (name: string): string => new TextDecoder().decode(read(name));
  const config = parseConfig({ name: "config.json", text: text("config.json") });
  const folder = {
    config: { ...config, layers: ofLayer.length },
    configJson: JSON.parse(text("config.json")),
    tokenizerJson: JSON.parse(text("tokenizer.json")),
    weights: read("model.safetensors"),
  };
  return await toGguf(folder, undefined, (name) => type ?? typeOf(name));
}

function typeOf(name: string): string {
  const [, layer = "", part = ""] = /^blk\.(\d)\.(.+)\.weight$/.exec(name) ?? [];
  if (layer === "") return "Q6_K";
  return new RegExp(`${part} (\\S+)`).exec(ofLayer[Number(layer)] ?? "")?.[1] ?? "F32";
}
