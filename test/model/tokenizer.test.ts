import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/assert.ts";
import { createRng } from "../../src/lib/rng.ts";
import { createTokenizer, type Tokenizer } from "../../src/model/tokenizer.ts";
import { fixtureText, modelFile, stories260KGolden, storiesGolden } from "./fixtures.ts";

const byteLevel = open(modelFile("stories", "tokenizer.json").toString());
const sentencepiece = open(modelFile("stories260K", "tokenizer.json").toString());
const both = [
  ["byte-level", byteLevel],
  ["sentencepiece", sentencepiece],
] as const;

function open(text: string): Tokenizer {
  return createTokenizer({ name: "tokenizer.json", text });
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

describe("encode", () => {
  it.each(storiesGolden().encode)("stories: $text", ({ text, ids }) => {
    expect(byteLevel.encode(text)).toEqual(ids);
  });

  it.each(stories260KGolden().encode)("stories260K: $text", ({ text, ids }) => {
    expect(sentencepiece.encode(text)).toEqual(ids);
  });

  it("gives the evaluation text its 2896 ids", () => {
    expect(byteLevel.encode(fixtureText("stories", "eval.txt")).length).toBe(2896);
  });

  it("counts special tokens written in the text", () => {
    expect(byteLevel.encode("A<|endoftext|>B").filter((id) => id === 0).length).toBe(2);
    expect(sentencepiece.encode("A</s>B")).toContain(2);
    expect([...sentencepiece.specialIds]).toEqual([0, 1, 2]);
  });
});

describe("decode", () => {
  it("gives the golden texts", () => {
    for (const { greedy, text } of storiesGolden().greedy) {
      expect(byteLevel.decode(greedy)).toBe(text);
    }
    const golden = stories260KGolden();
    expect(sentencepiece.decode(golden.greedy_ids)).toBe(golden.greedy_text);
  });

  it.each(both)("%s: undoes encode, and the bytes of the tokens add up", (_name, tokenizer) => {
    const rng = createRng(3);
    const characters = [..."aehlnost  .,'\n\t\u00e9\u00f1\u65e5\u672c\u{1f600}\u200d\ufeff\u0085"];
    for (let round = 0; round < 300; round++) {
      const size = rng.integer(30);
      const pick = () => characters[rng.integer(characters.length)] ?? "";
      const text = Array.from({ length: size }, pick).join("");
      const ids = tokenizer.encode(text);
      expect(tokenizer.decode(ids)).toBe(text);
      expect(total(tokenizer.byteLengths(ids.slice(1)))).toBe(utf8Length(text));
    }
  });

  it("turns bytes that are no UTF-8 into U+FFFD", () => {
    const half = byteLevel.encode("\u{1f600}").slice(1, 3);
    expect(byteLevel.decode(half)).toBe("\ufffd");
    expect(byteLevel.decode([])).toBe("");
    expect(byteLevel.decode([999_999])).toBe("");
  });
});

describe("createDecoder", () => {
  it.each(both)("%s: streams whole characters only", (_name, tokenizer) => {
    const text = "na\u00efve caf\u00e9 \u{1f600} \u65e5\u672c\u8a9e \u{1f468}\u200d\u{1f469}.";
    const decoder = tokenizer.createDecoder();
    let soFar = "";
    for (const id of tokenizer.encode(text)) {
      const piece = decoder.push(id);
      expect(piece).not.toContain("\ufffd");
      soFar += piece;
      expect(text.startsWith(soFar)).toBe(true);
    }
    expect(soFar).toBe(text);
    expect(decoder.flush()).toBe("");
  });

  it("keeps the space between a prompt and what follows", () => {
    const prompt = sentencepiece.encode("Once upon a time");
    const rest = sentencepiece.encode("Once upon a time there was").slice(prompt.length);
    expect(sentencepiece.createDecoder(prompt).push(rest[0] ?? 0)).toBe(" there");
    expect(sentencepiece.decode(rest)).toBe("there was");
  });

  it("says at the end what an unfinished character leaves", () => {
    const decoder = byteLevel.createDecoder();
    const [, first = 0] = byteLevel.encode("\u{1f600}");
    expect(decoder.push(first)).toBe("");
    expect(decoder.flush()).toBe("\ufffd");
  });
});

describe("tokenText and byteLengths", () => {
  it("names special tokens, spells parts of characters, tells unknown ids", () => {
    expect(byteLevel.tokenText(0)).toBe("<|endoftext|>");
    expect(byteLevel.tokenText(397)).toBe(" time");
    expect(byteLevel.tokenText(2048)).toBe("<token 2048>");
    expect(sentencepiece.tokenText(13)).toBe("\n");
    expect(sentencepiece.tokenText(3 + 0xe2)).toBe("<0xE2>");
    expect(sentencepiece.tokenText(403)).toBe(" Once");
  });

  it("counts a special token by its text and the dummy space not at all", () => {
    const texts = ["A<|endoftext|>B", "A</s>B", "<|endoftext|>", "</s> two"];
    for (const text of texts) {
      for (const [, tokenizer] of both) {
        const ids = tokenizer.encode(text).slice(1);
        expect(total(tokenizer.byteLengths(ids))).toBe(utf8Length(text));
      }
    }
  });
});

describe("a bad tokenizer.json", () => {
  const good = JSON.parse(modelFile("stories", "tokenizer.json").toString());

  it.each<readonly [string, object, string]>([
    ["no model", { model: null }, "tokenizer.json: model is null, but should be an object"],
    [
      "another kind of model",
      { model: { type: "WordPiece" } },
      'model.type is "WordPiece", but only "BPE" is read',
    ],
    ["no vocabulary", { model: { ...good.model, vocab: [] } }, "model.vocab is not an object"],
    ["no merges", { model: { ...good.model, merges: null } }, "model.merges is not a list"],
    [
      "merges that are no pairs",
      { model: { ...good.model, merges: [7] } },
      "the tokenizer cannot be built",
    ],
    [
      "an id beyond reason",
      { model: { ...good.model, vocab: { a: 4e9 } } },
      'token "a" has the id 4000000000',
    ],
    ["an id of text", { model: { ...good.model, vocab: { a: "0" } } }, 'token "a" has the id "0"'],
    ["no added tokens", { added_tokens: undefined }, "added_tokens is not a list"],
    ["an added token without text", { added_tokens: [{ id: 0 }] }, 'added_tokens lists {"id":0}'],
    [
      "an unknown decoder",
      { decoder: { type: "CTC" } },
      'decoder is {"type":"CTC"}, but ByteLevel',
    ],
    [
      "an unknown normalizer",
      { normalizer: { type: "Rot13" } },
      'the tokenizer cannot be built ("Unknown Normalizer type: Rot13")',
    ],
    [
      "a BOS that does not exist",
      { added_tokens: [], model: { ...good.model, vocab: { a: 1 }, merges: [] } },
      "post_processor adds a token that is not in the vocabulary",
    ],
  ])("%s is refused in a sentence", (_name, changes, sentence) => {
    const text = JSON.stringify({ ...good, ...changes });
    expect(() => open(text)).toThrow(UserError);
    expect(() => open(text)).toThrow(sentence);
  });
});
