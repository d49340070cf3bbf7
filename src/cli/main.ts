import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { UserError } from "../lib/assert.ts";
import { addBench } from "./commands/bench.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEval } from "./commands/eval.ts";
import { addKernels } from "./commands/kernels.ts";
import { addRun } from "./commands/run.ts";
import type { Context } from "./session.ts";
import { oneLine, processTerminal, type Terminal } from "./terminal.ts";

/** Exit codes; a command returns DONE itself, or FAILED when its own result says so. */
const DONE = 0;
const FAILED = 1;
const BAD_INPUT = 2;
/** What a shell makes of SIGINT. */
const INTERRUPTED = 130;

/** How long work that was interrupted may take to stop. */
const GRACE_MS = 3000;

/** The whole command line but the process: returns its exit code and never throws. */
export async function main(argv: string[], terminal = processTerminal()): Promise<number> {
  const interrupt = new AbortController();
  const onSigint = (): void => {
    // The second time nobody wants to wait.
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    interrupt.abort();
  };
  process.on("SIGINT", onSigint);
  try {
    const context = { terminal, signal: interrupt.signal };
    const code = await Promise.race([runCommand(argv, context), graceAfter(interrupt.signal)]);
    return interrupt.signal.aborted ? INTERRUPTED : code;
  } finally {
    process.off("SIGINT", onSigint);
    terminal.clear();
  }
}

async function runCommand(argv: string[], context: Context): Promise<number> {
  let code = DONE;
  const program = createProgram(context, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    // Commander has already written what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : BAD_INPUT;
    if (context.signal.aborted) return INTERRUPTED;
    context.terminal.note(`bitdial: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UserError ? BAD_INPUT : FAILED;
  }
}

function createProgram(context: Context, done: (code: number) => void): Command {
  const { terminal } = context;
  const program = new Command("bitdial")
    .description("Run compressed tiny language models on your GPU, and see what it costs.")
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: terminal.out,
      writeErr: (text) => process.stderr.write(text),
      outputError: (text) => terminal.note(`bitdial: ${oneLine(text).replace(/^error: /, "")}`),
    });
  for (const add of [addRun, addEval, addBench, addKernels, addDoctor]) add(program, context, done);
  return program;
}

async function graceAfter(signal: AbortSignal): Promise<number> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  await new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref());
  return INTERRUPTED;
}

export type AddCommand = (
  program: Command,
  context: Context,
  done: (code: number) => void,
) => void;

export type { Terminal };
