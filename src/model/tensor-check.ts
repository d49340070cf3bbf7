import { UserError } from "../lib/assert.ts";
import type { ModelConfig } from "./config.ts";
import { show } from "./json.ts";
import { expectedTensors, isRepeated } from "./tensors.ts";
import type { StoredTensor, WeightsFile } from "./weights-file.ts";

/** Names and shapes only, so that a wrong file is refused before anything large is made of it. */
export function checkTensors(
  files: readonly WeightsFile[],
  config: ModelConfig,
  { asks, mismatched }: Expected,
): void {
  const stored = new Map<string, StoredTensor>();
  for (const { tensors } of files) for (const [name, tensor] of tensors) stored.set(name, tensor);
  const fileName = files[0]?.source.name ?? "the weights";
  const expected = expectedTensors(config, (name) => stored.has(name));
  for (const [name, shape] of expected) {
    const entry = stored.get(name);
    if (entry === undefined) {
      throw mismatched(`${fileName}: tensor ${show(name)} is missing, but ${asks} asks for it`);
    }
    if (entry.shape.length !== shape.length || entry.shape.some((size, i) => size !== shape[i])) {
      throw mismatched(
        `${entry.subject} has the shape ${show(entry.shape)}, but ${asks} asks for ${show(shape)}`,
      );
    }
    if (entry.decode === null) {
      throw new UserError(
        `${entry.subject} has the type ${entry.type}, which is not read; choose a file of another precision`,
      );
    }
  }
  for (const [name, { subject }] of stored) {
    // Leaving a bias or a layer out would give a different model without a word.
    if (!expected.has(name) && !isRepeated(config, name)) {
      throw mismatched(`${subject} has no place in ${asks}'s ${config.architecture}`);
    }
  }
}

/** Who says what a file should hold, and what to do where it does not. */
export interface Expected {
  readonly asks: string;
  mismatched(sentence: string): UserError;
}

export const expectedOfFolder: Expected = {
  asks: "config.json",
  mismatched: (sentence) => new UserError(`${sentence}; take all files from the same model`),
};

/** Of one file that says everything. */
export const expectedOfFile: Expected = {
  asks: "the header",
  mismatched: (sentence) => new UserError(`${sentence}; download it again, or choose another`),
};
