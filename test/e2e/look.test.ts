import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { openVisit, results, seriousViolations, sidewaysPixels, whenWritten } from "./site.ts";

const { site, page, errors, close } = await openVisit();

afterAll(close);

/** Bytes of script, as a host that compresses sends them. */
const KILOBYTE = 1000;
const views = ["Write", "Dials", "Scores"] as const;

describe("the first load", () => {
  it("takes at most 200 kB of script before the model", async () => {
    let modelAsked = false;
    const scripts: Promise<{ name: string; bytes: number }>[] = [];
    page.on("request", (request) => {
      modelAsked ||= request.url().endsWith("model.safetensors");
    });
    page.on("response", (response) => {
      if (modelAsked || !response.url().endsWith(".js")) return;
      const name = response.url().replace(/.*\//, "");
      scripts.push(response.body().then((body) => ({ name, bytes: gzipSync(body).length })));
    });
    await page.goto(`${site.url}#int4-g32&tokens=40`);
    await whenWritten(page);
    const sizes = await Promise.all(scripts);
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    console.log(`script before the model: ${(total / KILOBYTE).toFixed(1)} kB gzip`, sizes);
    expect(sizes.some(({ name }) => name.startsWith("worker"))).toBe(true);
    expect(total).toBeLessThanOrEqual(200 * KILOBYTE);
  });
});

describe("the page", () => {
  it("draws its chart once something was measured", async () => {
    await page.locator('[role="img"] svg').first().waitFor({ timeout: 280_000 });
  });

  it.each(["light", "dark"] as const)("has no serious violation in %s", async (colorScheme) => {
    await page.setViewportSize({ width: 1440, height: 1000 });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({
      path: `${results}/playground-1440-${colorScheme}.png`,
      fullPage: true,
    });
    expect(await seriousViolations(page)).toEqual([]);
  });

  it("changes its theme and remembers it", async () => {
    await page.emulateMedia({ colorScheme: "light" });
    await page.getByRole("button", { name: /^Theme: system/ }).click();
    await page.getByRole("button", { name: /^Theme: light/ }).click();
    const theme = await page.evaluate(() => [
      document.documentElement.dataset.theme,
      localStorage.getItem("bitdial/theme"),
      getComputedStyle(document.documentElement).colorScheme,
    ]);
    expect(theme).toEqual(["dark", "dark", "dark"]);
    await page.getByRole("button", { name: /^Theme: dark/ }).click();
  });

  it.each([390, 768, 1440, 2200])("does not scroll sideways at %i pixels", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    expect(await sidewaysPixels(page)).toBe(0);
  });

  it("goes between its views on a phone, each without violations or sideways scrolling", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const bar = page.getByRole("navigation", { name: "Parts of the page" });
    for (const view of views) {
      await bar.getByRole("button", { name: view }).click();
      expect(await sidewaysPixels(page)).toBe(0);
      expect(await seriousViolations(page)).toEqual([]);
      await page.screenshot({ path: `${results}/playground-390-${view.toLowerCase()}.png` });
    }
    await bar.getByRole("button", { name: "Write" }).click();
    await page.getByRole("textbox", { name: "Prompt" }).waitFor();
  });

  it("opens what its device offers", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: /^Device: / }).click();
    await page.getByRole("dialog").getByText("Subgroups", { exact: true }).waitFor();
    expect(await sidewaysPixels(page)).toBe(0);
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("met no error on the way", () => {
    expect(errors).toEqual([]);
  });
});
