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

/** Far more than any model's files have; every list costs memory that a file's size does not tell. */
const maxContainers = 2_000_000;
const maxDepth = 200;

export function parseObject(file: NamedText): JsonObject {
  checkNesting(file);
  let json: unknown;
  try {
    json = JSON.parse(file.text);
  } catch {
    throw damaged(`${file.name} is not valid JSON`);
  }
  if (!isObject(json)) throw damaged(`${file.name} is not a JSON object`);
  return json;
}

/** Before JSON.parse builds anything: how deep and how many lists and objects there are. */
function checkNesting({ name, text }: NamedText): void {
  let depth = 0;
  let containers = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === quote) i = endOfString(text, i + 1);
    else if (char === openBracket || char === openBrace) {
      containers++;
      if (++depth > maxDepth) throw damaged(`${name} nests lists more than ${maxDepth} deep`);
      if (containers > maxContainers)
        throw damaged(`${name} holds more than ${maxContainers} lists and objects`);
    } else if (char === closeBracket || char === closeBrace) depth--;
  }
}

const [quote, backslash] = [0x22, 0x5c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

function endOfString(text: string, start: number): number {
  for (let at = start; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return at;
  }
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
