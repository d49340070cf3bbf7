import { UserError } from "../lib/assert.ts";

/** A piece of a setting's text and where it stands in the whole. */
export interface Piece {
  readonly text: string;
  readonly index: number;
}

/** The piece of a text without spaces around it. */
export function trimmed(text: string, index: number): Piece {
  return { text: text.trim(), index: index + (text.length - text.trimStart().length) };
}

/** A setting that cannot be read: which characters are wrong, and what would fit in their place. */
export class SettingError extends UserError {
  override name = "SettingError";
  readonly index: number;
  readonly length: number;
  readonly expected: readonly string[];

  /** `problem` says what is wrong with the piece, as a clause that follows it. */
  constructor(piece: Piece, problem: string, expected: readonly string[]) {
    const shown = piece.text.length > 40 ? `${piece.text.slice(0, 40)}…` : piece.text;
    const subject = shown === "" ? "The setting" : `"${shown}"`;
    const place = `at character ${piece.index + 1}`;
    const fits = expected.length > 0 ? `; ${expected.join(", ")} would fit` : "";
    super(`${subject} ${place} ${problem}${fits}.`);
    this.index = piece.index;
    this.length = piece.text.length;
    this.expected = expected;
  }
}
