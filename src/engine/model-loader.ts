import { UserError } from "../lib/assert.ts";
import type { ChatTemplate } from "../model/chat.ts";
import type { ModelConfig } from "../model/config.ts";
import { type LoadedModel, loadModel } from "../model/files.ts";
import { hubAddress } from "../model/hub.ts";
import { filesAt, givenFiles, type ModelFiles } from "../model/model-files.ts";
import { matrixNames, matrixShape, parameterCount } from "../model/weights.ts";
import { blocksOf, type FileFormats } from "../quant/native.ts";
import type { ModelInfo, ModelSource, Progress } from "./protocol.ts";

export interface ReadModel {
  readonly name: string;
  readonly sha256: string;
  readonly model: LoadedModel;
}

/** Fetches (or takes) a model's files and reads them; a missing or damaged one is a sentence that names it. */
export async function readModel(
  source: Parameters<typeof filesOf>[0],
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<ReadModel> {
  onProgress({ phase: "download", fraction: 0, note: source.name });
  const model = await loadModel(filesOf(source), {
    signal,
    onProgress: (note, done, total) =>
      onProgress({ phase: "download", fraction: total > 0 ? done / total : null, note }),
  });
  signal.throwIfAborted();
  return { name: source.name, sha256: model.sha256, model };
}

/** Where a model's files are; those that the browser keeps are found on its shelf. */
export function filesOf(source: Exclude<ModelSource, { readonly kind: "kept" }>): ModelFiles {
  switch (source.kind) {
    case "url":
      return filesAt(source.base);
    case "hub":
      return filesAt(hubAddress(source.id, source.hub));
    case "files":
      return givenFiles(source.files);
    default:
      return source satisfies never;
  }
}

/** How conversations are written; a model that was not made for them is a sentence. */
export function chatOf({ model: { chat } }: ReadModel): ChatTemplate {
  if (chat) return chat;
  throw new UserError(
    "This model has no chat template: it was not made for conversations. Write a prompt instead.",
  );
}

/** What the page and reports say of a model. */
export function modelInfo({ name, sha256, model }: ReadModel): ModelInfo {
  return {
    ...infoOf(name, model.config, model.own?.formats ?? null),
    sha256,
    chatTemplate: model.chat?.source ?? null,
  };
}

/** Of it what is known before its weights are read. */
export function infoOf(
  name: string,
  config: ModelConfig,
  formats: FileFormats | null,
): Omit<ModelInfo, "sha256" | "chatTemplate"> {
  const shapes = matrixNames(config).map(
    (matrix) => [matrix, matrixShape(config, matrix)] as const,
  );
  return {
    name,
    architecture: config.architecture,
    parameters: parameterCount(config),
    layers: config.layers,
    hiddenSize: config.hiddenSize,
    intermediateSize: config.intermediateSize,
    heads: config.heads,
    kvHeads: config.kvHeads,
    headDim: config.headDim,
    vocabSize: config.vocabSize,
    contextLength: config.contextLength,
    tiedHead: config.tiedHead,
    blocks: formats ? blocksOf(formats) : [],
    matrices: Object.fromEntries(shapes) as ModelInfo["matrices"],
  };
}
