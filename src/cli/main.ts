import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { UserError } from "../lib/assert.ts";
import { addBench } from "./commands/bench.ts";
import { addBudget } from "./commands/budget.ts";
import { addCompare } from "./commands/compare.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEval } from "./commands/eval.ts";
import { addKernels } from "./commands/kernels.ts";
import { addRun } from "./commands/run.ts";
import { addSweep } from "./commands/sweep.ts";
import { addTasks } from "./commands/tasks.ts";
import { addVerify } from "./commands/verify.ts";
import type { Context } from "./context.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

const DONE = 0;
const FAILED = 1;
const BAD_INPUT = 2;
/** What a shell makes of SIGINT. */
const INTERRUPTED = 130;

/** How long interrupted work may take to stop by itself. */
const GRACE_MS = 3000;

/** The whole command line but the process: returns its exit code and does not throw. */
export async function main(
  argv: string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  const interrupt = new AbortController();
  const onSigint = (): void => {
    // The second time nobody wants to wait.
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    interrupt.abort();
  };
  process.on("SIGINT", onSigint);
  try {
    const work = runCommand(argv, terminal, interrupt.signal);
    const code = await Promise.race([work, graceAfter(interrupt.signal)]);
    return interrupt.signal.aborted ? INTERRUPTED : code;
  } finally {
    process.off("SIGINT", onSigint);
    terminal.clear();
  }
}

async function runCommand(
  argv: string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  let code = DONE;
  const fail = (): void => {
    code = FAILED;
  };
  try {
    await createProgram({ terminal, signal, fail }).parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    // Commander has already written what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : BAD_INPUT;
    if (signal.aborted) return INTERRUPTED;
    terminal.note(`bitdial: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UserError ? BAD_INPUT : FAILED;
  }
}

function createProgram(context: Context): Command {
  const { terminal } = context;
  const program = new Command("bitdial")
    .description("Runs compressed tiny language models on your GPU and says what it costs.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.help,
      outputError: (text) => terminal.note(`bitdial: ${text.replace(/^error: /, "")}`),
    });
  for (const add of [
    addRun,
    addEval,
    addBench,
    addKernels,
    addSweep,
    addBudget,
    addTasks,
    addVerify,
    addCompare,
    addDoctor,
  ])
    add(program, context);
  return program;
}

async function graceAfter(signal: AbortSignal): Promise<number> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  return INTERRUPTED;
}
