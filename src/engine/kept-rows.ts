import type { Runner } from "./runner.ts";

/** Bytes of logits kept of one runner: a quick measurement's of a small vocabulary; what goes beyond is computed again. */
const MOST_BYTES = 64 * 2 ** 20;

/** What the rows were computed from, besides the runner. */
export interface RowsOf {
  readonly text: string;
  readonly window: number;
  readonly stride: number;
}

/** A window's batches of logits, [tokens][vocab] each, by the position they begin at. */
export type WindowRows = ReadonlyMap<number, Float32Array>;

/**
 * Logits of a text that is read again and again by the same runner: a sweep holds every setting against one reference, which need not
 * compute the same rows for each. A runner serves one setting, so a new one begins with nothing, and what the old one kept goes with it.
 */
export class KeptRows {
  static readonly #of = new WeakMap<Runner, KeptRows>();
  readonly #what: RowsOf;
  readonly #windows = new Map<number, WindowRows>();
  #bytes = 0;

  private constructor(what: RowsOf) {
    this.#what = what;
  }

  /** Of one text at a time. */
  static of(runner: Runner, what: RowsOf): KeptRows {
    const known = KeptRows.#of.get(runner);
    if (known?.matches(what)) return known;
    const fresh = new KeptRows(what);
    KeptRows.#of.set(runner, fresh);
    return fresh;
  }

  window(start: number): WindowRows | undefined {
    return this.#windows.get(start);
  }

  /** Keeps a whole window, if there is room. */
  keep(start: number, rows: WindowRows): void {
    let bytes = 0;
    for (const batch of rows.values()) bytes += batch.byteLength;
    if (this.#windows.has(start) || this.#bytes + bytes > MOST_BYTES) return;
    this.#windows.set(start, rows);
    this.#bytes += bytes;
  }

  matches({ text, window, stride }: RowsOf): boolean {
    const { text: known, window: size, stride: step } = this.#what;
    return size === window && step === stride && known === text;
  }
}
