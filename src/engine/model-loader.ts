import { type LoadedModel, loadModel } from "../model/files.ts";
import { hubAddress } from "../model/hub.ts";
import { filesAt, givenFiles, type ModelFiles } from "../model/model-files.ts";
import type { ModelSource, Progress } from "./protocol.ts";

export interface ReadModel {
  readonly name: string;
  readonly sha256: string;
  readonly model: LoadedModel;
}

/** Fetches (or takes) a model's files and reads them; a missing or damaged one is a sentence that names it. */
export async function readModel(
  source: ModelSource,
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

function filesOf(source: ModelSource): ModelFiles {
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
