import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, openPage, openSite, type Site, whenWritten } from "./site.ts";

let site: Site;
let browser: Browser;

beforeAll(async () => {
  site = await openSite();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Runs before the worker's own code: keeps hold of the newest device, as a driver does. */
const holdDevice = `
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...options) {
    globalThis.newestDevice = await request.apply(this, options);
    return globalThis.newestDevice;
  };
`;

describe("a GPU that is lost while it writes", () => {
  it("is told in a sentence, and the page goes on with the same model and setting", async () => {
    const { page, errors } = await openPage(browser);
    await page.route("**/assets/worker-*.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: holdDevice + (await response.text()) });
    });
    await page.goto(`${site.url}#int4-g64&tokens=300`);
    await page.locator(".token").nth(3).waitFor({ timeout: 240_000 });
    const [worker] = page.workers();
    if (!worker) throw new Error("The page has no worker.");
    await worker.evaluate(() => {
      (globalThis as unknown as { newestDevice: GPUDevice }).newestDevice.destroy();
    });
    await page.getByRole("alert").getByText(/lost/).waitFor();
    await page.getByText(/lost and is back, with the same model/).waitFor({ timeout: 240_000 });
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await page.getByRole("alert").count()).toBe(0);
    // It was writing, so it writes again, from the beginning.
    await page.locator(".token").nth(9).waitFor({ timeout: 120_000 });
    await page.getByRole("button", { name: "Stop" }).click();
    await whenWritten(page);
    expect(await page.getByRole("textbox", { name: "Setting" }).inputValue()).toBe("int4-g64");
    expect(errors).toEqual([]);
  });

  it("can be left behind by starting the engine again", async () => {
    const { page } = await openPage(browser);
    await page.route("**/assets/worker-*.js", async (route) => {
      const response = await route.fetch();
      // A device that is lost before it was ever used does not come back by itself.
      const refuse = `${holdDevice} setTimeout(() => { throw new Error("gone") }, 400);`;
      await route.fulfill({ response, body: refuse + (await response.text()) });
    });
    await page.goto(`${site.url}#int4-g64&tokens=8`);
    await page.getByRole("alert").getByText(/gone/).waitFor({ timeout: 60_000 });
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.getByRole("button", { name: /Try again|Restart the engine/ }).click();
    await whenWritten(page);
    await page.locator(".token").nth(3).waitFor();
  });
});
