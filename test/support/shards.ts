import { modelFile } from "../model/fixtures.ts";
import { buildSafetensors } from "../model/safetensors-file.ts";
import { floatTensors } from "./gguf.ts";

/** stories260K's tensors in two files. */
export async function shardsOf260K(): Promise<{
  files: Record<string, Uint8Array>;
  names: string[];
}> {
  const weights = modelFile("stories260K", "model.safetensors");
  const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const [first = "", second = ""] = names;
  const tensors = [...(await floatTensors(weights))];
  const parts = names.map((_name, part) => tensors.filter((_tensor, i) => i % 2 === part));
  const files: Record<string, Uint8Array> = {
    "config.json": modelFile("stories260K", "config.json"),
    "tokenizer.json": modelFile("stories260K", "tokenizer.json"),
  };
  const shapes = JSON.parse(
    Buffer.from(weights.subarray(8, 8 + Buffer.from(weights).readUInt32LE(0))).toString(),
  );
  const map: Record<string, string> = {};
  for (const [i, name] of [first, second].entries()) {
    const entries = (parts[i] ?? []).map(([tensor, values]) => {
      map[tensor] = name;
      const bytes = new Uint8Array(values.buffer);
      return [tensor, { dtype: "F32", shape: shapes[tensor].shape as number[], bytes }] as const;
    });
    files[name] = buildSafetensors(Object.fromEntries(entries));
  }
  const index = JSON.stringify({ metadata: {}, weight_map: map });
  files["model.safetensors.index.json"] = new TextEncoder().encode(index);
  return { files, names };
}
