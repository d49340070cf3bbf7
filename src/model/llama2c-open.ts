import { type ByteSource, MissingFile } from "./bytes/source.ts";
import { configOf } from "./config.ts";
import { openLlama2c, readLlama2cTokenizer } from "./llama2c.ts";
import type { Opened } from "./opened.ts";
import { expectedOfFile } from "./tensor-check.ts";
import { tokenizerOf } from "./tokenizer.ts";

/** A llama2.c checkpoint and its tokenizer. */
export async function openLlama2cModel(
  source: ByteSource,
  openTokenizer: (name: string | null) => ByteSource,
  signal?: AbortSignal,
): Promise<Opened> {
  const { weights, config: json } = await openLlama2c(source, signal);
  const config = configOf(json, `${source.name} (as config.json)`);
  const read = async (file: ByteSource) =>
    tokenizerOf(await readLlama2cTokenizer(file, config.vocabSize, signal), file.name);
  const tokenizer = await read(openTokenizer(null)).catch((error: unknown) => {
    // Vocabularies made for a model go by their size: tok512.bin.
    if (error instanceof MissingFile) return read(openTokenizer(`tok${config.vocabSize}.bin`));
    throw error;
  });
  return {
    config,
    tokenizer,
    weights: [weights],
    expected: expectedOfFile,
    chat: null,
    form: "llama2.c",
    licence: null,
  };
}
