import type { ByteSource } from "../bytes/source.ts";
import { configOf } from "../config.ts";
import type { Opened } from "../opened.ts";
import { expectedOfFile } from "../tensor-check.ts";
import { tokenizerOf } from "../tokenizer.ts";
import { ggufConfig } from "./config.ts";
import { openGguf } from "./header.ts";
import { namedTensors } from "./names.ts";
import { ropeOfFactors } from "./rope-factors.ts";
import { ggufChat, ggufTokenizer } from "./tokenizer.ts";

/** A whole model in one GGUF file. */
export async function openGgufModel(source: ByteSource, signal?: AbortSignal): Promise<Opened> {
  const file = await openGguf(source, signal);
  const { architecture, json } = ggufConfig(file);
  const config = configOf(
    { ...json, ...(await ropeOfFactors(file, signal)) },
    `${source.name} (as config.json)`,
  );
  const tokenizer = tokenizerOf(ggufTokenizer(file.metadata, source.name), source.name);
  const tensors = namedTensors(file, architecture, config);
  const chat = ggufChat(file.metadata, source.name);
  return {
    config,
    tokenizer,
    weights: [{ source, tensors }],
    expected: expectedOfFile,
    chat,
    form: "GGUF",
    licence: file.metadata.has("general.license") ? file.metadata.text("general.license") : null,
  };
}
