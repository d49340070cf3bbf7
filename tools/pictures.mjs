// Takes the pictures of the README, docs/playground-*.png, from the real page with measured settings.
// Usage: node tools/pictures.mjs
import { measureSettings, root, withPage } from "./drive-page.mjs";

const settings = ["int4-g32", "int2-g32", "int4-g32+2:4", "int3-g32"];

await withPage(`${settings[0]}&tokens=120&seed=7`, async (page) => {
  await measureSettings(page, settings);
  await page.locator("article[aria-label=Candidate] .token").nth(6).click();
  const shoot = async (name, width, height, colorScheme, fullPage) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(500); // the chart follows its width
    await page.screenshot({ path: `${root}/docs/playground-${name}.png`, fullPage });
  };
  await shoot("light", 1440, 1000, "light", true);
  await shoot("dark", 1440, 1000, "dark", true);
  await shoot("phone", 390, 844, "light", false);
});
console.log("docs/playground-light.png, -dark.png and -phone.png are taken.");
