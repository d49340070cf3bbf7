import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "bin", "bitdial.mjs");
const adapter = process.env.BITDIAL_ADAPTER || "auto";
const fixtures = join(root, "test", "fixtures");
const stories = join(root, "public", "models", "stories");
const golden = JSON.parse(readFileSync(join(fixtures, "stories", "golden.json"), "utf8"));
const golden260K = JSON.parse(readFileSync(join(fixtures, "stories260K", "golden.json"), "utf8"));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bitdial-engine-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the program as a user would; `whenSaid` is called once, with the first of its output. */
function bitdial(argv: readonly string[], whenSaid?: (kill: () => void) => void): Promise<Ended> {
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

async function result(...argv: string[]) {
  const { code, out, err } = await bitdial([...argv, "--json"]);
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

it("writes the embedded model's greedy text", async () => {
  const [expected] = golden.greedy;
  const argv = ["--model", stories, "--setting", "f32", "--temperature", "0", "-n", "16"];
  const document = await result("run", ...argv, "--prompt", expected.prompt);
  expect(document.promptTokens).toEqual(expected.ids);
  expect(document.tokens).toEqual(expected.greedy.slice(0, 16));
  expect(expected.text.startsWith(document.text)).toBe(true);
  expect(document.stop).toBe("length");
  expect(document.adapter.software).toBe(true);
});

it("writes another program's text with another model", async () => {
  const model = join(fixtures, "stories260K");
  const document = await result("run", "--model", model, "--setting", "f32", "--prompt", "");
  const ids = [...document.promptTokens, ...document.tokens];
  expect(ids).toEqual(golden260K.greedy_ids.slice(0, ids.length));
  expect(golden260K.greedy_text.startsWith(document.text)).toBe(true);
});

it("writes the same with --json and without", async () => {
  const argv = ["run", "--setting", "int8-g32", "--temperature", "0.8", "--seed", "7", "-n", "12"];
  const { text } = await result(...argv);
  const plain = await bitdial(argv);
  expect({ code: plain.code, out: plain.out }).toEqual({ code: 0, out: `${text}\n` });
  expect(plain.err).toContain("[software]");
});

it("measures what the other programs measured", async () => {
  const file = join(fixtures, "stories", "eval.txt");
  const expected = golden.eval.settings.find(
    ({ setting }: { setting: string }) => setting === "int4-g32",
  );
  const document = await result("eval", "--text", file, "--setting", "int4-g32");
  expect(document).toMatchObject({ model: "stories", setting: "int4-g32", tokens: 2895 });
  expect(document.nll / expected.nll).toBeCloseTo(1, 3);
  expect(document.perplexity).toBeCloseTo(Math.exp(document.nll), 9);
  for (const name of ["mean", "median", "p99", "max"]) {
    expect(document.kl[name] / expected.kl[name]).toBeCloseTo(1, 1);
  }
  expect(document.top1).toBeCloseTo(expected.top1, 2);
  expect(document.top5).toBeCloseTo(expected.top5, 2);
});

it("names the file of a damaged model", async () => {
  const model = join(folder, "cut");
  cpSync(join(fixtures, "stories260K"), model, { recursive: true });
  truncateSync(join(model, "model.safetensors"), 500_000);
  const { code, out, err } = await bitdial(["run", "--model", model]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  const lines = err.trim().split("\n");
  expect(lines.at(-1)).toContain("model.safetensors");
});

it("stops at Ctrl-C", async () => {
  const argv = ["run", "-n", "500", "--temperature", "1"];
  const { code, out } = await bitdial(argv, (interrupt) => interrupt());
  expect(code).toBe(130);
  expect(out).not.toBe("");
});
