// Takes the pictures of the README, docs/playground-*.png and docs/lab-*.png, from the real page with measured settings.
// Usage: node tools/pictures.mjs [playground|lab]
import { measureSettings, root, withPage } from "./drive-page.mjs";

const only = process.argv[2];
const settings = ["int4-g32", "int2-g32", "int4-g32+2:4", "int3-g32"];

async function shoot(page, name, width, height, colorScheme, fullPage) {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme });
  await page.waitForTimeout(500); // charts follow their width
  await page.screenshot({ path: `${root}/docs/${name}.png`, fullPage });
  console.log(`docs/${name}.png is taken.`);
}

async function playground(page) {
  await measureSettings(page, settings);
  await page.locator("article[aria-label=Candidate] .token").nth(6).click();
  await shoot(page, "playground-light", 1440, 1000, "light", true);
  await shoot(page, "playground-dark", 1440, 1000, "dark", true);
  await shoot(page, "playground-phone", 390, 844, "light", false);
}

async function lab(page) {
  await page.getByRole("radio", { name: "2,048" }).waitFor();
  await page.getByRole("button", { name: "Measure", exact: true }).click();
  await page.getByText("nothing left").waitFor();
  await shoot(page, "lab-light", 1440, 1000, "light", true);
}

if (only !== "lab") await withPage(`${settings[0]}&tokens=120&seed=7`, playground);
if (only !== "playground") await withPage(`${settings[0]}&tokens=4&view=lab`, lab);
