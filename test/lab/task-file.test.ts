import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_ITEMS, readPairs, readTaskFile } from "../../src/lab/task-file.ts";

const good = '{"sentence_good":"He went.","sentence_bad":"He goed.","UID":"past","pairID":"7"}';

function problems(text: string): readonly string[] {
  const read = readPairs(text);
  return read.ok ? [] : read.problems;
}

describe("a file of pairs", () => {
  it("is read as BLiMP writes it, whatever the line ends, blank lines and a byte order mark", () => {
    const read = readPairs(
      `\u{feff}${good}\r\n\r\n{"sentence_good":"A b.","sentence_bad":"A c."}\n`,
    );
    expect(read).toEqual({
      ok: true,
      items: [
        { group: "past", context: "", choices: ["He went.", "He goed."], answer: 0 },
        { group: "pairs", context: "", choices: ["A b.", "A c."], answer: 0 },
      ],
    });
  });

  it.each([
    ["{", /^line 1: this is not JSON: \{; one object/],
    ["[1,2]", "line 1: this is a list of 2, but should be an object in braces"],
    ["null", "line 1: this is null, but should be an object in braces"],
    ['"text"', 'line 1: this is "text", but should be an object in braces'],
    ["{}", "line 1: sentence_good is missing, but should be a text"],
    ['{"sentence_good":1}', "line 1: sentence_good is 1, but should be a text"],
    ['{"sentence_good":"a"}', "line 1: sentence_bad is missing, but should be a text"],
    ['{"sentence_good":"a","sentence_bad":["b"]}', /sentence_bad is a list of 1, but/],
    ['{"sentence_good":"a","sentence_bad":" "}', "line 1: sentence_bad is empty"],
    ['{"sentence_good":"a","sentence_bad":"a"}', /line 1: sentence_good and sentence_bad are/],
    ['{"sentence_good":"a","sentence_bad":"b","UID":{}}', /line 1: UID is an object, but/],
    ['{"__proto__":{"sentence_good":"a","sentence_bad":"b"}}', /line 1: sentence_good is missing/],
    [`{"sentence_good":"${"a".repeat(4001)}","sentence_bad":"b"}`, /4001 characters; 4000 is the/],
    ["", "the file is empty; put one JSON object on each line"],
    [" \n\n", "the file is empty; put one JSON object on each line"],
    ["\u0000PK\u0003\u0004", /^line 1: this is not JSON/],
  ])("%j: one sentence", (text, sentence) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    if (typeof sentence === "string") expect(found[0]).toBe(sentence);
    else expect(found[0]).toMatch(sentence);
  });

  it("names every bad line, and only those", () => {
    const text = [good, "{", "", '{"sentence_good":"a"}', good].join("\n");
    expect(problems(text).map((sentence) => sentence.split(":")[0])).toEqual(["line 2", "line 4"]);
  });

  it("has an end", () => {
    const lines = Array.from({ length: MAX_ITEMS + 1 }, () => good).join("\n");
    expect(problems(lines)).toEqual([
      `the file has ${MAX_ITEMS + 1} lines; ${MAX_ITEMS} is the most, take a part of it`,
    ]);
  });

  it("never throws", () => {
    const value = fc.oneof(fc.json(), fc.string(), fc.constant(good));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (lines) => {
        const read = readPairs(lines.join("\n"));
        return read.ok ? read.items.length > 0 : read.problems.length > 0;
      }),
    );
  });
});

describe("a file of questions", () => {
  it.each([
    [
      '{"context":"a","choices":["b"],"answer":0}',
      /choices is a list of 1, but should be a list of two/,
    ],
    ['{"context":"a","choices":["b","b"],"answer":0}', /choices has the same text twice/],
    ['{"context":"a","choices":["b",2],"answer":0}', /choices\.1 is 2, but should be a text/],
    ['{"context":"a","choices":["b","c"],"answer":2}', /answer is 2, but .* from 0 to 1/],
    ['{"context":"a","choices":["b","c"],"answer":0.5}', /answer is 0\.5, but/],
    ['{"context":"a","choices":["b","c"],"answer":"0"}', /answer is "0", but/],
    ['{"context":"a","choices":["b","c"],"answer":"length"}', /answer is "length", but/],
  ])("%s: one sentence", (line, sentence) => {
    const read = readTaskFile(line);
    expect(read.ok ? [] : read.problems).toEqual([expect.stringMatching(sentence)]);
  });
});
