import type { ByteSource } from "../model/bytes/source.ts";
import type { ModelFiles } from "../model/model-files.ts";
import type { KeptModels } from "./protocol.ts";

/** Where models are kept between visits: a browser's own file system. The command line has none. */
export interface Shelf {
  report(): Promise<KeptModels>;
  /** The files of a kept model, which counts as used now. Throws a sentence when it is not there. */
  open(id: string): Promise<KeptFiles>;
  /** Begins to keep a model of so many bytes; throws a sentence when there is no room. */
  begin(bytes: number): Promise<Keeping>;
  /** Deletes one, or with null all. */
  remove(id: string | null): Promise<void>;
}

export interface KeptFiles {
  readonly files: ModelFiles;
  /** SHA-256 by file name. */
  readonly sums: ReadonlyMap<string, string>;
}

export interface KeepNames {
  readonly id: string;
  readonly name: string;
  readonly parameters: number;
}

/** A model on its way onto the shelf. Nothing of it shows before `finish`, and nothing stays after `abandon`. */
export interface Keeping {
  /** The same source; what is read through it is written down as well. */
  copy(source: ByteSource): Promise<ByteSource>;
  /** A file that was read already. */
  add(name: string, bytes: Uint8Array): Promise<void>;
  /** Puts it on the shelf. `sums` has the SHA-256 of every file that was copied. */
  finish(names: KeepNames, sums: ReadonlyMap<string, string>): Promise<void>;
  abandon(): Promise<void>;
}
