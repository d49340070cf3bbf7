import { UserError } from "../lib/assert.ts";
import { type ModelConfig, parseConfig } from "./config.ts";
import { damaged, type NamedText, show } from "./json.ts";
import { openSafetensors, readTensor, type SafetensorsFile, tensorSubject } from "./safetensors.ts";
import { expectedTensors, isRepeated, readWeights } from "./tensors.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";
import type { ModelWeights } from "./weights.ts";

/** The bytes of a model folder in Hugging Face layout. */
export interface ModelFiles {
  /** config.json */
  readonly config: Uint8Array;
  /** model.safetensors */
  readonly weights: Uint8Array;
  /** tokenizer.json */
  readonly tokenizer: Uint8Array;
  /** generation_config.json */
  readonly generation?: Uint8Array | undefined;
}

export interface LoadedModel {
  readonly config: ModelConfig;
  /**
   * The file's weights as float32, the one copy that every setting is packed from. The file's bytes
   * are no longer needed.
   */
  readonly master: ModelWeights;
  readonly tokenizer: Tokenizer;
}

const weightsName = "model.safetensors";

/**
 * Reads and checks the files against each other; whatever does not fit is a UserError that names
 * the file and the place.
 */
export function loadModelFiles(files: ModelFiles): LoadedModel {
  const generation = files.generation && readText("generation_config.json", files.generation);
  const config = parseConfig(readText("config.json", files.config), generation);
  const tokenizer = createTokenizer(readText("tokenizer.json", files.tokenizer));
  if (tokenizer.vocabSize > config.vocabSize) {
    throw mismatched(
      `tokenizer.json has ${tokenizer.vocabSize} tokens, config.json only ${config.vocabSize}`,
    );
  }
  const weights = openSafetensors(files.weights, weightsName);
  checkTensors(weights, config);
  const master = readWeights(config, {
    has: (name) => weights.tensors.has(name),
    read: (name) => readTensor(weights, name),
  });
  return { config, master, tokenizer };
}

/** Names and shapes only, so that a wrong file is refused before anything large is made of it. */
function checkTensors(file: SafetensorsFile, config: ModelConfig): void {
  const expected = expectedTensors(config, (name) => file.tensors.has(name));
  for (const [name, shape] of expected) {
    const entry = file.tensors.get(name);
    const subject = tensorSubject(weightsName, name);
    if (entry === undefined) {
      throw mismatched(`${subject} is missing, but config.json asks for it`);
    }
    if (entry.shape.length !== shape.length || entry.shape.some((size, i) => size !== shape[i])) {
      throw mismatched(
        `${subject} has the shape ${show(entry.shape)}, but config.json asks for ${show(shape)}`,
      );
    }
  }
  for (const name of file.tensors.keys()) {
    // Leaving a bias or a layer out would give a different model without a word.
    if (!expected.has(name) && !isRepeated(config, name)) {
      throw mismatched(
        `${tensorSubject(weightsName, name)} has no place in config.json's ${config.architecture}`,
      );
    }
  }
}

function readText(name: string, bytes: Uint8Array): NamedText {
  try {
    return { name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    throw damaged(`${name} is not UTF-8 text`);
  }
}

function mismatched(sentence: string): UserError {
  return new UserError(`${sentence}; take both files from the same model`);
}
