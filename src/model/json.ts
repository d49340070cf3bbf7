import { UserError } from "../lib/assert.ts";

/** A text file and the name to call it by in messages. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** A fault that another copy of the file would not have. */
export function damaged(sentence: string): UserError {
  return new UserError(`${sentence}; download it again`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function parseObject(file: NamedText): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(file.text);
  } catch {
    throw damaged(`${file.name} is not valid JSON`);
  }
  if (!isObject(json)) throw damaged(`${file.name} is not a JSON object`);
  return json;
}

const maxShown = 120;

/** A value of a file as a message shows it: quoted, and cut where a file is malicious or odd. */
export function show(value: unknown): string {
  let text = "nothing";
  try {
    text = JSON.stringify(value) ?? text;
  } catch {
    // JSON.parse takes any depth, JSON.stringify recurses and runs out of stack on what a hostile
    // file can hold.
    text = "a deep nest of lists";
  }
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}
