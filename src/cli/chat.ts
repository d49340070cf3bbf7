import { createInterface } from "node:readline";
import type { ChatMessage, Sampling, SideResult } from "../engine/protocol.ts";
import { UserError } from "../lib/assert.ts";
import type { Context } from "./context.ts";
import type { Session } from "./session.ts";
import { printable } from "./terminal.ts";

interface ChatOptions {
  /** Before the first message; without one the template decides. */
  readonly system?: string;
  readonly tokens: number;
  readonly sampling: Sampling;
  readonly json: boolean;
}

export interface ChatTurn {
  readonly said: string;
  readonly side: SideResult;
}

/** Answers message after message until there is none left; the model's own template writes what it reads. */
export async function converse(
  { terminal, signal }: Context,
  { engine, model }: Session,
  said: AsyncIterable<string> | Iterable<string>,
  { system, tokens, sampling, json }: ChatOptions,
): Promise<ChatTurn[]> {
  if (model.chatTemplate === null) {
    throw new UserError(
      `${model.name} has no chat template: it was not made for conversations. Leave --chat out.`,
    );
  }
  const messages: ChatMessage[] = system === undefined ? [] : [{ role: "system", content: system }];
  const turns: ChatTurn[] = [];
  const show = (text: string): void => {
    if (!json) terminal.out(terminal.interactive ? printable(text) : text);
  };
  for await (const content of said) {
    messages.push({ role: "user", content });
    const prompt = await engine.renderChat(messages);
    const { sides } = await engine.generate(
      {
        prompt,
        conversation: true,
        maxTokens: tokens,
        sampling,
        sides: ["candidate"],
        compare: false,
      },
      (event) => {
        if (event.kind === "tokens") show(event.texts.join(""));
      },
    );
    show("\n");
    const [side] = sides;
    if (!side) throw new Error("The engine wrote nothing.");
    turns.push({ said: content, side });
    messages.push({ role: "assistant", content: side.text });
    if (signal.aborted || side.stop === "cancelled" || side.stop === "context") break;
  }
  return turns;
}

/** Messages a line each, until the input ends. Where somebody types them, a sign says that it is their turn. */
export async function* typedMessages({ terminal, signal }: Context): AsyncGenerator<string> {
  const lines = createInterface({ input: process.stdin, signal });
  const ask = (): void => {
    if (process.stdin.isTTY) terminal.help("> ");
  };
  ask();
  for await (const line of lines) {
    if (line.trim() !== "") yield line;
    ask();
  }
}
