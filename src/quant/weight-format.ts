import { findFormat, formats } from "./registry.ts";
import { type Piece, SettingError, trimmed } from "./setting-error.ts";
import type { Group, Method, WeightFormat } from "./types.ts";

export const sparsePart = "2:4";
const groups: readonly Group[] = [32, 64, 128, "row"];
const methods: readonly Method[] = ["rtn", "clip"];

/** Names that other programs or papers use for what is planned here. */
const laterFormats =
  /^(nf4|fp4|fp3|fp4-bnb|bitmod[34]|bipolar\d|bcq\d|fdb|pb|ternary|binary|kmeans\d+|w2\*)(-.*)?$/;
const laterMethods = ["gptq", "awq", "hqq", "wanda", "sparsegpt", "dgq"];

/** A text such as `int4-g32+2:4@clip`, cut at its signs; `parts` and `method` keep theirs. */
export interface FormatText {
  readonly name: Piece;
  readonly parts: readonly Piece[];
  readonly method: Piece | null;
}

/** "int4-asym-g32+2:4@clip", with what is usual left out. */
export function formatName(format: WeightFormat): string {
  return formatStem(format) + (format.sparse ? `+${sparsePart}` : "") + methodSuffix(format);
}

/** "int4-asym-g32": the format without parts and method. */
export function formatStem({ id, group }: WeightFormat): string {
  if (group === undefined) return id;
  return `${id}-${group === "row" ? "row" : `g${group}`}`;
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

/** The format that a cut text names; of `parts` only 2:4 is looked at. Throws SettingError. */
export function readFormat({ name, parts, method }: FormatText): WeightFormat {
  const { id, group } = readStem(name);
  return {
    id,
    ...(group === undefined ? {} : { group }),
    sparse: parts.some((part) => part.text === `+${sparsePart}`),
    method: method ? readMethod(method, group !== undefined) : "rtn",
  };
}

function readStem(name: Piece): { id: string; group?: Group } {
  const exact = findFormat(name.text);
  if (exact && !exact.grouped) return { id: exact.id };
  const [, stem = name.text, suffix] = /^(.*)-(g\d*|row)$/.exec(name.text) ?? [];
  const row = findFormat(stem);
  if (!row) throw unknownFormat(name);
  if (!row.grouped) throw new SettingError(name, "has no groups", [row.id]);
  const fits = groups.map((group) =>
    formatStem({ id: row.id, group, sparse: false, method: "rtn" }),
  );
  const group = groups[fits.indexOf(name.text)];
  if (group !== undefined) return { id: row.id, group };
  const problem = suffix ? "has a group size that there is no kernel for" : "lacks its group";
  throw new SettingError(name, problem, fits);
}

function unknownFormat(name: Piece): SettingError {
  const expected = formats.map((row) => (row.grouped ? `${row.id}-g32` : row.id));
  if (laterFormats.test(name.text)) return new SettingError(name, "is not available yet", expected);
  const problem = name.text === "" ? "lacks a weight format" : "is not a weight format";
  return new SettingError(name, problem, expected);
}

function readMethod(piece: Piece, grouped: boolean): Method {
  const expected = methods.map((name) => `@${name}`);
  const method = methods.find((name) => `@${name}` === piece.text);
  if (method === undefined) {
    const later = laterMethods.includes(piece.text.slice(1));
    const problem = later ? "is not available yet" : "is not a method";
    throw new SettingError(piece, problem, expected);
  }
  if (method !== "rtn" && !grouped) {
    throw new SettingError(piece, "chooses scales, and float formats have none", ["@rtn"]);
  }
  return method;
}
