import {
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";

const STDERR = 2;
// Without O_NONBLOCK, opening a pipe whose reader has gone would wait for ever.
const REOPEN = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;

/**
 * Runs `work` with the process's standard error caught in a file, for what native code prints there
 * on its own: Dawn has no switch for its warnings. Only synchronous work is covered. Node cannot
 * duplicate a descriptor, so this reopens it through /proc; where that is not safe, `work` simply
 * runs and `said` stays empty.
 */
export function catchStderr<T>(work: () => T): { value: T; said: string } {
  const kept = canCatch() ? reopened(STDERR) : undefined;
  if (kept === undefined) return { value: work(), said: "" };
  const folder = mkdtempSync(join(tmpdir(), "bitdial-"));
  const sink = join(folder, "stderr");
  try {
    closeSync(STDERR);
    openSync(sink, "w"); // takes the lowest free number, which is standard error's
    const value = work();
    return { value, said: readFileSync(sink, "utf8") };
  } finally {
    putBack(kept);
    rmSync(folder, { recursive: true, force: true });
  }
}

function putBack(kept: number): void {
  try {
    closeSync(STDERR);
  } catch {
    // Nothing was opened in its place.
  }
  // When its reader has gone meanwhile: something must hold the number, or the next file opened
  // becomes stderr.
  if (reopened(kept) === undefined) openSync("/dev/null", "w");
  closeSync(kept);
}

function canCatch(): boolean {
  if (process.platform !== "linux" || !isMainThread) return false;
  try {
    // A file reopened has an offset of its own, and what others append to it would land in the
    // wrong place.
    return !fstatSync(STDERR).isFile();
  } catch {
    return false;
  }
}

function reopened(descriptor: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${descriptor}`, REOPEN);
  } catch {
    return undefined;
  }
}
