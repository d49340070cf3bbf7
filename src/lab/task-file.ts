import type { TaskItem } from "./tasks.ts";

export type ReadItems =
  | { readonly ok: true; readonly items: readonly TaskItem[] }
  /** One sentence for each bad line, naming the line and the field. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** More would take hours where a minute tells as much. */
export const MAX_ITEMS = 5000;
/** Characters; longer texts do not fit the small models' context. */
const MAX_TEXT = 4000;

/**
 * Items of a file in JSON Lines: one object on each line, either a question (`context`, `choices`, `answer`) or a pair as BLiMP writes it
 * (`sentence_good`, `sentence_bad`). Other fields are of no concern. Every line is read, so that all that is wrong is told at once.
 */
export function readTaskFile(text: string): ReadItems {
  return readLines(text, (line) => ("sentence_good" in line ? pairOf(line) : questionOf(line)));
}

/** The same for a file that may hold pairs alone. */
export function readPairs(text: string): ReadItems {
  return readLines(text, pairOf);
}

type JsonObject = Readonly<Record<string, unknown>>;

/** What is wrong with a line: the field and what it should be. */
class LineFault extends Error {}

function readLines(text: string, read: (line: JsonObject) => TaskItem): ReadItems {
  const items: TaskItem[] = [];
  const problems: string[] = [];
  const lines = text.replace(/^\u{feff}/u, "").split(/\r?\n/);
  for (const [at, line] of lines.entries()) {
    if (line.trim() === "") continue;
    try {
      items.push(read(objectOf(line)));
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      problems.push(`line ${at + 1}: ${error.message}`);
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  if (items.length === 0) {
    return { ok: false, problems: ["the file is empty; put one JSON object on each line"] };
  }
  if (items.length > MAX_ITEMS) {
    const sentence = `the file has ${items.length} lines; ${MAX_ITEMS} is the most, take a part of it`;
    return { ok: false, problems: [sentence] };
  }
  return { ok: true, items };
}

function objectOf(line: string): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new LineFault(`this is not JSON: ${quoted(line)}; one object on each line is needed`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new LineFault(`this is ${kindOf(json)}, but should be an object in braces`);
  }
  return { ...json };
}

function pairOf(line: JsonObject): TaskItem {
  const good = textOf(line, "sentence_good");
  const bad = textOf(line, "sentence_bad");
  if (good === bad) throw new LineFault("sentence_good and sentence_bad are the same");
  const group = "UID" in line ? textOf(line, "UID") : "pairs";
  return { group, context: "", choices: [good, bad], answer: 0 };
}

function questionOf(line: JsonObject): TaskItem {
  const context = textOf(line, "context");
  const { choices, answer } = line;
  if (!Array.isArray(choices) || choices.length < 2) {
    throw new LineFault(`choices is ${kindOf(choices)}, but should be a list of two or more texts`);
  }
  const texts = choices.map((_, at) => textOf(choices, at, `choices.${at}`));
  if (new Set(texts).size < texts.length) throw new LineFault("choices has the same text twice");
  if (typeof answer !== "number" || texts[answer] === undefined) {
    throw new LineFault(
      `answer is ${kindOf(answer)}, but should be a whole number from 0 to ${texts.length - 1}`,
    );
  }
  return {
    group: "group" in line ? textOf(line, "group") : "all",
    context,
    choices: texts,
    answer,
  };
}

function textOf(
  holder: JsonObject | readonly unknown[],
  field: string | number,
  name = String(field),
): string {
  // Own fields alone: a line must not read what every object has.
  const value: unknown = Object.getOwnPropertyDescriptor(holder, field)?.value;
  if (typeof value !== "string") {
    throw new LineFault(`${name} is ${kindOf(value)}, but should be a text`);
  }
  if (value.trim() === "") throw new LineFault(`${name} is empty`);
  if (value.length > MAX_TEXT) {
    throw new LineFault(`${name} has ${value.length} characters; ${MAX_TEXT} is the most`);
  }
  return value;
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : quoted(JSON.stringify(value));
}

function quoted(text: string): string {
  const short = text.trim();
  return short.length > 40 ? `${short.slice(0, 40)}…` : short;
}
