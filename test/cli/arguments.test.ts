import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { version } from "../../package.json";
import { scriptedAdapter, scriptedEngine } from "../support/scripted-engine.ts";
import { bitdial, expectRefusal } from "./command-line.ts";

const calls: string[] = [];
vi.mock("../../src/cli/engine.ts", () => ({
  openEngine: async () => ({ engine: scriptedEngine(calls), adapter: scriptedAdapter, notes: [] }),
}));

let folder = "";
let text = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bitdial-cli-"));
  text = join(folder, "text.txt");
  writeFileSync(text, "Once upon a time.");
  writeFileSync(join(folder, "latin1.txt"), Buffer.from([0x6e, 0x61, 0xef, 0x76]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  calls.length = 0;
});

describe("bad usage", () => {
  it.each<[argv: string[], words: string[]]>([
    [["rum"], ["unknown command 'rum'", "run"]],
    [["sweep"], ["--settings", "--preset"]],
    [["sweep", "--settings", "f16", "--preset", "bits"], ["one of"]],
    [["sweep", "--family", "nothing"], ["int-asym"]],
    [["sweep", "--family", "int", "--bits", "6-3"], ["4, or 3-6"]],
    [["sweep", "--family", "int", "--bits", "20-30"], ["no format of int"]],
    [["sweep", "--preset", "bits", "--bits", "3"], ["--family"]],
    [["eval", "--text", "t", "--until", "0"], ["above 0"]],
    [["sweep", "--preset", "nothing"], ["everything"]],
    [["sweep", "--settings", "f16", "--resume"], ["--report"]],
    [
      ["sweep", "--settings", "f16", "--stride", "300"],
      ["--stride", "--window"],
    ],
    [
      ["tasks", "--tasks", "chess"],
      ["chess", "retrieval", "temperature"],
    ],
    [
      ["tasks", "--settings", "f32"],
      ["--settings", "the reference"],
    ],
    [["tasks", "--max-items", "0"], ["1 or more"]],
    [["budget"], ["--bits"]],
    [["budget", "--bits", "-4"], ["a number above 0"]],
    [["verify"], ["missing required argument"]],
    [["compare"], ["missing required argument"]],
    [["compare", "one.json"], ["two"]],
    [["compare", "one.json", "one.json"], ["two"]],
    [["run", "--top-n", "4"], ["unknown option '--top-n'"]],
    [["run", "now"], ["too many arguments"]],
    [["run", "-n", "0"], ["a whole number, 1 or more"]],
    [["run", "-n", "8.5"], ["a whole number"]],
    [["run", "--seed", "-1"], ["a whole number"]],
    [["run", "--seed", "4294967296"], ["0 to 4294967295"]],
    [["run", "--temperature", "-0.1"], ["0 or more"]],
    [["run", "--temperature", "warm"], ["a number"]],
    [["run", "--temperature", ""], ["a number"]],
    [["run", "--top-p", "0"], ["above 0"]],
    [["run", "--min-p", "1.5"], ["from 0 to 1"]],
    [["run", "--repetition-penalty", "0"], ["above 0"]],
    [
      ["run", "--adapter", "voodoo"],
      ["llvmpipe", "swiftshader"],
    ],
    [["run", "--prompt"], ["argument missing"]],
    [["run", "--system", "Be brief."], ["--system takes --chat"]],
    [["eval"], ["--text"]],
    [["eval", "--text", "a.txt", "--window", "1"], ["2 or more"]],
    [["eval", "--text", "a.txt", "--stride", "0"], ["1 or more"]],
    [
      ["eval", "--text", "a.txt", "--stride", "300"],
      ["--stride", "--window"],
    ],
    [["bench", "--settings", "f16,,f32"], ["commas"]],
    [["bench", "--repeats", "none"], ["a whole number"]],
    [["bench", "--peer", "someone"], ["onnxruntime"]],
    [
      ["bench", "--peer", "onnxruntime", "--peer-on", "wasm"],
      ["webgpu or cpu", "wasm"],
    ],
    [["kernels", "--ops", "matvec,softmax"], ["softmax"]],
    [["kernels", "--shapes", "1024"], ["1024x1024"]],
    [["kernels", "--shapes", "1x2x3x4"], ["1x2x3x4"]],
    [["kernels", "--shapes", "0x64"], ["0x64"]],
    [["kernels", "--ops", "matvec", "--shapes", "4x64x64"], ["4x64x64"]],
    [["kernels", "--peer", "abacus"], ["onnxruntime"]],
    [
      ["kernels", "--wgsl"],
      ["one op", "--formats"],
    ],
    [
      ["kernels", "--json", "--csv"],
      ["--csv", "--json"],
    ],
    [["kernels", "--ops", "matvec", "--formats", "f32", "--check", "no.wgsl"], ["no.wgsl"]],
  ])("%j is one line and exit code 2", async (argv, words) => {
    await expectRefusal(argv, ...words);
  });

  it("shows the commands when none is given", async () => {
    const { code, out, lines } = await bitdial([]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    for (const name of [
      "run",
      "eval",
      "bench",
      "kernels",
      "sweep",
      "budget",
      "verify",
      "compare",
      "doctor",
    ]) {
      expect(lines.join("")).toContain(name);
    }
  });

  it("takes --help and --version for a wish, not for a mistake", async () => {
    expect(await bitdial(["--version"])).toEqual({ code: 0, out: `${version}\n`, lines: [] });
    const { code, out } = await bitdial(["run", "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("--repetition-penalty");
  });
});

describe("bad input", () => {
  it("names a model that is not there or not a folder", async () => {
    await expectRefusal(["run", "--model", join(folder, "none")], "none", "no such folder");
    await expectRefusal(["run", "--model", text], "text.txt", "this is no model");
    await expectRefusal(["run", "--model", "hf:org"], "hf:org", "hf:org/name@revision");
  });

  it("names the file that a model lacks", async () => {
    const model = mkdtempSync(join(folder, "model-"));
    await expectRefusal(["run", "--model", model], "config.json", "missing");
    writeFileSync(join(model, "config.json"), "{}");
    await expectRefusal(["bench", "--model", model], "tokenizer.json", "missing");
    writeFileSync(join(model, "tokenizer.json"), "{}");
    await expectRefusal(["run", "--model", model], "model.safetensors", "missing");
    writeFileSync(join(model, "a.safetensors"), "");
    writeFileSync(join(model, "b.safetensors"), "");
    await expectRefusal(["run", "--model", model], "a.safetensors, b.safetensors", "choose one");
    const alone = join(folder, "alone.bin");
    writeFileSync(alone, "");
    await expectRefusal(["run", "--model", alone], "tokenizer.bin", "missing");
  });

  it("names a text that cannot be read", async () => {
    await expectRefusal(["eval", "--text", join(folder, "no.txt")], "no.txt", "no such file");
    await expectRefusal(["eval", "--text", folder], "folder");
    await expectRefusal(["eval", "--text", join(folder, "latin1.txt")], "latin1.txt", "UTF-8");
  });

  it("says which setting is wrong before any work", async () => {
    await expectRefusal(["eval", "--text", text, "--setting", "int9-g32"], "int9");
    await expectRefusal(["eval", "--text", text, "--reference", "int9-g32"], "int9");
    await expectRefusal(["bench", "--settings", "f32,int9-g32"], "int9");
    await expectRefusal(["run", "--setting", "int9-g32"], "int9");
    await expectRefusal(["sweep", "--settings", "f16,int9-g32"], "int9");
    await expectRefusal(["sweep", "--settings", "f16", "--reference", "int9-g32"], "int9");
    expect(calls.filter((call) => call !== "dispose")).toEqual([]);
  });

  it("refuses what the model's context cannot hold", async () => {
    const { code, lines } = await bitdial(["eval", "--text", text, "--window", "1024"]);
    expect({ code, lines }).toEqual({ code: 2, lines: [expect.stringContaining("512")] });
    await expectRefusal(["bench", "--prompt-tokens", "500", "--tokens", "13"], "513", "512");
  });
});

describe("run", () => {
  it("talks only with a model that was made for it", async () => {
    await expectRefusal(["run", "--chat", "--prompt", "Hello"], "no chat template", "Leave --chat");
  });

  it("prints one JSON document", async () => {
    const { code, out, lines } = await bitdial(["run", "--json", "--prompt", "Once"]);
    expect({ code, lines }).toEqual({ code: 0, lines: [] });
    const { adapter, ...document } = JSON.parse(out);
    expect(adapter).toMatchObject({ name: "paper machine", software: true });
    expect(document).toEqual({
      prompt: "Once",
      promptTokens: [0, 1],
      tokens: [4, 5],
      text: ", there was\u001b[31m",
      stop: "length",
      prefillMs: 3,
      decodeMsPerToken: 2,
      tokensPerSecond: 500,
    });
    expect(calls).toEqual(["apply candidate int4-g32", "dispose"]);
  });

  it("prints the text alone, and remarks beside it", async () => {
    const { code, out, lines } = await bitdial(["run"]);
    expect({ code, out }).toEqual({ code: 0, out: ", there was\u001b[31m\n" });
    expect(lines).toEqual([expect.stringContaining("paper machine [software]")]);
    expect(lines[0]).toContain("500 tokens/s");
  });

  it("keeps a model from writing control characters to a terminal", async () => {
    const { out, lines } = await bitdial(["run"], true);
    expect(out).toBe(", there was\u{fffd}[31m\n");
    expect(lines[0]).toBe("Once upon a time");
  });

  it("ends with 1 when the work was not done", async () => {
    const { code, out, lines } = await bitdial(["run", "--json", "--prompt", "broken"]);
    expect({ code, out, lines }).toEqual({
      code: 1,
      out: "",
      lines: ["bitdial: The device was lost."],
    });
    expect(calls).toContain("dispose");
  });

  it("stops at Ctrl-C with 130 and no half document", async () => {
    const running = bitdial(["run", "--json", "--prompt", "endless"]);
    await vi.waitFor(() => expect(calls).toContain("apply candidate int4-g32"));
    process.emit("SIGINT");
    expect(await running).toEqual({ code: 130, out: "", lines: [] });
    expect(calls).toContain("dispose");
    expect(process.listenerCount("SIGINT")).toBe(0);
  });
});

describe("eval", () => {
  it("prints one JSON document", async () => {
    const { code, out } = await bitdial(["eval", "--json", "--text", text, "--setting", "f16"]);
    expect(code).toBe(0);
    const { adapter, ...document } = JSON.parse(out);
    expect(adapter).toMatchObject({ name: "paper machine", software: true });
    expect(document).toEqual({
      model: "paper",
      setting: "f16",
      tokens: 2,
      nll: 2,
      perplexity: Math.exp(2),
      bitsPerByte: expect.closeTo(4 / Math.LN2 / 8, 12),
      kl: { mean: 0.5, median: 0.5, p95: 0.5, p99: 0.5, max: 0.5 },
      reverseKl: 0,
      entropyDifference: 0,
      top1: 1,
      top5: 0.8,
      byContext: [{ name: "0 to 7", tokens: 2, kl: 0.5, nllDifference: 1, top1: 1 }],
      byClass: [{ name: "word", tokens: 2, kl: 0.5, nllDifference: 1, top1: 1 }],
      weightBytes: 4000,
      bitsPerWeight: 4,
      ended: "text",
      window: 256,
      stride: 128,
    });
    expect(calls).toEqual(["apply reference f32", "apply candidate f16", "dispose"]);
  });

  it("prints a page for people", async () => {
    const { code, out } = await bitdial(["eval", "--text", text]);
    expect(code).toBe(0);
    expect(out).toContain("paper machine [software]");
    expect(out).toMatch(/perplexity +7\.389/);
  });
});

describe("bench", () => {
  it("measures the settings in turns", async () => {
    const argv = ["bench", "--settings", "f16,int4-g32", "--repeats", "6"];
    const { code, out } = await bitdial(argv);
    expect(code).toBe(0);
    expect(calls.filter((call) => call.startsWith("speed"))).toEqual(
      Array.from({ length: 6 }, () => "speed 2"),
    );
    expect(out).toContain("paper machine [software]");
    expect(out).toMatch(/int4-g32 +0\.00 +4\.00 +64,000 +0\.0 % +500 +0\.0 % +12\n/);
  });

  it("prints one JSON document", async () => {
    const { out } = await bitdial(["bench", "--settings", "f16", "--repeats", "3", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      model: "paper",
      adapter: { software: true },
      rows: [{ setting: "f16", decode: { tokensPerSecond: 500, steady: true, samples: 3 } }],
    });
    expect(calls.filter((call) => call.startsWith("speed"))).toEqual(["speed 3"]);
  });
});

interface Entry {
  setting: string;
}

describe("tasks", () => {
  const pairs = (...lines: string[]): string => {
    const path = join(folder, "pairs.jsonl");
    writeFileSync(path, lines.join("\n"));
    return path;
  };
  const pair = '{"sentence_good":"He went.","sentence_bad":"He goed."}';

  it("asks the reference once and each setting, and says what was lost and won", async () => {
    const argv = ["tasks", "--settings", "f16,int4-g32", "--tasks", "cloze", "--max-items", "20"];
    const { code, out } = await bitdial(argv);
    expect(code).toBe(0);
    expect(calls.filter((call) => call.startsWith("choices"))).toEqual([
      "choices reference+candidate 20",
      "choices candidate 20",
    ]);
    expect(out).toMatch(/cloze +int4-g32 +20 of \d+ +25\.0 %/);
    expect(out).toContain("cloze: the word a story goes on with");
  });

  it("reads pairs of one's own and puts them into the report", async () => {
    const own = pairs(pair, pair.replace("He", "Tom"));
    const report = join(folder, "tasks.json");
    const { code, out } = await bitdial([
      "tasks",
      "--tasks",
      "pairs",
      "--max-items",
      "5",
      "--pairs",
      own,
      "--report",
      report,
      "--json",
    ]);
    expect(code).toBe(0);
    expect(readFileSync(report, "utf8").trim()).toContain('"own"');
    const [entry] = JSON.parse(out).settings;
    expect(entry.tasks.tasks).toMatchObject([
      { task: "pairs", items: 5, reference: { right: 5 }, candidate: { right: 0 }, lost: 5 },
      { task: "own", items: 2, chance: 0.5, source: { name: "pairs.jsonl" } },
    ]);
  });

  it("names the line and the field of pairs that are none", async () => {
    const bad = pairs(pair, '{"sentence_good":"He went."}', "{");
    await expectRefusal(["tasks", "--pairs", bad], "line 2: sentence_bad is missing", "1 more");
    await expectRefusal(["tasks", "--pairs", join(folder, "none.jsonl")], "no such file");
  });

  it("come with a sweep, and a sweep goes on only with the same", async () => {
    const report = join(folder, "asked.json");
    const sweep = ["sweep", "--settings", "int4-g32", "--text", text, "--report", report];
    const { code, out } = await bitdial([...sweep, "--tasks", "cloze", "--max-items", "9"]);
    expect(code).toBe(0);
    expect(out).toMatch(/cloze +int4-g32 +9 of/);
    await expectRefusal([...sweep, "--resume"], "tasks of int4-g32", "none here");
  });
});

describe("sweep and verify", () => {
  const sweep = (...more: string[]) => {
    return ["sweep", "--settings", "f16,int4-g32", "--text", text, ...more];
  };

  it("measures each setting once, the reference for speed alone, and says what nothing beats", async () => {
    const { code, out, lines } = await bitdial(sweep());
    expect(code).toBe(0);
    expect(calls).toEqual([
      "apply reference f32",
      "apply reference f32",
      "speed 0",
      "speed 3",
      "apply candidate f16",
      "speed 0",
      "speed 3",
      "apply candidate int4-g32",
      "speed 0",
      "speed 3",
      "dispose",
    ]);
    expect(lines).toHaveLength(3);
    expect(out).toMatch(/f32 .* size, speed\n/);
    expect(out).toMatch(/int4-g32 +0\.00 +4\.00 +7\.389 +0\.500 +500\n/);
  });

  it("goes on with a report, measures what it lacks, and keeps the rest", async () => {
    const report = join(folder, "sweep.json");
    await bitdial(["sweep", "--settings", "f16", "--text", text, "--report", report]);
    calls.length = 0;
    const { code, lines } = await bitdial(sweep("--report", report, "--resume"));
    expect(code).toBe(0);
    expect(calls.filter((call) => call.startsWith("speed"))).toEqual(["speed 0", "speed 3"]);
    expect(lines[0]).toContain("2 settings");
    const entries: Entry[] = JSON.parse(readFileSync(report, "utf8")).settings;
    expect(entries.map(({ setting }) => setting)).toEqual(["f32", "f16", "int4-g32"]);
    const other = sweep("--report", report, "--resume", "--window", "64", "--stride", "32");
    const refused = await bitdial(other);
    expect({ code: refused.code, out: refused.out }).toEqual({ code: 2, out: "" });
    expect(refused.lines.at(-1)).toMatch(/windows of f16 is 256\/128 there and 64\/32 here/);
  });

  it("finds a report that holds, and one that does not", async () => {
    const report = join(folder, "verified.json");
    await bitdial(sweep("--report", report));
    const held = await bitdial(["verify", report, "--text", text, "--json"]);
    expect(held.code).toBe(0);
    expect(JSON.parse(held.out)).toMatchObject({ same: true });
    const document = JSON.parse(readFileSync(report, "utf8"));
    document.settings[2].quality.kl.mean.value = 0.4;
    document.settings[1].bytes.total++;
    writeFileSync(report, JSON.stringify(document));
    const broken = await bitdial(["verify", report, "--text", text]);
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/f16 +bytes +4001 +4000 +differs/);
    expect(broken.out).toMatch(
      /f16 +sums +differs +the report contradicts itself: bytes add up to 4000, not 4001/,
    );
    expect(broken.out).toMatch(/int4-g32 +kl +0\.40000 +0\.50000 +differs/);
    expect(broken.out).toContain("5 of");
  });

  it("refuses reports that are none, of another text or model, naming the field", async () => {
    await expectRefusal(["verify", text], "text.txt", "not JSON");
    const report = join(folder, "refused.json");
    await bitdial(sweep("--report", report));
    const other = join(folder, "other.txt");
    writeFileSync(other, "Another text.");
    await expectRefusal(["verify", report, "--text", other], "refused.json", "other.txt");
    const document = JSON.parse(readFileSync(report, "utf8"));
    document.model.sha256 = "1".repeat(64);
    writeFileSync(report, JSON.stringify(document));
    await expectRefusal(["verify", report, "--text", text], "refused.json", "--model");
    document.settings[1].speed.decodeMs[0] = "fast";
    writeFileSync(report, JSON.stringify(document));
    await expectRefusal(["verify", report, "--text", text], "settings.1.speed.decodeMs.0");
  });
});
