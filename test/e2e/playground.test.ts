import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { readReport } from "../../src/lab/report.ts";
import { openVisit, results, whenWritten } from "./site.ts";

// One page for all: loading it is what takes long. Each test leaves it idle.
const { site, page, errors, close } = await openVisit();

afterAll(close);

const textOf = async (name: "Reference" | "Candidate") =>
  (await page.getByRole("article", { name }).locator(".story").textContent()) ?? "";
const firstTokenMs = () =>
  page.locator("[data-first-token-ms]").getAttribute("data-first-token-ms", { timeout: 60_000 });
const dial = (name: string) => page.getByRole("radiogroup", { name, exact: true });
const score = (name: string) =>
  page
    .locator("dl > div")
    .filter({ has: page.locator(`dt:text-is("${name}")`) })
    .locator("dd > span");

describe("the playground", () => {
  it("loads, says what it runs on, and writes both texts", async () => {
    await page.goto(`${site.url}#int4-g32&tokens=24&seed=3`);
    await whenWritten(page);
    await page.getByRole("button", { name: /^Device: .*software$/ }).waitFor();
    for (const name of ["Reference", "Candidate"] as const) {
      expect((await textOf(name)).length).toBeGreaterThan(60);
    }
    expect(await page.locator(".token[data-kl]").count()).toBeGreaterThan(10);
    await page.getByText(/kernel checks? passed on this device/).waitFor();
  });

  it("measures quality, refining it, and speed", async () => {
    const seen = new Set<string | null>();
    const again = page.getByRole("button", { name: "Measure again" });
    while (!(await again.isVisible())) {
      if (await score("KL").isVisible()) seen.add(await score("KL").textContent());
      await page.waitForTimeout(250);
    }
    expect(seen.size).toBeGreaterThan(2);
    expect(Number(await score("KL").textContent())).toBeGreaterThan(0);
    expect(await score("Decode").textContent()).toMatch(/\d/);
    await page.getByText(/^Measured on .*software adapter.*stories\.txt, 2,048 tokens/).waitFor();
  });

  it("stops measuring when asked and keeps what it has", async () => {
    const before = await score("KL").textContent();
    await page.getByRole("button", { name: "Quality on the whole text" }).click();
    await page.getByText(/^Quality, [\d,]+ of 11,301 tokens$/).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Measure again" }).waitFor();
    expect(await score("KL").textContent()).toBe(before);
  });

  it("follows a dial at once", async () => {
    await page.getByRole("switch", { name: "measure every setting" }).uncheck({ force: true });
    const before = await textOf("Candidate");
    const reference = await textOf("Reference");
    const times: Record<string, number> = {};
    for (const bits of ["2", "3", "2", "3"]) {
      await dial("Bits")
        .getByRole("radio", { name: new RegExp(`^${bits},`) })
        .click();
      await page.getByRole("article", { name: "Candidate" }).getByText(`int${bits}-g32`).waitFor();
      await whenWritten(page);
      // The second visit finds its variants chosen and its kernels checked: that is the warm figure.
      times[`int${bits}-g32`] = Number(await firstTokenMs());
    }
    console.log("dial to first token, ms (software adapter):", times);
    writeFileSync(`${results}/first-token.json`, `${JSON.stringify(times)}\n`);
    expect(await textOf("Candidate")).not.toBe(before);
    expect(await textOf("Reference")).toBe(reference);
    expect(times["int2-g32"]).toBeGreaterThan(0);
    await page.locator("[data-parts]").first().waitFor({ state: "attached" });
  });

  it("finds a number format by what it does, and says what that is", async () => {
    const setting = page.getByRole("textbox", { name: "Setting" });
    const before = await setting.inputValue();
    const search = page.getByRole("searchbox", { name: "Find a number format" });
    await search.fill("k-means row");
    await page.getByRole("button", { name: /^palette of 16 a row/ }).click();
    await page.getByRole("article", { name: "Candidate" }).getByText("pal16-row").waitFor();
    expect(await setting.inputValue()).toMatch(/^pal16-row/);
    await page.getByText("What it does").click();
    await search.fill("no such thing");
    await page.getByText("No format has these words.").waitFor();
    await search.fill("");
    await setting.fill(before);
    await whenWritten(page);
  });

  it("shows the likeliest ten under both for a token reached by keyboard", async () => {
    const token = page.locator('.token[tabindex="0"]');
    await token.focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    const card = page.getByRole("region", { name: "The token pointed at" });
    const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
    await card.getByText(`${focused}”`).waitFor();
    expect(await card.locator("li").count()).toBe(20);
  });

  it("points at what is wrong in a setting and keeps the one it has", async () => {
    const field = page.getByRole("textbox", { name: "Setting" });
    await field.fill("int4-g33+2:4");
    await page.getByText(/"int4-g33" at character 1/).waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await page.locator(".decoration-wavy").textContent()).toBe("int4-g33");
    expect(page.url()).toContain("#int3-g32");
    await field.fill("int3-g32");
    await field.blur();
    expect(await field.getAttribute("aria-invalid")).toBe("false");
  });

  it("tells why an impossible position is impossible, and changes nothing", async () => {
    await dial("Kernel").getByRole("radio", { name: "bit-serial" }).click({ force: true });
    await page.getByText(/needs integer activations/).waitFor();
    expect(await page.getByRole("textbox", { name: "Setting" }).inputValue()).toBe("int3-g32");
  });

  it("stops writing when asked", async () => {
    await page.getByRole("spinbutton", { name: "tokens" }).fill("400");
    await page.getByRole("textbox", { name: "Prompt" }).focus();
    await page.keyboard.press("Control+Enter");
    await page.locator(".token").nth(4).waitFor({ timeout: 60_000 });
    await page.keyboard.press("Escape");
    const candidate = page.getByRole("article", { name: "Candidate" });
    await candidate.getByText(/Stopped by you after \d+ tokens?/).waitFor();
    await page.getByRole("spinbutton", { name: "tokens" }).fill("24");
  });

  it("changes single layers", async () => {
    await page.getByText("By layer").click();
    await page.getByRole("button", { name: "Layer 5, down: int3-g32" }).click();
    const field = page.getByRole("textbox", { name: "Setting" });
    expect(await field.inputValue()).toBe("int3-g32;5.down=int8-g32");
    await page.getByRole("button", { name: "Layer 5, down: int8-g32" }).waitFor();
    await page.getByRole("button", { name: "Reset" }).click();
    expect(await field.inputValue()).toBe("int3-g32");
    await whenWritten(page);
  });

  it("times the kernels on demand", async () => {
    await page.locator("summary", { hasText: "Time per kernel" }).click();
    await page.getByRole("button", { name: "Time the kernels" }).click();
    const table = page.getByRole("region", { name: "Time per kernel" });
    await table.waitFor({ timeout: 240_000 });
    expect(await table.locator("tbody tr").count()).toBeGreaterThan(4);
  });

  it("compares two settings of the session", async () => {
    await page.getByRole("checkbox", { name: "Compare f32" }).check();
    await page.getByRole("checkbox", { name: "Compare int4-g32" }).check();
    const table = page.getByRole("region", { name: "Comparison" });
    expect(await table.locator("tbody tr").first().textContent()).toMatch(/^MB21\.03\.\d+−8/);
  });

  it("exports a report that reads back, and the same as Markdown", async () => {
    const [json] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export report as JSON" }).first().click(),
    ]);
    const path = `${results}/report.json`;
    await json.saveAs(path);
    const read = readReport(readFileSync(path, "utf8"));
    expect(read.ok || read.problems).toBe(true);
    if (!read.ok) return;
    const { report } = read;
    expect(report.settings.map(({ setting }) => setting)).toEqual(
      expect.arrayContaining(["f32", "int4-g32", "int3-g32"]),
    );
    expect(report.adapter.software).toBe(true);
    const measured = report.settings.find(({ setting }) => setting === "int4-g32");
    expect(measured?.quality?.tokens).toBeGreaterThan(0);
    expect(measured?.speed?.decodeMs.length).toBeGreaterThan(1);
    const [markdown] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export report as Markdown" }).first().click(),
    ]);
    await markdown.saveAs(`${results}/report.md`);
    expect(readFileSync(`${results}/report.md`, "utf8")).toContain("| `int4-g32` |");
  });

  it("reopens from its link", async () => {
    await page.getByRole("textbox", { name: "Prompt" }).fill("The cat & the hat");
    await dial("Group").getByRole("radio", { name: /^64,/ }).click();
    const link = page.url();
    expect(link).toContain("#int3-g64&prompt=");
    await page.goto("about:blank");
    await page.goto(link);
    await whenWritten(page);
    expect(await page.getByRole("textbox", { name: "Prompt" }).inputValue()).toBe(
      "The cat & the hat",
    );
    expect(await page.getByRole("textbox", { name: "Setting" }).inputValue()).toBe("int3-g64");
    expect(await textOf("Candidate")).toMatch(/^The cat & the hat/);
  });

  it("reaches Generate with the tab key", async () => {
    await page.getByRole("textbox", { name: "Prompt" }).focus();
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
    expect(await focused()).toMatch(/^(Generate|Stop)/);
    await page.locator("body").press("Home");
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    const seen: string[] = [];
    for (let step = 0; step < 60 && !seen.some((text) => /^(Generate|Stop)/.test(text)); step++) {
      await page.keyboard.press("Tab");
      seen.push(await focused());
    }
    expect(seen.at(-1)).toMatch(/^(Generate|Stop)/);
  });

  it("met no error on the way", () => {
    expect(errors).toEqual([]);
  });
});
