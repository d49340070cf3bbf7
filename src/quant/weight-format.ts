import { findFormat, findStem, formats, usualFormat } from "./registry.ts";
import { type Piece, SettingError, trimmed } from "./setting-error.ts";
import type { FormatRow, Group, Method, WeightFormat } from "./types.ts";

export const sparsePart = "2:4";
/** Every matrix as the model's file stores it; which format that is depends on the model (native.ts). */
export const nativeFormat: WeightFormat = { id: "native", sparse: false, method: "rtn" };
/** Whole percents from 1 to 99. */
const prunedPart = /^\+([1-9]\d?)%$/;
const methods: readonly Method[] = ["rtn", "clip", "fit"];

/** Names that other programs or papers use for what is planned here. */
const laterFormats = /^(fp3|kmeans\d+)(-.*)?$/;
const laterMethods = ["gptq", "awq", "hqq", "wanda", "sparsegpt", "dgq"];

/** A text such as `int4-g32+2:4@clip`, cut at its signs; `parts` and `method` keep theirs. */
export interface FormatText {
  readonly name: Piece;
  readonly parts: readonly Piece[];
  readonly method: Piece | null;
}

export function isNative({ id }: WeightFormat): boolean {
  return id === nativeFormat.id;
}

/** "int4-asym-g32+2:4@clip", with what is usual left out. */
export function formatName(format: WeightFormat): string {
  return [formatStem(format), ...sparseParts(format)].join("+") + methodSuffix(format);
}

/** "2:4" or "50%", nothing for dense. */
export function sparseParts({ sparse, pruned }: WeightFormat): readonly string[] {
  return [...(sparse ? [sparsePart] : []), ...(pruned === undefined ? [] : [`${pruned}%`])];
}

/** Whether a piece is one of a format's own parts: 2:4, or the share of weights that go. */
export function isSparsePart({ text }: Piece): boolean {
  return text === `+${sparsePart}` || prunedPart.test(text);
}

/** "int4-asym-g32": the format without parts and method. */
export function formatStem({ id, group }: WeightFormat): string {
  if (group === undefined) return id;
  return `${findFormat(id)?.stem ?? id}-${group === "row" ? "row" : `g${group}`}`;
}

export function methodSuffix({ method }: WeightFormat): string {
  return method === "rtn" ? "" : `@${method}`;
}

/** Cuts a piece at `+` and `@`. Throws SettingError where a sign has nothing behind it. */
export function cutFormat(piece: Piece): FormatText {
  let name: Piece = { text: "", index: piece.index };
  let method: Piece | null = null;
  const parts: Piece[] = [];
  for (const match of piece.text.matchAll(/^[^+@]*|[+@][^+@]*/g)) {
    const cut = trimmed(match[0], piece.index + match.index);
    if (cut.text.startsWith("@")) {
      if (method) throw new SettingError(cut, "is a second method", []);
      method = cut;
    } else if (cut.text.startsWith("+")) parts.push(cut);
    else name = cut;
  }
  return { name, parts, method };
}

/** The format that a cut text names; of `parts` only those of sparsity are looked at. Throws SettingError. */
export function readFormat({ name, parts, method }: FormatText): WeightFormat {
  if (name.text === nativeFormat.id) {
    const change = method ?? parts.find(isSparsePart);
    if (change) throw new SettingError(change, "would change weights that native leaves alone", []);
    return nativeFormat;
  }
  const { row, group } = readStem(name);
  const sparse = parts.find((part) => part.text === `+${sparsePart}`);
  if (sparse && !row.sparse) throw new SettingError(sparse, `has no kernel for ${row.id}`, []);
  const pruned = parts.find((part) => prunedPart.test(part.text));
  const both = sparse && pruned && (sparse.index > pruned.index ? sparse : pruned);
  if (both) throw new SettingError(both, "sets a dial that is set already", []);
  if (pruned && !row.exactZero) {
    throw new SettingError(pruned, `needs a code that stands for 0, which ${row.id} lacks`, []);
  }
  return {
    id: row.id,
    ...(group === undefined ? {} : { group }),
    sparse: sparse !== undefined,
    ...(pruned ? { pruned: Number(prunedPart.exec(pruned.text)?.[1]) } : {}),
    method: method ? readMethod(method, row) : "rtn",
  };
}

function readStem(name: Piece): { row: FormatRow; group?: Group } {
  const exact = findFormat(name.text);
  if (exact && exact.groups.length === 0) return { row: exact };
  const [, stem = name.text, suffix] = /^(.*)-(g\d*|row)$/.exec(name.text) ?? [];
  const row = findStem(stem);
  if (!row) throw unknownFormat(name);
  if (row.groups.length === 0) {
    const problem = row.fixedGroup ? "has a group of its own" : "has no groups";
    throw new SettingError(name, problem, [row.id]);
  }
  const fits = row.groups.map((group) =>
    formatStem({ id: row.id, group, sparse: false, method: "rtn" }),
  );
  const group = row.groups[fits.indexOf(name.text)];
  if (group !== undefined) return { row, group };
  const problem = suffix ? "has a group size that there is no kernel for" : "lacks its group";
  throw new SettingError(name, problem, fits);
}

function unknownFormat(name: Piece): SettingError {
  const expected = formats.map((row) => formatStem(usualFormat(row)));
  if (laterFormats.test(name.text)) return new SettingError(name, "is not available yet", expected);
  const problem = name.text === "" ? "lacks a weight format" : "is not a weight format";
  return new SettingError(name, problem, expected);
}

function readMethod(piece: Piece, row: FormatRow): Method {
  const expected = methods.map((name) => `@${name}`);
  const method = methods.find((name) => `@${name}` === piece.text);
  if (method === undefined) {
    const later = laterMethods.includes(piece.text.slice(1));
    const problem = later ? "is not available yet" : "is not a method";
    throw new SettingError(piece, problem, expected);
  }
  if (!row.methods.includes(method)) {
    const problem =
      row.family !== "float"
        ? `chooses scales in a way that ${row.id} does not have`
        : "chooses scales, and float formats have none";
    throw new SettingError(
      piece,
      problem,
      row.methods.map((name) => `@${name}`),
    );
  }
  return method;
}
