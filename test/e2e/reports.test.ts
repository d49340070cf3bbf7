import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Locator } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { reportToHtml } from "../../src/lab/html.ts";
import { readReport, writeReport } from "../../src/lab/report.ts";
import { POISONS, poisoned } from "../lab/hostile.ts";
import { report as sample } from "../lab/sample-report.ts";
import { bringShortText, lookAt, lookOnPhone, openPage, openVisit, results } from "./site.ts";

const { site, browser, page, errors, close } = await openVisit();
/** What the page wrote of its own sweep. */
let json = "";

afterAll(close);

const button = (name: string) => page.getByRole("button", { name, exact: true });
const article = (name: string) => page.getByRole("article", { name: `Report ${name}` });
const verification = (name: string) =>
  page.getByRole("region", { name: `Verification of ${name}` });

/** All of a table's cells, as they are read. */
async function cellsOf(table: Locator): Promise<string[][]> {
  return await table
    .locator("tr")
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
    );
}

async function open(name: string, text: string): Promise<void> {
  const buffer = Buffer.from(text);
  await page
    .getByLabel("Report files")
    .setInputFiles({ name, mimeType: "application/json", buffer });
}

/** As a file manager would: over the page, then let go. */
async function drop(files: readonly { name: string; text: string }[]): Promise<void> {
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, text } of list) data.items.add(new File([text], name));
    return data;
  }, files);
  await page.dispatchEvent("h1", "dragover", { dataTransfer: transfer });
  await page.getByText("Drop reports to open them").waitFor();
  await page.dispatchEvent("h1", "drop", { dataTransfer: transfer });
}

/** The page's own report after a change by hand. */
function edited(change: (document: Edited) => void): string {
  const document: Edited = JSON.parse(json);
  change(document);
  return JSON.stringify(document);
}

interface Edited {
  adapter: { name: string; software: boolean };
  model: { sha256: string };
  settings: {
    setting: string;
    speed: { decodeMs: number[] };
    quality: { kl: { mean: { value: number } } } | null;
  }[];
}

describe("reports in the lab", () => {
  it("leave the page in four forms", async () => {
    await page.goto(`${site.url}#int4-g32&tokens=4&view=lab`);
    await page.getByRole("heading", { name: "Sweep" }).waitFor({ timeout: 240_000 });
    await bringShortText(page);
    await button("my own").click();
    await page.getByRole("textbox", { name: /Settings/ }).fill("int8-g32");
    await button("Measure").click();
    await page.getByText("2 settings measured, nothing left").waitFor({ timeout: 240_000 });
    await page.locator('[role="img"] svg').first().waitFor();
    const starts = [
      ["JSON", "json", '"schema": "bitdial-report"'],
      ["CSV", "csv", "setting,role,adapter,"],
      ["HTML", "html", "Content-Security-Policy"],
      ["Markdown", "md", "# Bitdial report: `stories`"],
    ] as const;
    for (const [form, ending, part] of starts) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        button(`Save the results as ${form}`).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(new RegExp(`^bitdial-sweep-.*\\.${ending}$`));
      const text = readFileSync(await download.path(), "utf8");
      expect(text).toContain(part);
      if (form === "JSON") json = text;
    }
  });

  it("come back by the button with the same table, and after a reload", async () => {
    await open("mine.json", json);
    const mine = article("mine.json");
    await mine.getByText("software").waitFor();
    await mine.getByRole("button", { name: "Figures" }).click();
    const own = await cellsOf(page.getByRole("region", { name: "Results, a table" }));
    const shown = () =>
      cellsOf(page.getByRole("region", { name: "Figures of mine.json, a table" }));
    expect(own).toHaveLength(3);
    expect(await shown()).toEqual(own);
    await mine.getByText("not measured here").waitFor();
    await page.reload();
    await mine.waitFor({ timeout: 240_000 });
    await mine.getByRole("button", { name: "Figures" }).click();
    expect(await shown()).toEqual(own);
  });

  it("are dropped in any number; each bad one is a sentence", async () => {
    const fast = edited(({ adapter, settings }) => {
      adapter.name = "A fast GPU";
      adapter.software = false;
      for (const { speed } of settings) speed.decodeMs = speed.decodeMs.map((ms) => ms / 10);
    });
    await drop([
      { name: "fast.json", text: fast },
      { name: "page.html", text: "<script>globalThis.ran=1</script>" },
      { name: "old.json", text: json.replace('"version": 2', '"version": 0') },
      { name: "huge.json", text: "x".repeat(8_000_001) },
    ]);
    await article("fast.json").waitFor();
    await page.getByText(/page\.html.*not JSON/).waitFor();
    await page.getByText(/old\.json.*version: 0/).waitFor();
    await page.getByText(/huge\.json.*at most 8\.0 MB are read/).waitFor();
    await button("Dismiss").click();
    expect(await page.getByText("huge.json").count()).toBe(0);
  });

  it("stand side by side, with what exceeds noise marked", async () => {
    await page.getByRole("heading", { name: "3 reports side by side" }).waitFor();
    const table = page.getByRole("region", { name: "Comparison, a table" });
    await page.getByRole("radio", { name: "decode" }).click();
    const [head, ...rows] = await cellsOf(table);
    expect(head?.[1]).toMatch(/^this sweep.* software$/);
    expect(head?.[2]).toMatch(/^mine\.json.* software$/);
    expect(head?.[3]).toBe("fast.jsonA fast GPU");
    expect(rows.map(([setting]) => setting)).toEqual(["f32", "int8-g32"]);
    for (const [, , mine, fast] of rows) {
      expect(mine).toMatch(/1\.0×$/);
      expect(fast).toMatch(/10(\.0)?× \*$/);
    }
    await article("fast.json").getByRole("checkbox", { name: "Compare" }).uncheck();
    await page.getByRole("heading", { name: "2 reports side by side" }).waitFor();
    await article("fast.json").getByRole("checkbox", { name: "Compare" }).check();
  });

  it("hold when they are measured again where they were written", async () => {
    await article("mine.json").getByRole("button", { name: "Verify" }).click();
    await page.getByRole("progressbar", { name: "Verification" }).waitFor();
    const panel = verification("mine.json");
    await panel.getByText(/^All \d+ figures that should be the same/).waitFor({ timeout: 240_000 });
    const table = page.getByRole("region", { name: "Verdicts on mine.json, a table" });
    const rows = await cellsOf(table);
    const find = (setting: string, figure: string) =>
      rows.find((cells) => cells[0] === setting && cells[1] === figure);
    expect(find("int8-g32", "kl")?.[4]).toBe("same");
    expect(find("int8-g32", "decode")?.[5]).toMatch(/times as fast here/);
    expect(find("int8-g32", "shaders")?.[4]).toBe("noted");
    await panel.getByRole("button", { name: "Close" }).click();
  });

  it("fail when one digit was altered, can be cancelled, and need their model", async () => {
    const forged = edited(({ settings }) => {
      const mean = settings[1]?.quality?.kl.mean;
      if (mean) mean.value = Number(String(mean.value).replace(/[1-8]/, (d) => `${Number(d) + 1}`));
    });
    const other = edited(({ model }) => {
      model.sha256 = "1".repeat(64);
    });
    await drop([
      { name: "forged.json", text: forged },
      { name: "other.json", text: other },
    ]);
    await article("other.json").getByRole("button", { name: "Verify" }).click();
    await verification("other.json")
      .getByText(/SHA-256 111111111111…/)
      .waitFor();
    await article("forged.json").getByRole("button", { name: "Verify" }).click();
    await page.getByRole("progressbar", { name: "Verification" }).waitFor();
    await verification("forged.json").getByRole("button", { name: "Cancel" }).click();
    await verification("forged.json")
      .getByText(/^Stopped/)
      .waitFor();
    await article("forged.json").getByRole("button", { name: "Verify" }).click();
    await verification("forged.json")
      .getByText(/of \d+ figures that should be the same everywhere differ/)
      .waitFor({ timeout: 240_000 });
    await article("other.json").getByRole("button", { name: "Remove" }).click();
    expect(await article("other.json").count()).toBe(0);
  });

  it.each(["light", "dark"] as const)("have no serious violation in %s", async (colorScheme) => {
    expect(await lookAt(page, "reports", colorScheme)).toEqual([]);
  });

  it("fit a phone", async () => {
    expect(await lookOnPhone(page, "reports")).toEqual({ sideways: 0, violations: [] });
  });

  it("load a row of theirs in the playground", async () => {
    const region = page.getByRole("region", { name: "Figures of mine.json, a table" });
    await region.getByRole("button", { name: "int8-g32" }).click();
    await page.getByRole("heading", { name: "Playground" }).waitFor();
    expect(await page.getByRole("textbox", { name: "Setting" }).inputValue()).toBe("int8-g32");
    expect(errors).toEqual([]);
  });
});

/** Those that the schema ties to a few values or digits. */
const TIED = new Set(
  "schema version task time role measuredBy at kind limits sha256 wgslSha256 ended order because app module arithmetic bound attention beyond".split(
    " ",
  ),
);

describe("a report that somebody wrote to do harm", () => {
  const texts = POISONS.map((poison) => JSON.stringify(poisoned(sample, TIED, poison)));

  it("is shown in the page as text, and runs nothing", async () => {
    await page.goto(`${site.url}#int4-g32&tokens=4&view=lab`);
    await article("fast.json").waitFor({ timeout: 240_000 });
    const before = await page.getByRole("article").count();
    await drop(texts.map((text, at) => ({ name: `<img src=x onerror=ran=1> ${at}.json`, text })));
    await expect
      .poll(async () => await page.getByRole("article").count(), { timeout: 30_000 })
      .toBe(before + texts.length);
    for (const toggle of await page.getByRole("button", { name: "Figures" }).all()) {
      await toggle.click();
    }
    await page.getByText(POISONS[0]).first().waitFor();
    expect(await page.evaluate(() => Reflect.get(globalThis, "ran"))).toBeUndefined();
    expect(await page.locator("main :is(script, img, iframe)").count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it("runs and loads nothing as a page of its own, which forbids it, too", async () => {
    const { page: alone, errors: faults } = await openPage(browser);
    const asked: string[] = [];
    alone.on("request", (request) => asked.push(request.url()));
    for (const [at, text] of texts.entries()) {
      const read = readReport(text);
      if (!read.ok) throw new Error(read.problems.join("; "));
      expect(writeReport(read.report)).toContain("bitdial-report");
      const path = `${results}/hostile-${at}.html`;
      writeFileSync(path, reportToHtml(read.report));
      asked.length = 0;
      await alone.goto(pathToFileURL(path).href);
      expect(await alone.evaluate(() => Reflect.get(globalThis, "ran"))).toBeUndefined();
      expect(await alone.locator("script, img, iframe, link, form").count()).toBe(0);
      expect(asked).toEqual([pathToFileURL(path).href]);
      const policy = alone.locator('meta[http-equiv="Content-Security-Policy"]');
      expect(await policy.getAttribute("content")).toMatch(/^default-src 'none';/);
    }
    expect(faults).toEqual([]);
    // Were one to slip through as markup: the policy alone stops it.
    const path = `${results}/hostile-unescaped.html`;
    const html = reportToHtml(sample).replace("<main>", `<main>${POISONS[0]}${POISONS[1]}`);
    writeFileSync(path, html);
    await alone.goto(pathToFileURL(path).href);
    expect(await alone.locator("script").count()).toBe(1);
    expect(await alone.evaluate(() => Reflect.get(globalThis, "ran"))).toBeUndefined();
    await alone.close();
  });
});
