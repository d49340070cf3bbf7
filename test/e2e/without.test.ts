import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, openPage, openSite, results, type Site } from "./site.ts";

let site: Site;
let browser: Browser | undefined;

beforeAll(async () => {
  site = await openSite();
});

afterEach(async () => {
  await browser?.close();
  browser = undefined;
});

afterAll(async () => {
  await site?.close();
});

describe("where the engine cannot run, the page says why and what to do", () => {
  it("without WebGPU", async () => {
    browser = await openBrowser();
    const { page } = await openPage(browser);
    await page.addInitScript(() => {
      Reflect.deleteProperty(Navigator.prototype, "gpu");
    });
    await page.goto(site.url);
    await page.getByRole("heading", { name: "This browser has no WebGPU" }).waitFor();
    await page.getByText(/Update Chrome/).waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    const recorded = page.getByRole("region", { name: /recorded result, not measured/i });
    await recorded.waitFor();
    expect(await recorded.textContent()).toMatch(/Recorded on \d{4}-\d\d-\d\d/);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.screenshot({ path: `${results}/without-webgpu.png`, fullPage: true });
  });

  it("when the browser refuses an adapter", async () => {
    browser = await openBrowser();
    const { page } = await openPage(browser);
    await page.addInitScript(() => {
      GPU.prototype.requestAdapter = () => Promise.resolve(null);
    });
    await page.goto(site.url);
    await page.getByRole("heading", { name: "The browser refused a GPU" }).waitFor();
    await page.getByText("chrome://gpu").first().waitFor();
  });

  it("from an insecure address", async () => {
    browser = await openBrowser({ flags: ["--host-resolver-rules=MAP bitdial.test 127.0.0.1"] });
    const { page } = await openPage(browser);
    await page.goto(site.url.replace("127.0.0.1", "bitdial.test"));
    await page.getByRole("heading", { name: "This address is not secure" }).waitFor();
    await page.getByText(/https:\/\/bitdial\.test\/some\/path\//).waitFor();
  });

  it("when the model is not there, with a way to try again", async () => {
    browser = await openBrowser();
    const { page } = await openPage(browser);
    await page.route("**/model.safetensors", (route) => route.fulfill({ status: 404, body: "" }));
    await page.goto(site.url);
    await page
      .getByRole("heading", { name: "The engine could not start" })
      .waitFor({ timeout: 60_000 });
    expect(await page.getByRole("alert").textContent()).toMatch(/model\.safetensors/);
    await page.getByRole("button", { name: "Try again" }).waitFor();
  });

  it("when loading is cancelled, with a way to begin again", async () => {
    browser = await openBrowser();
    const { page } = await openPage(browser);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/model.safetensors", async (route) => {
      await held;
      await route.continue().catch(() => {});
    });
    await page.goto(site.url);
    await page.getByText("Download the model").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Loading was cancelled.").waitFor();
    release();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Cancel" }).waitFor();
  });
});
