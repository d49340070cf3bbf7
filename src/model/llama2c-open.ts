import type { ByteSource } from "./bytes/source.ts";
import { configOf } from "./config.ts";
import { openLlama2c, readLlama2cTokenizer } from "./llama2c.ts";
import type { Opened } from "./opened.ts";
import { expectedOfFile } from "./tensor-check.ts";
import { tokenizerOf } from "./tokenizer.ts";

/** A llama2.c checkpoint and its tokenizer. */
export async function openLlama2cModel(
  source: ByteSource,
  tokenizerSource: ByteSource,
  signal?: AbortSignal,
): Promise<Opened> {
  const { weights, config: json } = await openLlama2c(source, signal);
  const config = configOf(json, `${source.name} (as config.json)`);
  const tokenizer = tokenizerOf(
    await readLlama2cTokenizer(tokenizerSource, config.vocabSize, signal),
    tokenizerSource.name,
  );
  return { config, tokenizer, weights: [weights], expected: expectedOfFile, chat: null };
}
