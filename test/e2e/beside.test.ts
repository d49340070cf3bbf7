import { afterAll, describe, expect, it } from "vitest";
import { openVisit, results, seriousViolations, sidewaysPixels } from "./site.ts";

const { site, page, errors, close } = await openVisit();
const fetched: string[] = [];
page.context().on("request", (request) => fetched.push(request.url()));

afterAll(close);

const button = (name: string) => page.getByRole("button", { name, exact: true });
const bar = () => page.getByRole("progressbar", { name: "Comparison with ONNX Runtime" });

describe("beside ONNX Runtime", () => {
  it("fetches nothing of it before it is asked for, and can be stopped", async () => {
    await page.goto(`${site.url}#f32&tokens=4&view=lab`);
    await page.getByRole("heading", { name: "Beside ONNX Runtime" }).waitFor({ timeout: 240_000 });
    expect(fetched.filter((url) => /\/ort[-.]|\.wasm/.test(url))).toEqual([]);
    await button("Compare").click();
    await bar().waitFor();
    await button("Stop").click();
    await button("Compare").waitFor();
  });

  it("agrees with our logits on WebGPU and on the processor, and is a row under ours", async () => {
    await button("Compare").click();
    const table = page.getByRole("region", { name: "Both programs, a table" });
    await table.waitFor({ timeout: 280_000 });
    // One setting, for time's sake: test/engine/peer.test.ts holds the graphs of the others.
    for (const provider of ["webgpu", "wasm"]) {
      const row = table.getByRole("row").filter({ hasText: `f32, ONNX Runtime, ${provider}` });
      const off = Number(await row.getByRole("cell").last().textContent());
      expect(off).toBeGreaterThan(0);
      expect(off).toBeLessThan(1e-3);
    }
    const wasm = fetched.filter((url) => url.endsWith(".wasm"));
    expect(wasm.length).toBeGreaterThan(0);
    expect(wasm.every((url) => url.startsWith(site.url))).toBe(true);
  });

  it("reads well in the dark and on a phone, without serious faults of accessibility", async () => {
    expect(await seriousViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await seriousViolations(page)).toEqual([]);
    const card = page.locator("section").filter({ hasText: "Beside ONNX Runtime" }).last();
    await card.screenshot({ path: `${results}/beside-dark.png` });
    await page.emulateMedia({ colorScheme: "light" });
    await card.screenshot({ path: `${results}/beside-light.png` });
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await sidewaysPixels(page)).toBe(0);
    await card.screenshot({ path: `${results}/beside-phone.png` });
    expect(errors).toEqual([]);
  });
});
