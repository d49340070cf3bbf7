import { UserError } from "../lib/assert.ts";
import { type ModelConfig, parseConfig } from "./config.ts";
import { damaged, type NamedText, show } from "./json.ts";
import { openSafetensors, readTensor, type SafetensorsFile, tensorSubject } from "./safetensors.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";
import {
  type MatrixName,
  type ModelWeights,
  matrixNames,
  matrixShape,
  type NormName,
} from "./weights.ts";

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

const matrixTensors: Readonly<Record<MatrixName, string>> = {
  q: "self_attn.q_proj.weight",
  k: "self_attn.k_proj.weight",
  v: "self_attn.v_proj.weight",
  o: "self_attn.o_proj.weight",
  gate: "mlp.gate_proj.weight",
  up: "mlp.up_proj.weight",
  down: "mlp.down_proj.weight",
};

const normTensors: Readonly<Record<NormName, string>> = {
  attention: "input_layernorm.weight",
  mlp: "post_attention_layernorm.weight",
};

const embeddingTensor = "model.embed_tokens.weight";
const headTensor = "lm_head.weight";
const finalNormTensor = "model.norm.weight";

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
  return { config, master: readMaster(weights, config), tokenizer };
}

/** Every tensor of the architecture with its shape. */
export function expectedTensors(config: ModelConfig): Map<string, readonly number[]> {
  const { layers, hiddenSize, vocabSize } = config;
  const shapes = new Map<string, readonly number[]>();
  shapes.set(embeddingTensor, [vocabSize, hiddenSize]);
  for (let layer = 0; layer < layers; layer++) {
    for (const norm of Object.values(normTensors))
      shapes.set(layerTensor(layer, norm), [hiddenSize]);
    for (const name of matrixNames)
      shapes.set(layerTensor(layer, matrixTensors[name]), matrixShape(config, name));
  }
  shapes.set(finalNormTensor, [hiddenSize]);
  if (!config.tiedHead) shapes.set(headTensor, [vocabSize, hiddenSize]);
  return shapes;
}

/** Names and shapes only, so that a wrong file is refused before anything large is made of it. */
function checkTensors(file: SafetensorsFile, config: ModelConfig): void {
  const expected = expectedTensors(config);
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
    // Old files repeat what follows from the config: rotary frequencies, and the head of a tied
    // model.
    const known =
      expected.has(name) || name.endsWith(".rotary_emb.inv_freq") || name === headTensor;
    // Leaving a bias or a layer out would give a different model without a word.
    if (!known) {
      throw mismatched(`${tensorSubject(weightsName, name)} has no place in config.json's Llama`);
    }
  }
}

function readMaster(file: SafetensorsFile, config: ModelConfig): ModelWeights {
  const tensors = new Map<string, Float32Array>();
  for (const name of expectedTensors(config).keys()) tensors.set(name, readTensor(file, name));

  function tensor(name: string): Float32Array {
    const values = tensors.get(name);
    if (values === undefined)
      throw new RangeError(`the model of ${config.layers} layers has no tensor "${name}"`);
    return values;
  }

  return {
    matrix: (layer, name) => tensor(layerTensor(layer, matrixTensors[name])),
    norm: (layer, name) => tensor(layerTensor(layer, normTensors[name])),
    finalNorm: tensor(finalNormTensor),
    embedding: tensor(embeddingTensor),
    head: tensor(config.tiedHead ? embeddingTensor : headTensor),
  };
}

function layerTensor(layer: number, name: string): string {
  return `model.layers.${layer}.${name}`;
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
