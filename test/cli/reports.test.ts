import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { scriptedAdapter, scriptedEngine } from "../support/scripted-engine.ts";
import { bitdial, expectRefusal } from "./command-line.ts";

vi.mock("../../src/cli/engine.ts", () => ({
  openEngine: async () => ({ engine: scriptedEngine([]), adapter: scriptedAdapter, notes: [] }),
}));

let folder = "";
let text = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bitdial-reports-"));
  text = join(folder, "text.txt");
  writeFileSync(text, "Once upon a time.");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a report's forms", () => {
  it.each([
    ["bench", ["bench", "--settings", "f16", "--repeats", "3"]],
    ["sweep", ["sweep", "--settings", "f16,int4-g32", "--text"]],
  ])("of %s are chosen by the ending of the name", async (name, argv) => {
    const forms = [
      [".json", '"schema": "bitdial-report"'],
      [".md", "# Bitdial report: `paper`"],
      [".csv", "setting,role,adapter,"],
      [".HTML", "<!doctype html>"],
    ] as const;
    for (const [ending, start] of forms) {
      const path = join(folder, `${name}${ending}`);
      const full = [...argv, ...(argv.at(-1) === "--text" ? [text] : []), "--report", path];
      expect((await bitdial(full)).code).toBe(0);
      expect(readFileSync(path, "utf8").slice(0, 60)).toContain(start);
    }
  });
});

describe("compare", () => {
  /** Two reports of the same sweep; the second is changed before it is written. */
  async function twoReports(change: (document: Document) => void): Promise<[string, string]> {
    const paths: [string, string] = [join(folder, "one.json"), join(folder, "two.json")];
    const argv = ["sweep", "--settings", "f16,int4-g32", "--text", text, "--report", paths[0]];
    expect((await bitdial(argv)).code).toBe(0);
    const document = JSON.parse(readFileSync(paths[0], "utf8"));
    change(document);
    writeFileSync(paths[1], JSON.stringify(document));
    return paths;
  }

  it("marks what differs beyond noise", async () => {
    const paths = await twoReports(({ settings }) => {
      const [, f16, int4] = settings;
      if (!f16 || !int4) return;
      f16.speed.decodeMs = f16.speed.decodeMs.map((ms) => ms / 2);
      int4.bytes.total += 16;
    });
    const { code, out, lines } = await bitdial(["compare", ...paths]);
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringContaining("one.json is of a software adapter"),
      expect.stringContaining("two.json is of a software adapter"),
    ]);
    const rows = out.split("\n").filter((row) => /(one|two)\.json +\d/.test(row));
    expect(rows).toHaveLength(6);
    expect(rows[3]).toMatch(/two\.json +0\.00 .*×1\.00 +1,000; ×2\.00 \*$/);
    expect(rows[5]).toMatch(/0\.00; \+16 bytes \* .*×1\.00$/);
    expect(rows.join("").match(/ \*/g)).toHaveLength(2);
  });

  it("prints one JSON document", async () => {
    const paths = await twoReports((document) => {
      document.reference = "f16";
    });
    const { code, out, lines } = await bitdial(["compare", "--json", ...paths]);
    expect({ code, lines }).toEqual({ code: 0, lines: [] });
    expect(JSON.parse(out)).toMatchObject({
      reports: [
        { name: paths[0], adapter: { name: "paper machine", software: true }, reference: "f32" },
        { name: paths[1], reference: "f16" },
      ],
      warnings: expect.arrayContaining([expect.stringContaining("quality cannot be compared")]),
      settings: [
        { setting: "f32" },
        { setting: "f16", others: [{ against: { sameSize: true, kl: null } }] },
        { setting: "int4-g32" },
      ],
      alone: [],
    });
  });

  it("keeps a report from writing control characters or lines of its own", async () => {
    const paths = await twoReports(({ settings }) => {
      for (const entry of settings) entry.setting = "x\u001b[31m\ny";
    });
    const { out } = await bitdial(["compare", paths[1], paths[0]]);
    expect(out).not.toContain("\u001b");
    expect(out).toContain("x\u{fffd}[31m y (");
  });

  it("refuses a report that is none in one sentence with file and field", async () => {
    const paths = await twoReports(({ settings }) => {
      const [entry] = settings;
      if (entry) entry.bytes.total = -1;
    });
    await expectRefusal(["compare", ...paths], "two.json", "settings.0.bytes.total");
    await expectRefusal(["compare", paths[0], text], "text.txt", "not JSON");
    const large = join(folder, "large.json");
    writeFileSync(large, " ".repeat(8_100_000));
    await expectRefusal(["compare", paths[0], large], "large.json", "8.1 MB, and at most 8.0 MB");
    await expectRefusal(["compare", paths[0], join(folder, "no.json")], "no.json", "no such file");
  });
});

interface Document {
  reference: string;
  settings: { setting: string; bytes: { total: number }; speed: { decodeMs: number[] } }[];
}
