import { sha256 } from "@noble/hashes/sha2.js";
import type { ByteSource } from "./source.ts";

/** A stretch of a file whose bytes somebody wants, in pieces of whole units, in order. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  /** Bytes that must stay together: a block of a tensor. */
  readonly unit: number;
  /** `at` counts from the stretch's start. */
  take(bytes: Uint8Array, at: number): void;
}

export interface ScanOptions {
  readonly signal: AbortSignal;
  /** Bytes that have arrived, of all. */
  onProgress(done: number, total: number): void;
}

/** Large enough that a request's delay counts for little, small enough to cancel and to hold. */
export const pieceBytes = 8 << 20;
/** Requests under way at once. */
const ahead = 4;

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly stretch: Stretch | null;
}

/**
 * Reads a file from its first byte to its last, once, several pieces at a time, and hands the
 * stretches (in order of position, not overlapping) what is theirs. Holds at most four pieces.
 * Returns the SHA-256 of the whole file.
 */
export async function scanFile(
  source: ByteSource,
  stretches: readonly Stretch[],
  { signal, onProgress }: ScanOptions,
): Promise<string> {
  signal.throwIfAborted();
  const total = await source.size(signal);
  const pieces = cut(stretches, total);
  const hash = sha256.create();
  // A piece that fails stops the others.
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal.reason);
  signal.addEventListener("abort", onAbort);
  let done = 0;
  const onBytes = (count: number): void => {
    done += count;
    onProgress(Math.min(done, total), total);
  };
  const under: { piece: Piece; bytes: Promise<Uint8Array> }[] = [];
  let next = pieces.next();
  try {
    for (;;) {
      while (!next.done && under.length < ahead) {
        const piece = next.value;
        const bytes = source.read(piece.start, piece.end, { signal: stop.signal, onBytes });
        // Its failure is met where it is awaited; until then it is nobody's.
        bytes.catch(() => {});
        under.push({ piece, bytes });
        next = pieces.next();
      }
      const first = under.shift();
      if (first === undefined) break;
      const bytes = await first.bytes;
      signal.throwIfAborted();
      hash.update(bytes);
      const { stretch, start } = first.piece;
      stretch?.take(bytes, start - stretch.start);
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    stop.abort();
  }
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function* cut(stretches: readonly Stretch[], total: number): Generator<Piece> {
  let at = 0;
  for (const stretch of stretches) {
    yield* cutOne(at, stretch.start, 1, null);
    yield* cutOne(stretch.start, stretch.end, stretch.unit, stretch);
    at = stretch.end;
  }
  yield* cutOne(at, total, 1, null);
}

function* cutOne(
  start: number,
  end: number,
  unit: number,
  stretch: Stretch | null,
): Generator<Piece> {
  const step = Math.floor(pieceBytes / unit) * unit;
  for (let at = start; at < end; at += step)
    yield { start: at, end: Math.min(at + step, end), stretch };
}
