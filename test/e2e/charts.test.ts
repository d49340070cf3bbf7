import { readFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  openBrowser,
  openPage,
  openSite,
  results,
  type Site,
  seriousViolations,
  sidewaysPixels,
} from "./site.ts";

let site: Site;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  site = await openSite();
  browser = await openBrowser();
  ({ page, errors } = await openPage(browser));
  await page.goto(`${site.url}#int3-g32&tokens=4&view=lab`);
  await page.getByRole("heading", { name: "Sweep" }).waitFor({ timeout: 240_000 });
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const figure = (title: string | RegExp): Locator =>
  page.getByRole("region", { name: title }).first();

/** Presses the card's button and waits until its measurement is over. */
async function measured(title: string): Promise<void> {
  await page.getByRole("button", { name: `Measure: ${title}` }).click();
  await page.getByRole("button", { name: `Measure again: ${title}` }).waitFor({ timeout: 200_000 });
}

/** The chart is drawn and its table has as many rows; the cells of one row. */
async function tableOf(
  title: string | RegExp,
  rows: number | readonly [least: number, most: number],
): Promise<string[]> {
  const [least, most] = typeof rows === "number" ? [rows, rows] : rows;
  const part = figure(title);
  await part.locator('[role="img"] svg').first().waitFor();
  await part.locator("summary").click();
  const lines = part.locator("tbody tr");
  const count = await lines.count();
  expect(count).toBeGreaterThanOrEqual(least);
  expect(count).toBeLessThanOrEqual(most);
  return await lines.first().locator("td").allTextContents();
}

async function saved(title: string): Promise<{ svg: string; png: Buffer }> {
  const press = async (kind: string) => {
    const [picture] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: `Save ${title} as ${kind}` }).click(),
    ]);
    return readFileSync(await picture.path());
  };
  return { svg: (await press("SVG")).toString(), png: await press("PNG") };
}

describe("the charts of one setting", () => {
  it("show speed against position and prompt, of both sides", async () => {
    await measured("Speed against position and prompt");
    const decode = await tableOf("Decode by position", 6);
    expect(decode[0]).toBe("8");
    expect(decode[1]).toMatch(/\d.*ms/);
    expect(decode).toHaveLength(5);
    const prefill = await tableOf("Prefill by tokens of the prompt", 10);
    expect(Number(prefill[1]?.replace(",", ""))).toBeGreaterThan(0);
    const { svg, png } = await saved("Decode by position");
    expect(svg).toContain("int3-g32");
    expect(svg).not.toMatch(/var\(|class=|currentColor/);
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(png.length).toBeGreaterThan(5000);
  });

  it("show errors by layer, and lead to a layer's dial", async () => {
    await measured("Errors by layer and matrix");
    const row = await tableOf("Weights: signal to noise, dB", 7);
    expect(row[0]).toBe("0");
    expect(Number(row[1])).toBeGreaterThan(5);
    expect(await tableOf("Output: relative error on a text", 7)).toHaveLength(8);
    await page.getByRole("button", { name: /^2\.down, int3-g32: .* %: to its dial/ }).click();
    const cell = page.getByRole("button", { name: "Layer 2, down: int3-g32" });
    await cell.waitFor();
    await page.waitForFunction(
      () => document.activeElement?.getAttribute("data-stop") === "2 down",
    );
    await page.getByRole("button", { name: "Lab", exact: true }).first().click();
  });

  it("show KL along a text, token by token, and whole distributions", async () => {
    await measured("Along a text, token by token");
    const first = await tableOf("KL along the text", 191);
    expect(first).toHaveLength(5);
    const words = page.getByRole("group", { name: /^The text, tinted by KL/ });
    await words.locator('[data-stop="40"]').hover();
    await page
      .getByText(/, token 40: KL .* nats; the reference gave it .* the candidate/)
      .waitFor();
    await words.locator('[data-stop="40"]').click();
    // The likeliest twenty of each side, and what stands there.
    expect(await tableOf(/^What may follow “…/, [20, 41])).toHaveLength(5);
    expect((await tableOf(/^Every token's log-probability/, 12)).length).toBe(4);
    expect((await tableOf("Mean log-probability by rank", 31))[0]).toBe("1");
  });

  it.each(["light", "dark"] as const)("have no serious violation in %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    expect(await seriousViolations(page)).toEqual([]);
    await page.screenshot({ path: `${results}/charts-1440-${colorScheme}.png`, fullPage: true });
  });

  it("fit a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await sidewaysPixels(page)).toBe(0);
    await page.screenshot({ path: `${results}/charts-390.png`, fullPage: true });
    await page.setViewportSize({ width: 1440, height: 1000 });
  });

  it("stand in the playground, too, where the quality does", async () => {
    await page.getByRole("button", { name: "Playground", exact: true }).first().click();
    await page.getByText("KL token by token").click();
    await figure("KL along the text").locator('[role="img"] svg').first().waitFor();
    expect(errors).toEqual([]);
  });
});

describe("the fronts", () => {
  it("are four, each with its error bars", async () => {
    await page.goto("about:blank");
    await page.goto(`${site.url}#int4-g32&tokens=4&view=lab`);
    await page.getByRole("button", { name: "my own" }).click({ timeout: 240_000 });
    await page.getByRole("textbox", { name: /Settings/ }).fill("int8-g32, int2-g32");
    await page.getByRole("radio", { name: "512" }).click();
    await page.getByRole("button", { name: "Measure", exact: true }).click();
    await page.getByText("3 settings measured, nothing left").waitFor({ timeout: 200_000 });
    for (const [name, points] of [
      ["size", 2],
      ["bits a weight", 2],
      ["speed", 2],
      ["size × speed", 3],
    ] as const) {
      await page.getByRole("radio", { name, exact: true }).click();
      const chart = page.locator('section[aria-labelledby="front-title"] [role="img"] svg');
      await chart.waitFor();
      await expect.poll(() => chart.locator("circle").count()).toBe(points);
      const bars = await chart.locator("g > line").count();
      expect(bars, name).toBeGreaterThanOrEqual(points);
    }
    expect(errors).toEqual([]);
  });
});
