import type { EvaluateSummary, SettingState } from "../../engine/protocol.ts";
import { bitsPerByte, createQuality, type QualitySummary } from "../../lab/quality.ts";
import { UserError } from "../../lib/assert.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, count, estimate, json, megabytes, percent } from "../format.ts";
import { readText } from "../model-folder.ts";
import { type ModelOptions, whole, withModel } from "../options.ts";
import { adapterJson, noteFailedChecks, type Session, withSession } from "../session.ts";
import { facts } from "../table.ts";

interface EvalOptions extends ModelOptions {
  setting: string;
  reference: string;
  text: string;
  window: number;
  stride: number;
  json?: true;
}

interface Result {
  session: Session;
  candidate: SettingState;
  reference: SettingState;
  quality: QualitySummary;
  summary: EvaluateSummary;
}

export const addEval: AddCommand = (program, context) => {
  withModel(program.command("eval"))
    .description("measure on a text what a setting costs in quality")
    .option("--setting <setting>", "how the weights are compressed", "int4-g32")
    .option("--reference <setting>", "what it is compared with", "f32")
    .requiredOption("--text <file>", "the text, UTF-8")
    .option("--window <tokens>", "tokens that the model sees at once", whole(2), 256)
    .option("--stride <tokens>", "from the start of a window to the next", whole(1), 128)
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
  // A mistake in either setting shows before the work starts.
  for (const setting of [options.reference, options.setting]) await engine.estimate(setting);
  const reference = await engine.apply("reference", options.reference, terminal.progress);
  const candidate = await engine.apply("candidate", options.setting, terminal.progress);
  for (const state of [reference, candidate]) noteFailedChecks(terminal, state);
  const quality = createQuality();
  const summary = await engine.evaluate({ text, window, stride }, ({ rows, done, total }) => {
    quality.push(rows);
    const note = `${count(done)} of ${count(total)} tokens`;
    terminal.progress({ phase: "evaluate", fraction: done / total, note });
  });
  if (signal.aborted || summary.cancelled) return;
  if (summary.scoredTokens === 0) {
    throw new UserError(`${options.text}: the text is too short, it takes two tokens at least.`);
  }
  const result = { session, candidate, reference, quality: quality.summary(), summary };
  terminal.out(options.json ? json(documentOf(result, options)) : page(result, options));
}

function documentOf(result: Result, { window, stride }: EvalOptions): object {
  const { session, candidate, quality } = result;
  const { kl, top1, top5, tokens } = quality;
  return {
    model: session.model.name,
    setting: candidate.setting,
    tokens,
    nll: quality.nll.candidate.value,
    perplexity: quality.perplexity.candidate.value,
    bitsPerByte: bitsPerByteOf(result),
    kl: { mean: kl.value, median: kl.median, p99: kl.p99, max: kl.max },
    top1: top1.value,
    top5: top5.value,
    weightBytes: candidate.size.weightBytes,
    bitsPerWeight: candidate.size.bitsPerWeight,
    window,
    stride,
    adapter: adapterJson(session.adapter),
  };
}

function page(result: Result, { text, window, stride }: EvalOptions): string {
  const { session, candidate, reference, quality, summary } = result;
  const { perplexity, nll, kl } = quality;
  const nats = (value: number): string => value.toPrecision(3);
  const share = (value: number): string => percent(value, 2);
  const size = (state: SettingState): string =>
    `${megabytes(state.size.weightBytes)}, ${state.size.bitsPerWeight.toFixed(2)} bits a weight`;
  return facts([
    ["model", session.model.name],
    ["adapter", adapterName(session.adapter)],
    ["text", `${text}: ${count(quality.tokens)} tokens (${count(summary.scoredBytes)} bytes)`],
    ["windows", `${window} tokens, every ${stride}`],
    ["setting", `${candidate.setting}: ${size(candidate)}`],
    ["reference", `${reference.setting}: ${size(reference)}`],
    ["perplexity", estimate(perplexity.candidate, (value) => value.toFixed(3))],
    ["  of the reference", estimate(perplexity.reference, (value) => value.toFixed(3))],
    ["  ratio", estimate(perplexity.ratio, (value) => value.toFixed(4))],
    ["nll, nats a token", estimate(nll.candidate, (value) => value.toFixed(4))],
    ["bits a byte", bitsPerByteOf(result).toFixed(4)],
    ["KL, nats a token", estimate(kl, nats)],
    ["  median, p99, max", [kl.median, kl.p99, kl.max].map(nats).join(", ")],
    ["same first choice", estimate(quality.top1, share)],
    ["shared first five", estimate(quality.top5, share)],
    ["", "in brackets: 95 % intervals, by bootstrap over blocks of neighbouring tokens"],
  ]);
}

function bitsPerByteOf({ quality, summary }: Result): number {
  return bitsPerByte(quality.nll.candidate.value, quality.tokens, summary.scoredBytes);
}
