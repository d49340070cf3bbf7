import { UserError } from "../../lib/assert.ts";
import { decodeF32 } from "./blocks.ts";
import type { GgufFile } from "./header.ts";

const tensorName = "rope_freqs.weight";
/** All models of the kind have these; a file holds only what follows from them and the factor. */
const llama3 = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };
const maxFactors = 4096;

/**
 * What config.json says of the positions of Llama 3.1 and later, where a GGUF file has a factor for
 * every frequency instead; null where it has none.
 */
export async function ropeOfFactors(
  { source, metadata, tensors }: GgufFile,
  signal?: AbortSignal,
): Promise<Record<string, unknown> | null> {
  const tensor = tensors.find(({ name }) => name === tensorName);
  if (tensor === undefined) return null;
  const count = tensor.shape.reduce((product, size) => product * size, 1);
  const unknown = new UserError(
    `${source.name}: ${tensorName} scales positions in a way that is not computed; choose another model`,
  );
  if (tensor.type.name !== "F32" || count < 1 || count > maxFactors) throw unknown;
  const factors = new Float32Array(count);
  decodeF32(await source.read(tensor.start, tensor.end, { signal }), factors);
  const theta = metadata.number("llama.rope.freq_base") ?? 10_000;
  const factor = factors.reduce((most, value) => Math.max(most, value), 1);
  const matches = factors.every((value, i) => {
    const wanted = factorOf(theta ** (-i / count), factor);
    return Math.abs(value / wanted - 1) < 1e-3;
  });
  if (!matches) throw unknown;
  return { rope_scaling: { rope_type: "llama3", factor, ...llama3 } };
}

/** By how much a frequency is divided: not at all if it turns often within the trained context. */
function factorOf(frequency: number, factor: number): number {
  const turns = (llama3.original_max_position_embeddings * frequency) / (2 * Math.PI);
  const { low_freq_factor: low, high_freq_factor: high } = llama3;
  if (turns > high) return 1;
  if (turns < low) return factor;
  const smooth = (turns - low) / (high - low);
  return 1 / ((1 - smooth) / factor + smooth);
}
