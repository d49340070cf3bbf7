import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const program = join(root, "bin", "bitdial.mjs");
const adapter = process.env.BITDIAL_ADAPTER || "auto";

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the program as a user would; `whenSaid` is called once, with the first of its output. */
export function bitdial(
  argv: readonly string[],
  whenSaid?: (kill: () => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...argv, "--adapter", adapter]);
  const ended: Ended = { code: null, out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (ended.out === "") whenSaid?.(() => child.kill("SIGINT"));
    ended.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    ended.err += text;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ ...ended, code }));
  });
}

/** What it prints with --json; anything but success fails the test. */
export async function result(...argv: string[]) {
  const { code, out, err } = await bitdial([...argv, "--json"]);
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}
