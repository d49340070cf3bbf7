import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { quantisedStories } from "../support/quantised-model.ts";
import { shardsOf260K } from "../support/shards.ts";
import { type Asked, type Fault, openModelHost } from "./model-host.ts";
import { lookAt, lookOnPhone, openVisit, whenWritten } from "./site.ts";

const host = await openModelHost();
const { site, page, errors, close } = await openVisit();

afterAll(async () => {
  await close();
  await host.close();
});

afterEach(() => {
  host.fault = null;
  host.etag = '"one"';
});

const weights = "model.safetensors";
const field = page.getByLabel("From Hugging Face, or an address");
const alert = page.getByRole("alert").filter({ hasText: /./ });
const card = page.getByRole("heading", { name: "stories", exact: true });
const dialog = page.getByRole("dialog", { name: "Open a model" });
const look = async (text: string) => {
  await field.fill(text);
  await page.getByRole("button", { name: "Look at it", exact: true }).click();
};
const fetchIt = () => page.getByRole("button", { name: /^Download .* and load$/ }).click();

/** Names in the browser's own file system, by folder. */
const keptFiles = () =>
  page.evaluate(async () => {
    const names: Record<string, number> = {};
    const root = await navigator.storage.getDirectory();
    const home = await root.getDirectoryHandle("kept").catch(() => null);
    if (!home) return names;
    for await (const [name, folder] of home.entries()) {
      names[name] = 0;
      for await (const _ of (folder as FileSystemDirectoryHandle).keys()) names[name]++;
    }
    return names;
  });

/** Of the weights beyond their header. */
const later =
  (answer: (asked: Asked, response: ServerResponse) => void, every = 1): Fault =>
  (asked, response) => {
    if (asked.name !== weights || asked.start === 0 || asked.count % every !== 0) return false;
    answer(asked, response);
    return true;
  };

const part = ({ start, end, bytes }: Asked, total = bytes.length) => ({
  "Content-Range": `bytes ${start}-${end - 1}/${total}`,
});

/** Half of what was asked for, then nothing more. */
const cut = (asked: Asked, response: ServerResponse) => {
  const { start, end, bytes } = asked;
  response.writeHead(206, part(asked));
  response.flushHeaders();
  response.write(bytes.subarray(start, (start + end) >> 1), () => response.destroy());
};

describe("a link to a model that is not here", () => {
  it("asks before it asks anybody else", async () => {
    await page.goto(`${site.url}#int4-g32&model=hf:test/stories&tokens=6&seed=3`);
    await page.getByRole("heading", { name: "This link opens another model" }).waitFor();
    await page.getByText("Names lead to huggingface.co").click();
    await page.getByLabel("Mirror").fill(host.url);
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText(`Names lead to ${host.url}`).waitFor();
    expect(host.asked).toEqual([]);
  });

  it("cannot talk to hosts that nobody allowed, its worker neither", async () => {
    const worker = page.workers()[0];
    if (!worker) throw new Error("The page has no worker.");
    const ask = (url: string) =>
      fetch(url).then(
        () => "answered",
        () => "refused",
      );
    const stranger = host.url.replace("127.0.0.1", "localhost");
    const allowed = `${host.url}/test/stories/resolve/main/config.json`;
    expect(await page.evaluate(ask, allowed)).toBe("answered");
    expect(await page.evaluate(ask, stranger)).toBe("refused");
    expect(await worker.evaluate(ask, allowed)).toBe("answered");
    expect(await worker.evaluate(ask, stranger)).toBe("refused");
    expect(errors.filter((error) => /Content Security Policy/.test(error))).not.toEqual([]);
    errors.length = 0;
    host.asked.length = 0;
  });

  it("says what it is and what it takes before it is fetched", async () => {
    await look("test/stories");
    await card.waitFor();
    for (const text of ["260 k (260,032)", "mit", "safetensors, F32", "1.04 MB"])
      await page.getByText(text, { exact: true }).waitFor();
    const total = page.getByRole("row", { name: /^In all/ });
    const before = await total.textContent();
    await page.getByLabel("Context").selectOption("256");
    await page.getByText("Caches of three texts, at 256 tokens").waitFor();
    expect(await total.textContent()).not.toBe(before);
    // Its header alone.
    expect(host.asked.filter((asked) => asked === `GET ${weights}`)).toHaveLength(1);
    expect(await lookAt(page, "open-card", "light")).toEqual([]);
    expect(await lookOnPhone(page, "open-card")).toEqual({ sideways: 0, violations: [] });
  });
});

describe("a host that fails", () => {
  const changed: [string, Fault, RegExp][] = [
    [
      "answers 416",
      later((_asked, response) => response.writeHead(416).end()),
      /model\.safetensors .*answered 416: the file there is shorter than before/,
    ],
    [
      "sends the whole file where a part was asked for",
      later(({ bytes }, response) => response.writeHead(200).end(bytes)),
      /model\.safetensors: .*sends the whole file where a part is asked for/,
    ],
    [
      "says another length midway",
      later((asked, response) => response.writeHead(206, part(asked, 5000)).end("1")),
      /model\.safetensors changed on the server/,
    ],
    [
      "has another file midway",
      later(({ start, end, bytes }, response) => {
        response.setHeader("ETag", '"two"');
        response.writeHead(206, part({ start, end, bytes, name: "", count: 0 })).end("1");
      }),
      /model\.safetensors changed on the server/,
    ],
    [
      "answers 404 midway",
      later((_asked, response) => response.writeHead(404).end()),
      /model\.safetensors .*answered 404; check the address/,
    ],
  ];

  it.each(changed)("%s: one sentence, and nothing half-written", async (_what, fault, sentence) => {
    if (!(await card.isVisible())) await look("test/stories");
    await card.waitFor();
    host.fault = fault;
    await fetchIt();
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(sentence);
    expect(await keptFiles()).toEqual({ weights: 0, models: 0, partial: 0 });
  });

  it("has no such model", async () => {
    await look("hf:test/none");
    await alert.getByText(/model\.safetensors .*answered 404; check the address/).waitFor();
  });

  it("trickles: loading is left within a second", async () => {
    await look("test/stories");
    await card.waitFor();
    host.fault = later((asked, response) => {
      response.writeHead(206, part(asked));
      const timer = setInterval(() => response.write("1"), 40);
      response.on("close", () => clearInterval(timer));
    });
    await fetchIt();
    await page.getByText(/MB · model\.safetensors/).waitFor();
    expect((await keptFiles()).partial).toBeGreaterThan(0);
    const begun = performance.now();
    await page.getByRole("button", { name: "Cancel" }).click();
    await field.waitFor();
    expect(performance.now() - begun).toBeLessThan(1000);
    await expect.poll(keptFiles).toEqual({ weights: 0, models: 0, partial: 0 });
  });
});

describe("files of this device", () => {
  const folder = fileURLToPath(new URL("../fixtures/stories260K/", import.meta.url));
  const choose = page.getByLabel("Choose files");

  it("say what they are before they are loaded", async () => {
    await choose.setInputFiles(
      ["config.json", "tokenizer.json", weights].map((name) => folder + name),
    );
    await page.getByText("To read from this device").waitFor();
    await page.getByText("not named in its files").waitFor();
    await page.getByRole("button", { name: "Back" }).click();
  });

  it("that are damaged or no model are refused in a sentence", async () => {
    const file = (name: string, buffer: Buffer) => ({ name, mimeType: "", buffer });
    await choose.setInputFiles([file("a.gguf", Buffer.from("GGUF\u0003\0\0\0and then nothing"))]);
    await alert.getByText(/^a\.gguf/).waitFor();
    const cutOff = readFileSync(folder + weights).subarray(0, 300_000);
    await choose.setInputFiles([
      file("config.json", readFileSync(`${folder}config.json`)),
      file("tokenizer.json", readFileSync(`${folder}tokenizer.json`)),
      file(weights, cutOff),
    ]);
    await alert.getByText(/^model\.safetensors: tensor .* ends at byte/).waitFor();
    await choose.setInputFiles([file("holiday.png", Buffer.from("no model"))]);
    await alert.getByText(/^config\.json is missing; a model is a folder/).waitFor();
  });
});

const story = () =>
  page.getByRole("article", { name: "Candidate" }).locator(".story").textContent();
let written: string | null = null;

describe("a model that was opened", () => {
  it("comes whole over a connection that breaks again and again, and is kept", async () => {
    await look("hf:test/stories");
    await card.waitFor();
    host.fault = later(cut, 3);
    await fetchIt();
    await page.getByText("Check them against the CPU").waitFor({ timeout: 30_000 });
    await whenWritten(page);
    written = await story();
    expect(page.url()).toContain("&model=hf:test/stories");
    expect(await keptFiles()).toMatchObject({ models: 1, partial: 0 });
  });

  it("opens again from its link when the host is gone", async () => {
    host.fault = (_asked, response) => {
      response.destroy();
      return true;
    };
    host.asked.length = 0;
    await page.reload();
    await whenWritten(page);
    await page.getByRole("button", { name: /^Model: stories, 260 k/ }).waitFor();
    expect(host.asked).toEqual([]);
  });

  it("stands in the list of what is kept", async () => {
    await page.getByRole("button", { name: /^Model: stories/ }).click();
    await dialog.getByText(/1\.06 MB, used/).waitFor();
    expect(await dialog.getByRole("button", { name: "Delete stories" }).isDisabled()).toBe(true);
    for (const scheme of ["light", "dark"] as const)
      expect(await lookAt(page, "open-model", scheme)).toEqual([]);
    expect(await lookOnPhone(page, "open-model")).toEqual({ sideways: 0, violations: [] });
    await page.keyboard.press("Escape");
  });

  it("gives way to the embedded model with one press", async () => {
    await page.getByRole("button", { name: "Back to the embedded model" }).click();
    await page.getByRole("button", { name: /^Model: stories, 5\.2 M/ }).waitFor();
    await whenWritten(page);
    expect(page.url()).not.toContain("model=");
    await page.getByRole("button", { name: /^Model: stories/ }).click();
    await dialog.getByRole("button", { name: "Delete stories" }).click();
    await dialog.getByText("Nothing yet.").waitFor();
    expect(await keptFiles()).toEqual({ weights: 0, models: 0, partial: 0 });
    await page.keyboard.press("Escape");
  });
});

describe("a model of this device", () => {
  const shards = mkdtempSync(join(tmpdir(), "shards-"));
  const setting = page.getByRole("textbox", { name: "Setting" });
  let native: string | null = null;

  beforeAll(async () => {
    // Quality of the embedded model: what is tested here is the text.
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("switch", { name: "measure every setting" }).uncheck({ force: true });
    for (const [name, bytes] of Object.entries((await shardsOf260K()).files))
      writeFileSync(join(shards, name), bytes);
  });
  afterAll(() => rmSync(shards, { recursive: true }));

  const openDialog = async () => {
    await page.getByRole("button", { name: /^Model: / }).click();
    await dialog.getByRole("heading", { name: "From this device" }).waitFor();
  };

  /** As from a file manager: the browser itself reads what was dropped. */
  const drop = async (path: string) => {
    const target = dialog.getByRole("region", { name: "From this device" });
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (!box) throw new Error("The place to drop files on is not shown.");
    const input = await page.context().newCDPSession(page);
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await input.send("Input.dispatchDragEvent", { type, ...place, data });
    await input.detach();
  };

  /** Loads what the card shows, and gives what the candidate then wrote. */
  const load = async () => {
    const keep = dialog.getByRole("checkbox", { name: /^Keep it in this browser/ });
    if (await keep.isChecked()) await keep.uncheck();
    await dialog.getByRole("button", { name: "Load", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await whenWritten(page);
    return await story();
  };

  it("is a folder that is dropped, of two files of weights, and writes what it wrote from one", async () => {
    await openDialog();
    await drop(shards);
    await dialog.getByText("safetensors, F32, 2 files").waitFor();
    expect(written).toMatch(/\w{2}/);
    expect(await load()).toBe(written);
    await page.getByRole("button", { name: /^Model: shards-.*, 260 k/ }).waitFor();
  });

  it("is a GGUF file, whose blocks can stay as they are", async () => {
    await setting.fill("native");
    await page.getByText(/^"native" at character 1 leaves the blocks of a GGUF file/).waitFor();
    await openDialog();
    const buffer = Buffer.from(await quantisedStories("Q4_0"));
    const file = { name: "tiny.gguf", mimeType: "", buffer };
    await dialog.getByLabel("Choose files").setInputFiles([file]);
    await dialog.getByText(/^GGUF, Q4_0, F32$/).waitFor();
    expect(await load()).toMatch(/\w{2}/);
    const dial = page.getByRole("combobox", { name: "Number format" });
    await dial.selectOption("native");
    await page.getByRole("article", { name: "Candidate" }).getByText("native").waitFor();
    await whenWritten(page);
    expect(await setting.inputValue()).toBe("native");
    await page.getByText("Q4_0 as in the file").waitFor();
    native = await story();
  });

  it("is not held by the page when it comes from a host and is not kept: its blocks are read again", async () => {
    await openDialog();
    await look("hf:test/stories/tiny.gguf");
    await dialog.getByText(/^GGUF, Q4_0, F32$/).waitFor();
    await dialog.getByRole("button", { name: /^Download .* and load$/ }).click();
    await dialog.waitFor({ state: "hidden" });
    await whenWritten(page);
    expect(await setting.inputValue()).toBe("native");
    expect(await story()).toBe(native);
    expect(await keptFiles()).toEqual({ weights: 0, models: 0, partial: 0 });
    // What a browser says of answers that were made to fail is no error of the page.
    expect(errors.filter((error) => !error.startsWith("Failed to load resource"))).toEqual([]);
  });
});
