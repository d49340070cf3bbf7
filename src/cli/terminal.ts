import { SingleBar } from "cli-progress";
import type { Progress } from "../engine/protocol.ts";

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Terminal {
  /** A part of the result, exactly as given. */
  out(text: string): void;
  /** A warning or a remark, one line. */
  note(line: string): void;
  /** Several lines for people, as they are. */
  help(text: string): void;
  /** Shown only to somebody who watches. */
  progress(progress: Progress): void;
  /** Takes the progress bar away; the next progress brings it back. */
  clear(): void;
  /** Standard output is a terminal: somebody reads along. */
  readonly interactive: boolean;
}

const STEPS = 1000;

export function processTerminal(): Terminal {
  const bar = new SingleBar({
    format: "{label} [{bar}] {percentage}% {note}",
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    // It would install a SIGINT handler of its own.
    gracefulExit: false,
    emptyOnZero: true,
  });
  let shown = false;
  function clear(): void {
    if (!shown) return;
    shown = false;
    bar.stop();
  }
  return {
    out(text) {
      clear();
      process.stdout.write(text);
    },
    note(line) {
      clear();
      process.stderr.write(`${oneLine(line)}\n`);
    },
    help(text) {
      clear();
      process.stderr.write(text);
    },
    progress({ phase, fraction, note }) {
      if (!process.stderr.isTTY) return;
      const payload = { label: phase, note: oneLine(note) };
      const step = Math.round(Math.min(1, Math.max(0, fraction ?? 0)) * STEPS);
      if (shown) bar.update(step, payload);
      else bar.start(STEPS, step, payload);
      shown = true;
    },
    clear,
    interactive: process.stdout.isTTY === true,
  };
}

/** For words of others where a line or a cell of a table has to stay one. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, " ").trim();
}

/** What a model or a file says must not move the cursor or recolour somebody's terminal. */
export function printable(text: string): string {
  return text.replace(CONTROLS, "\u{fffd}");
}

/** All but tab and line feed. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu;
