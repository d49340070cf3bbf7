import { afterAll, describe, expect, it } from "vitest";
import { lookAt, lookOnPhone, openVisit, results } from "./site.ts";

const { site, page, errors, close } = await openVisit();

afterAll(close);

const button = (name: string) => page.getByRole("button", { name, exact: true });
const story = "The cat sat by the window and looked at the rain. She wanted to play outside. ";
const text = (name: string, content: string | Buffer) => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(content),
});
const pairs = [
  ["The dogs were very happy.", "The dogs was very happy."],
  ["Lily lost her ball.", "Lily lost his ball."],
  ["He went to the park.", "He goed to the park."],
].map(([good, bad]) => JSON.stringify({ sentence_good: good, sentence_bad: bad }));

describe("own text and tasks in the lab", () => {
  it("takes a text by file and by pasting, and says why not", async () => {
    await page.goto(`${site.url}#int4-g32&tokens=4&view=lab`);
    await page.getByRole("heading", { name: "Sweep" }).waitFor({ timeout: 240_000 });
    const file = page.getByLabel("Own text …");
    await file.setInputFiles(text("latin1.txt", Buffer.from([0x6e, 0xef, 0x76])));
    await page.getByText("latin1.txt is not UTF-8 text; save it as UTF-8").waitFor();
    await file.setInputFiles(text("short.txt", "Too short."));
    await page.getByText(/short\.txt has \d+ tokens; 64 is the least/).waitFor();
    await file.setInputFiles(text("mine.txt", story.repeat(12)));
    await page.getByText(/mine\.txt, \d+ tokens/).waitFor();
    await button("Paste").click();
    await page.getByLabel("Text to measure quality on").fill(story.repeat(10));
    await button("Use this text").click();
    await page.getByText(/pasted text, \d+ tokens/).waitFor();
  });

  it("takes pairs, by dropping them too, and names the bad line", async () => {
    const drop = (name: string, content: string) =>
      page.evaluate(
        ([file, body]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([body ?? ""], file ?? ""));
          const zone = document.evaluate(
            "//label[contains(., 'Own pairs')]",
            document,
            null,
            XPathResult.FIRST_ORDERED_NODE_TYPE,
          ).singleNodeValue;
          for (const kind of ["dragover", "drop"]) {
            const event = { bubbles: true, cancelable: true, dataTransfer: transfer };
            zone?.dispatchEvent(new DragEvent(kind, event));
          }
        },
        [name, content],
      );
    await drop("bad.jsonl", `${pairs[0]}\n{"sentence_good":"He went."}\n`);
    await page.getByText("bad.jsonl, line 2: sentence_bad is missing").waitFor();
    await drop("mine.jsonl", pairs.join("\n"));
    await page.getByText("mine.jsonl, 3 pairs").waitFor();
    // The lab's own place for reports did not take them for reports.
    expect(await page.getByText("Drop reports to open them").count()).toBe(0);
    expect(await page.getByText(/not JSON/).count()).toBe(0);
  });

  it("asks them in a sweep and shows what was answered", async () => {
    await button("my own").click();
    await page.getByRole("textbox", { name: /Settings/ }).fill("int2-g32");
    await page.getByRole("group", { name: "Tasks to ask" }).getByText("pairs").click();
    await button("Measure").click();
    const card = page.getByRole("region", { name: "Tasks", exact: true });
    await card.getByRole("row").filter({ hasText: "int2-g32" }).waitFor({ timeout: 240_000 });
    expect(await card.textContent()).toMatch(/40 of 156 items; guessing gets 50\.0/);
    await card.getByRole("radio", { name: "own" }).click();
    expect(await card.textContent()).toMatch(/mine\.jsonl, 3 items; .*the reference \d/);
    await page.getByText("2 settings measured, nothing left").waitFor({ timeout: 120_000 });
    expect(await page.getByText(/pasted text, \d+ tokens in windows/).count()).toBe(1);
  });

  it.each(["light", "dark"] as const)("has no serious violation in %s", async (colorScheme) => {
    expect(await lookAt(page, "tasks", colorScheme)).toEqual([]);
  });

  it("fits a phone", async () => {
    expect(await lookOnPhone(page, "tasks")).toEqual({ sideways: 0, violations: [] });
  });

  it("uses the text in the playground, and goes back to the stories", async () => {
    await button("Clear").click();
    await page.getByRole("button", { name: "Playground" }).first().click();
    await page.getByRole("button", { name: "Generate" }).waitFor({ timeout: 240_000 });
    await page
      .getByText(/pasted text, \d+ tokens/)
      .first()
      .waitFor();
    await page.screenshot({ path: `${results}/own-text-playground.png`, fullPage: true });
    await button("Back to the stories").click();
    await page.getByText("stories.txt, which ships").waitFor();
    expect(errors).toEqual([]);
  });
});
