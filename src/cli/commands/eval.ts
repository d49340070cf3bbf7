import { basename } from "node:path";
import type { SettingState } from "../../engine/protocol.ts";
import type { MeasuredQuality } from "../../lab/build-report.ts";
import { measureQuality } from "../../lab/measure-quality.ts";
import type { QualityPart } from "../../lab/quality.ts";
import { intervalRule } from "../../lab/units.ts";
import { usualReference } from "../../lab/usual-reference.ts";
import { UserError } from "../../lib/assert.ts";
import { sha256Hex } from "../../lib/sha256.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, count, estimate, json, megabytes, percent } from "../format.ts";
import { readText } from "../model-source.ts";
import { type ModelOptions, referenceOption, untilOption, whole, withModel } from "../options.ts";
import { adapterJson, noteFailedChecks, type Session, withSession } from "../session.ts";
import { facts, table } from "../table.ts";

interface EvalOptions extends ModelOptions {
  setting: string;
  reference?: string;
  text: string;
  window: number;
  stride: number;
  maxTokens?: number;
  until?: number;
  json?: true;
}

interface Result {
  session: Session;
  candidate: SettingState;
  reference: SettingState;
  quality: MeasuredQuality;
}

export const addEval: AddCommand = (program, context) => {
  withModel(program.command("eval"))
    .description("measure on a text what a setting costs in quality")
    .option("--setting <setting>", "how the weights are compressed", "int4-g32")
    .addOption(referenceOption("what it is compared with"))
    .requiredOption("--text <file>", "the text, UTF-8")
    .option("--window <tokens>", "tokens that the model sees at once", whole(2), 256)
    .option("--stride <tokens>", "from the start of a window to the next", whole(1), 128)
    .option("--max-tokens <count>", "score so many tokens of the text at most", whole(2))
    .addOption(untilOption())
    .option("--json", "print one JSON document")
    .action(async (options: EvalOptions) => {
      if (options.stride > options.window) {
        throw new UserError(
          "--stride is longer than --window: tokens between would not be scored.",
        );
      }
      const text = await readText(options.text);
      await withSession(context, options, (session) => evaluate(context, session, options, text));
    });
};

async function evaluate(
  { terminal, signal }: Context,
  session: Session,
  options: EvalOptions,
  text: string,
): Promise<void> {
  const { engine, model } = session;
  const { window, stride } = options;
  if (window > model.contextLength) {
    throw new UserError(
      `--window is ${window}, but ${model.name} has a context of ${model.contextLength} tokens.`,
    );
  }
  const wanted = options.reference ?? usualReference(model);
  // A mistake in either setting shows before the work starts.
  for (const setting of [wanted, options.setting]) await engine.estimate(setting);
  const reference = await engine.apply("reference", wanted, terminal.progress);
  const candidate = await engine.apply("candidate", options.setting, terminal.progress);
  for (const state of [reference, candidate]) noteFailedChecks(terminal, state);
  const { maxTokens, until } = options;
  const request = {
    text,
    name: basename(options.text),
    sha256: await sha256Hex(text),
    window,
    stride,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(until === undefined ? {} : { within: until }),
  };
  const quality = await measureQuality(engine, request, (_, done, total) => {
    const note = `${count(done)} of ${count(total)} tokens`;
    terminal.progress({ phase: "evaluate", fraction: done / total, note });
  });
  if (signal.aborted || quality?.ended === "cancelled") return;
  if (!quality) {
    throw new UserError(`${options.text}: the text is too short, it takes two tokens at least.`);
  }
  const result = { session, candidate, reference, quality };
  terminal.out(options.json ? json(documentOf(result, options)) : page(result, options));
}

function documentOf(result: Result, { window, stride }: EvalOptions): object {
  const { session, candidate, quality } = result;
  const { kl, top1, top5, tokens, nll, perplexity, reverseKl, entropyDifference } = quality.summary;
  return {
    model: session.model.name,
    setting: candidate.setting,
    tokens,
    nll: nll.candidate.value,
    perplexity: perplexity.candidate.value,
    bitsPerByte: quality.bitsPerByte?.candidate ?? null,
    kl: { mean: kl.value, median: kl.median, p95: kl.p95, p99: kl.p99, max: kl.max },
    reverseKl: reverseKl.value,
    entropyDifference: entropyDifference.value,
    top1: top1.value,
    top5: top5.value,
    byContext: quality.parts?.byContext.map(partDocument),
    byClass: quality.parts?.byClass.map(partDocument),
    weightBytes: candidate.size.weightBytes,
    bitsPerWeight: candidate.size.bitsPerWeight,
    ended: quality.ended,
    window,
    stride,
    adapter: adapterJson(session.adapter),
  };
}

function partDocument({ name, tokens, kl, nllDifference, top1 }: QualityPart): object {
  return { name, tokens, kl: kl.value, nllDifference: nllDifference.value, top1: top1.value };
}

function page(result: Result, { text, window, stride }: EvalOptions): string {
  const { session, candidate, reference, quality } = result;
  const { perplexity, nll, kl, reverseKl, entropyDifference, top1, top5, tokens, drawn } =
    quality.summary;
  const nats = (value: number): string => value.toPrecision(3);
  const share = (value: number): string => percent(value, 2);
  const size = (state: SettingState): string =>
    `${megabytes(state.size.weightBytes)}, ${state.size.bitsPerWeight.toFixed(2)} bits a weight`;
  const figures = facts([
    ["model", session.model.name],
    ["adapter", adapterName(session.adapter)],
    ["text", `${text}: ${scoredWords(quality, tokens)}`],
    ["windows", `${window} tokens, every ${stride}`],
    ["setting", `${candidate.setting}: ${size(candidate)}`],
    ["reference", `${reference.setting}: ${size(reference)}`],
    ["perplexity", estimate(perplexity.candidate, (value) => value.toFixed(3))],
    ["  of the reference", estimate(perplexity.reference, (value) => value.toFixed(3))],
    ["  ratio", estimate(perplexity.ratio, (value) => value.toFixed(4))],
    ["nll, nats a token", estimate(nll.candidate, (value) => value.toFixed(4))],
    ["bits a byte", quality.bitsPerByte?.candidate.toFixed(4) ?? ""],
    ["KL, nats a token", estimate(kl, nats)],
    ["  median, p95, p99, max", [kl.median, kl.p95, kl.p99, kl.max].map(nats).join(", ")],
    ["  reversed", estimate(reverseKl, nats)],
    ["entropy, change in nats", estimate(entropyDifference, nats)],
    ["same first choice", estimate(top1, share)],
    ["shared first five", estimate(top5, share)],
    ["", `intervals in brackets: ${intervalRule(drawn)}`],
  ]);
  if (!quality.parts) return figures;
  const { byContext, byClass } = quality.parts;
  return [
    figures,
    partsTable("tokens in view", byContext),
    partsTable("kind of token", byClass),
  ].join("\n");
}

function scoredWords({ total, ended, within }: MeasuredQuality, tokens: number): string {
  if (ended !== "enough") return `${count(tokens)} tokens`;
  return `${count(tokens)} of ${count(total)} tokens; then the interval of the KL was within ${percent(within ?? 0, 1)}`;
}

function partsTable(title: string, parts: readonly QualityPart[]): string {
  return table(
    [
      { title },
      { title: "tokens", align: "right" },
      { title: "KL" },
      { title: "nll, change" },
      { title: "same first" },
    ],
    parts.map(({ name, tokens, kl, nllDifference, top1 }) => [
      name,
      count(tokens),
      estimate(kl, (value) => value.toPrecision(3)),
      estimate(nllDifference, (value) => value.toPrecision(3)),
      percent(top1.value, 1),
    ]),
  );
}
