// Records public/samples/stories.json: what visitors without WebGPU see, labelled as recorded. It drives the real page.
// Usage: node tools/record-sample.mjs [setting ...]   (the last one writes the text that is shown)
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { measureSettings, prompt, root, withPage } from "./drive-page.mjs";

const wanted = process.argv.slice(2);
const settings = wanted.length > 0 ? wanted : ["int8-g32", "int4-g32", "int2-g32", "int3-g32"];

await withPage(`${settings[0]}&tokens=120&seed=7`, async (page) => {
  await measureSettings(page, settings);
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
});
