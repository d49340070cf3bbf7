import { expect, it } from "vitest";
import { classOf } from "../../src/model/token-class.ts";

it.each([
  [" dog", "the", "word"],
  ["ny", " fun", "word part"],
  ["Mia", "\n", "word"],
  ["Mia", "", "word"],
  ["Oh", '"', "word"],
  ["'s", " Mia", "word part"],
  [" don't", "I", "word"],
  [" 42", "is", "number"],
  ["٣", "", "number"],
  [".", "end", "punctuation"],
  [' "', "said", "punctuation"],
  ["€", "5", "punctuation"],
  ["\n", ".", "space"],
  ["  ", "a", "space"],
  ["", "a", "other"],
  ["<0xE2>", "a", "other"],
  ["犬", " ", "word"],
  ["a1", " ", "other"],
] as const)("%j after %j is %s", (text, before, expected) => {
  expect(classOf(text, before)).toBe(expected);
});
