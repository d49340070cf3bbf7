import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import {
  bringShortText,
  lookAt,
  openVisit,
  results,
  seriousViolations,
  sidewaysPixels,
} from "./site.ts";

const { site, page, errors, close } = await openVisit();

afterAll(close);

/** Other cards have tables of the same settings. */
const table = () => page.getByRole("region", { name: "Results, a table" });
const row = (setting: string) => table().getByRole("row").filter({ hasText: setting });
const button = (name: string) => page.getByRole("button", { name, exact: true });

describe("the lab", () => {
  it("measures a list of settings, row by row", async () => {
    await page.goto(`${site.url}#int8-g32&tokens=4&view=lab`);
    await page.getByRole("heading", { name: "Sweep" }).waitFor({ timeout: 240_000 });
    await bringShortText(page);
    await button("my own").click();
    await page.getByRole("textbox", { name: /Settings/ }).fill("int9-g32");
    await button("Measure").click();
    await page.getByText(/"int9-g32" at character 1 is not a weight format/).waitFor();
    await page.getByRole("textbox", { name: /Settings/ }).fill("int8-g32, int4-g32+2:4, int2-g32");
    await button("Measure").click();
    await page.getByRole("progressbar", { name: "Sweep" }).waitFor();
    await row("int8-g32").waitFor({ timeout: 120_000 });
    await button("Pause").click();
    await button("Go on").waitFor();
    expect(await row("int2-g32").count()).toBe(0);
  });

  it("goes on after a reload from what was measured", async () => {
    await page.reload();
    await row("int8-g32").waitFor({ timeout: 240_000 });
    await button("Go on").click();
    await row("int2-g32").waitFor({ timeout: 120_000 });
    await page.getByText("4 settings measured, nothing left").waitFor();
    const text = (await row("int2-g32").textContent()) ?? "";
    expect(text).toMatch(/size/);
    await page.locator('[role="img"] svg').first().waitFor();
  });

  it("sorts its table and saves it as a report", async () => {
    await table().getByRole("button", { name: "KL", exact: true }).click();
    const first = table().getByRole("row").nth(1);
    expect(await first.textContent()).toContain("f32, reference");
    await table().getByRole("button", { name: /^KL ↑/ }).click();
    expect(await first.textContent()).toContain("int4-g32+2:4");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save the results as JSON" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^bitdial-sweep-/);
    await page.getByRole("heading", { name: "In words" }).waitFor();
  });

  it("draws four fronts, each with its error bars", async () => {
    for (const [name, points] of [
      ["bits a weight", 3],
      ["speed", 3],
      ["size × speed", 4],
      ["size", 3],
    ] as const) {
      await page.getByRole("radio", { name, exact: true }).click();
      const chart = page.locator('section[aria-labelledby="front-title"] [role="img"] svg');
      await chart.waitFor();
      await expect.poll(() => chart.locator("circle").count()).toBe(points);
      const bars = await chart.locator("g > line").count();
      expect(bars, name).toBeGreaterThanOrEqual(points);
    }
  });

  it("says where a token's time goes, under the roofs that the sweep measured", async () => {
    const card = page.getByRole("region", { name: /^Where a token's time goes/ });
    await card.getByText(/^Expected at the roofs: /).waitFor();
    const modules = card.getByRole("region", { name: "Time of a token by module" });
    for (const name of ["qkv", "attention", "gateUp", "head", "sampling"])
      expect(await modules.getByRole("cell", { name, exact: true }).count(), name).toBe(1);
    await card.locator('[role="img"] svg').waitFor();
    const figures = page.getByRole("region", { name: "Six figures of efficiency, a table" });
    expect(await figures.textContent()).toContain("not measured");
    await page.getByText(/AEC, average energy consumption/).waitFor();
  });

  it("saves its chart as pictures that stand alone", async () => {
    const saved = async (kind: string) => {
      const [picture] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: `Save the chart as ${kind}` }).click(),
      ]);
      return readFileSync(await picture.path());
    };
    const svg = (await saved("SVG")).toString();
    expect(svg).toContain("int8-g32");
    expect(svg).not.toMatch(/var\(|class=|currentColor/);
    const png = await saved("PNG");
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    // Drawn, not blank: thousands of bytes.
    expect(png.length).toBeGreaterThan(5000);
  });

  it.each(["light", "dark"] as const)("has no serious violation in %s", async (colorScheme) => {
    expect(await lookAt(page, "lab", colorScheme)).toEqual([]);
  });

  it("fits a phone, and is reached there", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const bar = page.getByRole("navigation", { name: "Parts of the page" });
    await bar.getByRole("button", { name: "Write" }).click();
    await page.getByRole("button", { name: "Generate" }).waitFor();
    await bar.getByRole("button", { name: "Lab" }).click();
    await page.getByRole("heading", { name: "Sweep" }).waitFor();
    expect(await sidewaysPixels(page)).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await page.screenshot({ path: `${results}/lab-390.png`, fullPage: true });
    await page.setViewportSize({ width: 1440, height: 1000 });
  });

  it("loads a row in the playground", async () => {
    await table().getByRole("button", { name: "int2-g32", exact: true }).click();
    await page.getByRole("heading", { name: "Playground" }).waitFor();
    expect(await page.getByRole("textbox", { name: "Setting" }).inputValue()).toBe("int2-g32");
    expect(page.url()).not.toContain("view=lab");
    expect(errors).toEqual([]);
  });
});
