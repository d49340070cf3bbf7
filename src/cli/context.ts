import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";

/** What every command is given besides its options. */
export interface Context {
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The result is written and says that something is wrong: the exit code becomes 1. */
  fail(): void;
}

/** Each file of commands/ has one: it adds its command to the program. */
export type AddCommand = (program: Command, context: Context) => void;
