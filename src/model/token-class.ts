/**
 * What a token is in its text: the beginning of a word, the rest of one, digits, signs, white space, a special token, or something
 * else (part of a character, an emoji).
 */
export type TokenClass =
  | "word"
  | "word part"
  | "number"
  | "punctuation"
  | "space"
  | "special"
  | "other";

/** The class of a token's text, given the text before it: "and" is a word behind a line feed and part of one behind "h". */
export function classOf(text: string, before: string): Exclude<TokenClass, "special"> {
  const bare = text.trim();
  if (bare === "") return text === "" ? "other" : "space";
  if (/^\p{L}[\p{L}\p{M}'’-]*$/u.test(bare)) {
    const joined = !/^\s/.test(text) && /[\p{L}\p{M}]$/u.test(before);
    return joined ? "word part" : "word";
  }
  if (/^\p{N}+$/u.test(bare)) return "number";
  if (/^['’]\p{L}+$/u.test(bare)) return "word part";
  if (/^[\p{P}\p{S}]+$/u.test(bare)) return "punctuation";
  return "other";
}
