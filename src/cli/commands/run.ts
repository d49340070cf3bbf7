import type { Command } from "commander";
import type { GenerateEvent, Sampling, SideResult } from "../../engine/protocol.ts";
import { UserError } from "../../lib/assert.ts";
import { converse, typedMessages } from "../chat.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, count, digits, json, megabytes } from "../format.ts";
import { decimal, type ModelOptions, whole, withModel } from "../options.ts";
import { adapterJson, noteFailedChecks, type Session, withSession } from "../session.ts";
import { printable } from "../terminal.ts";

interface RunOptions extends ModelOptions, Sampling {
  setting: string;
  prompt: string;
  tokens: number;
  chat?: true;
  system?: string;
  json?: true;
}

const MAX_SEED = 0xffffffff;

export const addRun: AddCommand = (program, context) => {
  withModel(program.command("run"))
    .description("write a text, starting from a prompt")
    .option("--setting <setting>", "how the weights are compressed", "int4-g32")
    .option("--prompt <text>", "how the text starts", "Once upon a time")
    .option(
      "--chat",
      "talk: the prompt is a message; without --prompt, each line of the input is one",
    )
    .option("--system <text>", "with --chat: instructions before the first message")
    .option("-n, --tokens <count>", "tokens to write at most", whole(1), 64)
    .option(
      "--temperature <number>",
      "0 takes the likeliest token each time",
      decimal("that is 0 or more", (value) => value >= 0),
      0,
    )
    .option("--top-k <count>", "choose among so many; 0 is off", whole(0), 0)
    .option(
      "--top-p <share>",
      "choose among the likeliest that make up this share; 1 is off",
      decimal("above 0, at most 1", (value) => value > 0 && value <= 1),
      1,
    )
    .option(
      "--min-p <share>",
      "leave out what is less likely than this share of the likeliest; 0 is off",
      decimal("from 0 to 1", (value) => value >= 0 && value <= 1),
      0,
    )
    .option(
      "--repetition-penalty <number>",
      "above 1, what was written is less likely to come again; 1 is off",
      decimal("above 0", (value) => value > 0),
      1,
    )
    .option("--seed <number>", "same seed, same device, same text", whole(0, MAX_SEED), 1)
    .option("--json", "print one JSON document")
    .action((options: RunOptions, command: Command) => {
      if (options.system !== undefined && !options.chat)
        throw new UserError("--system takes --chat: only a conversation has instructions.");
      const given = command.getOptionValueSource("prompt") !== "default";
      return withSession(context, options, (session) =>
        options.chat
          ? chat(context, session, options, given ? [options.prompt] : typedMessages(context))
          : run(context, session, options),
      );
    });
};

async function chat(
  context: Context,
  session: Session,
  options: RunOptions,
  said: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const { terminal, signal } = context;
  const { system, tokens, json: asJson = false } = options;
  const state = await session.engine.apply("candidate", options.setting, terminal.progress);
  noteFailedChecks(terminal, state);
  terminal.clear();
  const sampling = samplingOf(options);
  const turns = await converse(context, session, said, {
    ...(system !== undefined && { system }),
    tokens,
    sampling,
    json: asJson,
  });
  const last = turns.at(-1)?.side;
  if (!asJson && last) {
    const on = `${state.setting}, ${megabytes(state.size.weightBytes)}; ${adapterName(session.adapter)}`;
    terminal.note(`${summaryOf(last)}; ${on}`);
  } else if (asJson && !signal.aborted) {
    const answers = turns.map((turn) => resultOf(turn.side, turn.said));
    terminal.out(json({ turns: answers, adapter: adapterJson(session.adapter) }));
  }
}

async function run(
  { terminal, signal }: Context,
  { engine, adapter }: Session,
  options: RunOptions,
): Promise<void> {
  const { prompt, tokens: maxTokens } = options;
  const state = await engine.apply("candidate", options.setting, terminal.progress);
  noteFailedChecks(terminal, state);
  terminal.clear();
  // Where somebody reads along, the text needs its beginning; the result itself does not have it.
  if (terminal.interactive && !options.json) terminal.help(printable(prompt));
  const show = (text: string): void => {
    if (!options.json) terminal.out(terminal.interactive ? printable(text) : text);
  };
  const { sides } = await engine.generate(
    { prompt, maxTokens, sampling: samplingOf(options), sides: ["candidate"], compare: false },
    (event: GenerateEvent) => {
      if (event.kind === "tokens") show(event.texts.join(""));
    },
  );
  show("\n");
  const side = sides[0];
  if (!side) throw new Error("The engine wrote nothing.");
  if (!options.json) {
    const on = `${state.setting}, ${megabytes(state.size.weightBytes)}; ${adapterName(adapter)}`;
    terminal.note(`${summaryOf(side)}; ${on}`);
  } else if (!signal.aborted) {
    terminal.out(json({ ...resultOf(side, prompt), adapter: adapterJson(adapter) }));
  }
}

function summaryOf(side: SideResult): string {
  const { tokens, stop, tokensPerSecond, promptTokens, prefillMs } = side;
  return [
    `${count(tokens.length)} tokens (${stopWords[stop]})`,
    // The first token comes with the prompt: alone it has no speed.
    ...(tokensPerSecond > 0 ? [`${digits(tokensPerSecond)} tokens/s`] : []),
    `prompt of ${count(promptTokens.length)} in ${digits(prefillMs)} ms`,
  ].join("; ");
}

const stopWords: Record<SideResult["stop"], string> = {
  length: "as many as asked for",
  stop: "the model ended the text",
  context: "the context is full",
  cancelled: "interrupted",
};

function samplingOf(options: RunOptions): Sampling {
  const { temperature, topK, topP, minP, repetitionPenalty, seed } = options;
  return { temperature, topK, topP, minP, repetitionPenalty, seed };
}

function resultOf(side: SideResult, prompt: string): object {
  const { promptTokens, tokens, text, stop } = side;
  const { prefillMs, decodeMsPerToken, tokensPerSecond } = side;
  return { prompt, promptTokens, tokens, text, stop, prefillMs, decodeMsPerToken, tokensPerSecond };
}
