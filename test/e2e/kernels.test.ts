import { afterAll, describe, expect, it } from "vitest";
import { lookAt, lookOnPhone, openVisit } from "./site.ts";

const { site, page, errors, close } = await openVisit();
const fetched: string[] = [];
page.context().on("request", (request) => fetched.push(request.url()));

afterAll(close);

const button = (name: string) => page.getByRole("button", { name, exact: true });
const row = (format: string) =>
  page
    .getByRole("region", { name: "Kernels, a table" })
    .getByRole("row")
    .filter({ has: page.getByRole("button", { name: format, exact: true }) });
const editor = () => page.getByRole("textbox", { name: /^WGSL of the copy/ });
const notice = () => page.getByRole("region", { name: "Changed kernels in use" });

/** Puts text in the place of other text of the editor, as a paste of the whole would. */
async function change(from: string, to: string): Promise<void> {
  const code = await page.evaluate(() => navigator.clipboard.readText());
  expect(code).toContain(from);
  await editor().focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(code.replace(from, to));
}

async function judge(): Promise<void> {
  await button("Compile, check and time").click();
  await button("Compile, check and time").waitFor({ timeout: 60_000 });
}

describe("the kernels' view", () => {
  it("opens by its address, and measures the kernel of a row under the device's roofs", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(`${site.url}#int4-g32&tokens=4&view=kernels`);
    await page.getByRole("combobox", { name: /^Shape/ }).fill("21x96", { timeout: 240_000 });
    await button("Run int4-g32").click();
    const cells = row("int4-g32").getByRole("cell");
    await expect.poll(async () => await cells.count(), { timeout: 60_000 }).toBe(6);
    const figures = await cells.allTextContents();
    expect(figures[1]).toMatch(/ms$/);
    for (const at of [2, 5]) expect(figures[at]).toMatch(/\d\s%$/);
    for (const at of [3, 4]) expect(Number(figures[at])).toBeGreaterThan(0);
    const variants = page.getByRole("region", { name: "Variants, a table" }).getByRole("row");
    expect(await variants.filter({ hasText: "ms" }).count()).toBe((await variants.count()) - 1);
    expect(await page.getByLabel("Roofs of this device").textContent()).toMatch(/GB\/s/);
  });

  it("runs what the filter leaves, and stops half-way", async () => {
    await page.getByRole("searchbox", { name: /^Format/ }).fill("int");
    await page.getByRole("button", { name: /^Run all \d+$/ }).click();
    await page.getByRole("progressbar", { name: "Kernels" }).waitFor();
    await button("Stop the kernels").click();
    await page.getByRole("button", { name: /^Run all \d+$/ }).waitFor();
    await page.getByRole("searchbox", { name: /^Format/ }).fill("nothing like it");
    await page.getByText("No format has this in its name").waitFor();
    await page.getByRole("searchbox", { name: /^Format/ }).fill("");
  });

  it("saves its figures, and copies the text that it shows the hash of", async () => {
    for (const [kind, holds] of [
      ["JSON", '"schema": "bitdial-kernels"'],
      ["CSV", "op,format,shape,variant,adapter"],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        button(`Save the kernels as ${kind}`).click(),
      ]);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
      expect(Buffer.concat(chunks).toString()).toContain(holds);
    }
    await button("Copy the WGSL").click();
    const sha256 = await page.evaluate(async () => {
      const bytes = new TextEncoder().encode(await navigator.clipboard.readText());
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    });
    await page.getByText(`SHA-256 ${sha256}`).waitFor();
  });

  it("reads well in both themes and on a phone, without serious faults of accessibility", async () => {
    // Every row is like the others.
    await page.getByRole("searchbox", { name: /^Format/ }).fill("int4");
    expect(await lookAt(page, "kernels", "light")).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await lookOnPhone(page, "kernels")).toEqual({ sideways: 0, violations: [] });
  });
});

describe("a copy of a kernel", () => {
  it("fetches an editor when it is wanted, and shows errors at their lines", async () => {
    const before = fetched.length;
    await button("Edit a copy").click();
    await editor().waitFor();
    expect(fetched.slice(before).some((url) => url.endsWith(".js"))).toBe(true);
    await change("let units = params.units", "let units = parms.units");
    await judge();
    const said = page.getByRole("list", { name: "What the compiler says" });
    expect(await said.textContent()).toMatch(/line \d+.*kernels\/matvec\.wgsl:\d+.*parms/);
    expect(await page.locator(".cm-lint-marker-error").count()).toBe(1);
    expect(await button("Use it for generation").isDisabled()).toBe(true);
  });

  it("is not used while it computes something else", async () => {
    await change("y[token", "y[1u + token");
    await judge();
    expect(await page.getByRole("list", { name: "Failed checks" }).textContent()).toMatch(
      /are off/,
    );
    expect(await button("Use it for generation").isDisabled()).toBe(true);
  });

  it("computes once it passes, says so on every view, and outlives a reload", async () => {
    await change("@compute", "// mine\n@compute");
    await judge();
    await page.getByText(/^All 5 checks against the processor hold/).waitFor();
    await page.getByRole("table", { name: /^The original and the copy/ }).waitFor();
    await button("Use it for generation").click();
    await notice().waitFor({ timeout: 60_000 });
    expect(await lookAt(page, "kernels-copy", "dark")).toEqual([]);
    await button("Playground").click();
    await notice().waitFor();
    await page.reload();
    await notice().waitFor({ timeout: 240_000 });
    await notice()
      .getByRole("button", { name: /^Remove the copy/ })
      .click();
    await expect.poll(async () => await notice().count(), { timeout: 60_000 }).toBe(0);
    expect(errors).toEqual([]);
  });
});
