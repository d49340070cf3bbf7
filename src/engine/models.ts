import { UserError } from "../lib/assert.ts";
import { keptId } from "../lib/kept-id.ts";
import { architectureOf } from "../model/architectures.ts";
import { type ByteSource, watchedSource } from "../model/bytes/source.ts";
import { type LoadedModel, openModel, readOpened } from "../model/files.ts";
import { licenceOf } from "../model/licence.ts";
import type { ModelFiles } from "../model/model-files.ts";
import type { Opened } from "../model/opened.ts";
import { parameterCount } from "../model/weights.ts";
import { filesOf, infoOf, type ReadModel } from "./model-loader.ts";
import { modelNeeds } from "./needs.ts";
import { formatsOf, heldBytes, typesOf } from "./opened-facts.ts";
import type {
  KeptModels,
  LoadChoice,
  ModelNeeds,
  ModelPreview,
  ModelSource,
  PreviewedLoad,
  Progress,
} from "./protocol.ts";
import type { Keeping, KeptFiles, Shelf } from "./shelf.ts";

export interface ModelsHost {
  /** Where models are kept; left out where they lie on a disk anyway. */
  openShelf?(): Promise<Shelf>;
  /** Of the machine, as far as it is told. */
  readonly memoryBytes?: number | null;
}

interface Previewed {
  readonly ticket: number;
  readonly source: ModelSource;
  readonly opened: Opened;
  /** Files that were read whole, by name. */
  readonly texts: ReadonlyMap<string, Uint8Array>;
  /** SHA-256 by name, of a kept model. */
  readonly sums: ReadonlyMap<string, string> | null;
}

interface ReadResult {
  readonly read: ReadModel;
  readonly keptId: string | null;
  readonly keepFault: string | null;
}

type OnProgress = (progress: Progress) => void;

/** Models before they run: looked at, fetched, kept. Knows no GPU. */
export class Models {
  readonly #host: ModelsHost;
  #previewed: Previewed | null = null;
  #tickets = 0;
  /** Of the previewed one's weights, in the page's own memory. */
  #heldBytes = 0;
  #shelf: Promise<Shelf> | null = null;

  constructor(host: ModelsHost) {
    this.#host = host;
  }

  async preview(
    source: ModelSource,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<ModelPreview> {
    this.#previewed = null;
    onProgress({ phase: "download", fraction: null, note: source.name });
    const { files: found, sums } = await this.#find(source);
    const texts = new Map<string, Uint8Array>();
    const files = remembering(found, texts, (name) =>
      onProgress({ phase: "download", fraction: null, note: name }),
    );
    const opened = await openModel(files, signal);
    const licence = await licenceOf(files, opened, signal);
    const sizes = opened.weights.map(async ({ source: { name, size } }) => ({
      name,
      bytes: await size(signal),
    }));
    const weights = await Promise.all(sizes);
    for (const { name } of weights) texts.delete(name);
    signal.throwIfAborted();
    const ticket = ++this.#tickets;
    this.#previewed = { ticket, source, opened, texts, sums };
    this.#heldBytes = heldBytes(opened);
    return {
      ticket,
      model: infoOf(source.name, opened.config, formatsOf(opened)),
      chat: opened.chat !== null,
      title: architectureOf(opened.config.architecture)?.title ?? opened.config.architecture,
      form: opened.form,
      types: typesOf(opened),
      licence,
      files: weights,
      from: source.kind === "kept" ? "kept" : source.kind === "files" ? "disk" : "network",
    };
  }

  needs(ticket: number, choice: LoadChoice, bufferBytes: number): ModelNeeds {
    const { opened } = this.#of(ticket);
    const { memoryBytes = null } = this.#host;
    const masterBytes = this.#heldBytes;
    const model = { config: opened.config, formats: formatsOf(opened) };
    return modelNeeds(model, choice, { bufferBytes, memoryBytes, masterBytes });
  }

  /** Fetches the weights, keeping them where that is wished and possible. */
  async read(
    ticket: number,
    { context, keepAs }: PreviewedLoad,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<ReadResult> {
    const previewed = this.#of(ticket);
    const { source, opened } = previewed;
    const keep = keepAs === null || previewed.sums ? null : await this.#begin(previewed);
    const keeping = keep?.keeping ?? null;
    const sums = new Map<string, string>();
    try {
      const weights = keep?.weights ?? opened.weights;
      const model = await readOpened(
        { ...opened, weights },
        {
          signal,
          context,
          onProgress: (note, done, total) => onProgress(bytesProgress(note, done, total)),
          onFile: (name, sha256) => sums.set(name, sha256),
        },
      );
      signal.throwIfAborted();
      await this.#compare(previewed, sums);
      const read = { name: source.name, sha256: model.sha256, model };
      const id = keepAs || keptId(model.sha256);
      const names = {
        id,
        name: source.name,
        parameters: parameterCount(opened.config),
      };
      const fault = keeping
        ? await keeping.finish(names, sums).then(() => null, keepSentence)
        : (keep?.fault ?? null);
      this.#previewed = null;
      if (keeping && fault === null) await this.#readFromShelf(id, model, opened);
      const kept = source.kind === "kept" ? source.id : keeping && fault === null ? id : null;
      return { read, keptId: kept, keepFault: fault };
    } catch (error) {
      await keeping?.abandon();
      throw error;
    }
  }

  async kept(): Promise<KeptModels> {
    try {
      return await (await this.#open()).report();
    } catch (error) {
      return { models: [], usedBytes: null, quotaBytes: null, lack: reasonOf(error) };
    }
  }

  async forget(id: string | null): Promise<void> {
    await (await this.#open()).remove(id);
  }

  #of(ticket: number): Previewed {
    if (this.#previewed?.ticket !== ticket)
      throw new UserError("This model is not at hand any more; look at it again.");
    return this.#previewed;
  }

  async #open(): Promise<Shelf> {
    if (!this.#host.openShelf) throw new UserError("models are kept by the page only");
    this.#shelf ??= this.#host.openShelf();
    try {
      return await this.#shelf;
    } catch (error) {
      this.#shelf = null;
      throw error;
    }
  }

  async #find(source: ModelSource): Promise<{ files: ModelFiles; sums: KeptFiles["sums"] | null }> {
    if (source.kind === "kept") return await (await this.#open()).open(source.id);
    return { files: filesOf(source), sums: null };
  }

  /** Sources that write down what passes through them; a fault where there is no room or no place. */
  async #begin({ opened, texts }: Previewed): Promise<{
    keeping: Keeping | null;
    weights: Opened["weights"];
    fault: string | null;
  }> {
    let keeping: Keeping | null = null;
    try {
      let bytes = 0;
      for (const text of texts.values()) bytes += text.length;
      for (const { source } of opened.weights) bytes += await source.size();
      keeping = await (await this.#open()).begin(bytes);
      for (const [name, text] of texts) await keeping.add(name, text);
      const weights = [];
      for (const file of opened.weights)
        weights.push({ ...file, source: await keeping.copy(file.source) });
      return { keeping, weights, fault: null };
    } catch (error) {
      await keeping?.abandon();
      return { keeping: null, weights: opened.weights, fault: keepSentence(error) };
    }
  }

  /** What is kept now need not be held as well. */
  async #readFromShelf(id: string, model: LoadedModel, { weights }: Opened): Promise<void> {
    const found = await (await this.#open()).open(id).catch(() => null);
    for (const { source } of weights)
      if (found && !source.readNow) model.moveTo(source.name, found.files.open(source.name));
  }

  /** What a browser keeps may rot like any file. */
  async #compare(
    { source, sums: expected }: Previewed,
    sums: ReadonlyMap<string, string>,
  ): Promise<void> {
    if (source.kind !== "kept" || !expected) return;
    for (const [name, sha256] of sums) {
      if (expected.get(name) === sha256) continue;
      await this.forget(source.id);
      throw new UserError(
        `${name} of ${source.name} is damaged in this browser's store and was deleted; open the model again`,
      );
    }
  }
}

/** Files that tell their names when they are opened, and whose content stays when it is read in one go. */
function remembering(
  files: ModelFiles,
  texts: Map<string, Uint8Array>,
  onOpen: (name: string) => void,
): ModelFiles {
  const watch = (source: ByteSource): ByteSource =>
    watchedSource(source, async (bytes, start) => {
      if (start === 0 && bytes.length === (await source.size())) texts.set(source.name, bytes);
    });
  // One source a file: whoever opens it again reads on with what it knows.
  const opened = new Map<string, ByteSource>();
  return {
    names: files.names,
    open: (name) => {
      onOpen(name);
      const source = opened.get(name) ?? watch(files.open(name));
      opened.set(name, source);
      return source;
    },
  };
}

export function bytesProgress(place: string, done: number, total: number): Progress {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return {
    phase: "download",
    fraction: total > 0 ? done / total : null,
    note: `${megabytes(done)} of ${megabytes(total)} MB · ${place}`,
  };
}

function keepSentence(error: unknown): string {
  return `The model is loaded but not kept: ${reasonOf(error)}.`;
}

function reasonOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const name = error instanceof Error ? error.name : "";
  if (name === "QuotaExceededError") return "the disk is full, or the browser allows no more";
  if (name === "SecurityError")
    return "this browser keeps nothing here, as private windows and strict settings do";
  return error instanceof Error ? error.message : String(error);
}
