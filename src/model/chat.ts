import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";
import { UserError } from "../lib/assert.ts";
import { type JsonObject, show } from "./json.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** What a model's file says of how a conversation is written as text. */
export interface ChatSource {
  /** Where the template stands, for messages. */
  readonly name: string;
  readonly template: string;
  /** What the template may name: bos_token, eos_token and the like. */
  readonly tokens: Readonly<Record<string, string>>;
}

export interface ChatTemplate {
  readonly source: string;
  /** The text to encode; with `answer`, up to where the model's next message begins. */
  render(messages: readonly ChatMessage[], answer: boolean): string;
}

/**
 * The token that the template writes behind an answer, where it is a special one: a model that was trained on such conversations ends its
 * turn with it, whether or not its config names it.
 */
export function turnEnd(
  chat: ChatTemplate,
  { encode, specialIds }: Pick<Tokenizer, "encode" | "specialIds">,
): number | null {
  const answer = "I understand";
  const conversation = [
    { role: "user", content: "Hello" },
    { role: "assistant", content: answer },
  ] as const;
  try {
    const text = chat.render(conversation, false);
    const at = text.lastIndexOf(answer);
    const [next] = at < 0 ? [] : encode(text.slice(at + answer.length).trimStart(), true);
    return next !== undefined && specialIds.has(next) ? next : null;
  } catch {
    // Whoever starts a conversation is told what is wrong with the template.
    return null;
  }
}

/** Templates come from strangers: they get so much work, and no more text than that. */
const maxTemplate = 1 << 18;
const maxSteps = 150_000;
const maxText = 4 << 20;
const maxRange = 10_000;

class ChatError extends Error {}

/** Reads the template; a bad one is a UserError when it is used, as a model can do without. */
export function createChat({ name, template, tokens }: ChatSource): ChatTemplate {
  let program: ReturnType<typeof parse> | null = null;

  function render(messages: readonly ChatMessage[], answer: boolean): string {
    try {
      if (template.length > maxTemplate)
        throw new ChatError(`it has ${template.length} characters`);
      program ??= parse(tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
      const environment = new Environment();
      const given = { ...globals, ...tokens, messages, add_generation_prompt: answer };
      for (const [key, value] of Object.entries(given)) environment.set(key, value);
      return String(new Limited(environment).run(program).value);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new UserError(
        `${name}: the chat template does not work (${show(cause)}); write the prompt as plain text`,
      );
    }
  }

  return { source: template, render };
}

/** Stops a template that would go on and on. */
class Limited extends Interpreter {
  #steps = 0;

  override evaluate(
    ...[statement, environment]: Parameters<Interpreter["evaluate"]>
  ): ReturnType<Interpreter["evaluate"]> {
    if (++this.#steps > maxSteps) throw new ChatError("it takes too many steps");
    const result = super.evaluate(statement, environment);
    if (typeof result.value === "string" && result.value.length > maxText)
      throw new ChatError("it makes too long a text");
    return result;
  }
}

/** What templates may expect to be there. */
const globals = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  raise_exception: (message: unknown) => {
    throw new ChatError(String(message));
  },
  range: (...args: number[]) => {
    const [start = 0, stop = 0, step = 1] = args.length === 1 ? [0, args[0]] : args;
    const count = step === 0 ? 0 : Math.max(0, Math.ceil((stop - start) / step));
    if (!(count <= maxRange)) throw new ChatError("it counts too far");
    return Array.from({ length: count }, (_, i) => start + i * step);
  },
  strftime_now: (format: unknown) => strftime(new Date(), String(format)),
};

function strftime(date: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const named = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en", options).format(date);
  const parts = new Map([
    ["Y", String(date.getFullYear())],
    ["m", two(date.getMonth() + 1)],
    ["d", two(date.getDate())],
    ["H", two(date.getHours())],
    ["M", two(date.getMinutes())],
    ["S", two(date.getSeconds())],
    ["b", named({ month: "short" })],
    ["B", named({ month: "long" })],
    ["a", named({ weekday: "short" })],
    ["A", named({ weekday: "long" })],
  ]);
  return format.replace(/%([a-zA-Z])/g, (all, letter: string) => parts.get(letter) ?? all);
}

/** Of tokenizer_config.json, which names one template or several; "default" is the one that is used. */
export function chatOfConfig(json: JsonObject, name: string): ChatSource | null {
  const field = json.chat_template;
  const template = Array.isArray(field)
    ? field.find((entry) => entry?.name === "default")?.template
    : field;
  if (typeof template !== "string") return null;
  return { name, template, tokens: tokensOf(json) };
}

/** Names of tokens: a text, or an object with one as its content. */
export function tokensOf(json: JsonObject): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const key of ["bos_token", "eos_token", "unk_token", "pad_token"]) {
    const value = json[key];
    const text =
      typeof value === "object" && value !== null && "content" in value ? value.content : value;
    if (typeof text === "string") tokens[key] = text;
  }
  return tokens;
}
