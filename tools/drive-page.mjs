// The built page in a browser, measuring settings one after another: for the recorded sample and the pictures.
import { runnerImport } from "vite";

const PATIENCE_MS = 1_800_000;
export const root = new URL("..", import.meta.url).pathname;
export const prompt = "One day, Tim and his dog found a small boat";

/** Opens the page at `link`, hands it to `work`, and closes everything whatever happens. */
export async function withPage(link, work) {
  const { module: site } = await runnerImport(`${root}/test/e2e/site.ts`);
  const { url, close } = await site.openSite();
  const browser = await site.openBrowser();
  try {
    const { page } = await site.openPage(browser);
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${url}#${link}`);
    await work(page);
  } finally {
    await browser.close();
    await close();
  }
}

/** Turns to each setting in order and waits until its quality and speed stand there. */
export async function measureSettings(page, settings) {
  for (const setting of settings) {
    await page.getByRole("textbox", { name: "Setting" }).fill(setting);
    const row = page.locator("tr[aria-current=true]", { hasText: setting });
    // Its KL stands there without the sign of a figure still being refined.
    await row.locator("td:nth-child(3)", { hasText: /\d$/ }).waitFor();
    await page.getByRole("button", { name: "Measure again" }).first().waitFor();
    console.log(`${setting}: ${(await row.textContent()) ?? ""}`);
  }
}
