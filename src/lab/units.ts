import type { ScoredToken } from "../engine/protocol.ts";

/** What a bootstrap draws: each scored token belongs to one unit. */
export interface Units {
  readonly unit: "documents" | "blocks";
  readonly count: number;
  /** Unit of the token at an index. */
  readonly of: Int32Array;
  /** With fewer of them an interval would say more about the units than about the model. */
  readonly least: number;
}

const LEAST = 16;
const BLOCK_TOKENS = 64;
const MAX_BLOCKS = 64;
/** More documents than this are drawn several neighbours at a time. */
const MAX_DOCUMENTS = 256;

/**
 * Documents where the text has enough of them: another text of the kind would be other documents, not other tokens. Else blocks of
 * neighbouring tokens, which are hard or easy together (a name, a rhyme, an odd story): of 64, or as many times two as keep their
 * number, and with it the cost, low.
 */
export function drawnUnits(rows: readonly ScoredToken[]): Units {
  const documents = new Map<number, number>();
  for (const { document } of rows) {
    if (!documents.has(document)) documents.set(document, documents.size);
  }
  // The last document may be cut off; it counts like the others, by its tokens.
  if (documents.size >= LEAST) {
    const together = Math.ceil(documents.size / MAX_DOCUMENTS);
    const of = Int32Array.from(rows, ({ document }) =>
      Math.floor((documents.get(document) ?? 0) / together),
    );
    return {
      unit: "documents",
      count: Math.ceil(documents.size / together),
      of,
      least: LEAST,
    };
  }
  let size = BLOCK_TOKENS;
  while (rows.length > size * MAX_BLOCKS) size *= 2;
  // What a last block would lack goes to the one before it.
  const count = Math.max(1, Math.floor(rows.length / size));
  const of = Int32Array.from(rows, (_, at) => Math.min(Math.floor(at / size), count - 1));
  return { unit: "blocks", count, of, least: LEAST };
}

/** For people: what the intervals of a measurement are, or why it has none. */
export function intervalRule({ unit, count }: Pick<Units, "unit" | "count">): string {
  const of = unit === "documents" ? "documents" : "blocks of neighbouring tokens";
  return count < LEAST
    ? `none, too few tokens: ${count} ${of}, and it takes ${LEAST}`
    : `95 %, paired bootstrap over ${count} ${of}`;
}
