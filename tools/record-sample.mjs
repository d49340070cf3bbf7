// Records public/samples/stories.json: what visitors without WebGPU see, labelled as recorded. It drives the real page.
// Usage: node tools/record-sample.mjs [setting ...]   (the last one writes the text that is shown)
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const prompt = "One day, Tim and his dog found a small boat";
const link = "&tokens=120&seed=7";
const [first = "int8-g32", ...more] = process.argv.slice(2);
const settings = [first, ...(more.length > 0 ? more : ["int4-g32", "int2-g32", "int3-g32"])];
const PATIENCE = 1_800_000;

const { module: site } = await runnerImport(`${root}/test/e2e/site.ts`);
const { url, close } = await site.openSite();
const browser = await site.openBrowser();
try {
  const { page } = await site.openPage(browser);
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${url}#${settings[0]}${link}`);
  for (const setting of settings) {
    await page.getByRole("textbox", { name: "Setting" }).fill(setting);
    const row = page.locator("tr[aria-current=true]", { hasText: setting });
    // Its KL stands there without the sign of a figure still being refined.
    await row.locator("td:nth-child(3)", { hasText: /\d$/ }).waitFor();
    await page.getByRole("button", { name: "Measure again" }).first().waitFor();
    console.log(`${setting}: ${(await row.textContent()) ?? ""}`);
  }
  const words = await page.evaluate(() => ({
    reference: document.querySelector("article[aria-label=Reference] .story")?.textContent ?? "",
    candidate: [...document.querySelectorAll("article[aria-label=Candidate] .token")].map(
      (token) => ({
        text: token.textContent ?? "",
        kl: token instanceof HTMLElement && token.dataset.kl ? Number(token.dataset.kl) : null,
      }),
    ),
    parts:
      document.querySelector("[data-parts]")?.nextElementSibling?.getAttribute("data-stop") ?? null,
  }));
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export report as JSON" }).first().click(),
  ]);
  const report = JSON.parse(readFileSync(await download.path(), "utf8"));
  const sample = {
    schema: "bitdial-sample",
    version: 1,
    prompt,
    setting: settings.at(-1),
    reference: [words.reference.slice(prompt.length)],
    candidate: words.candidate.filter(({ kl }) => kl !== null),
    partsAt: words.parts === null ? null : Number(words.parts),
    report,
  };
  mkdirSync(`${root}/public/samples`, { recursive: true });
  writeFileSync(`${root}/public/samples/stories.json`, `${JSON.stringify(sample)}\n`);
  console.log("public/samples/stories.json is written.");
} finally {
  await browser.close();
  await close();
}
