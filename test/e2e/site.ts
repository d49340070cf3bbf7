import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import sirv from "sirv";
import { findBrowser } from "../../src/cli/browsers.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = `${root}/dist`;
export const results = `${root}/test-results`;
mkdirSync(results, { recursive: true });

/** A software adapter, so that these tests need no GPU. */
const webGpuFlags = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
const quietFlags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Site {
  /** Where dist/ is served, below a path, for the page must not care where it lives. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the built page; builds it first when a source is newer than it. */
export async function openSite(): Promise<Site> {
  if (isStale()) build();
  const serve = sirv(dist, { dev: true });
  const server = createServer((request, response) => {
    const missing = () => {
      response.writeHead(404);
      response.end();
    };
    const below = /^\/some\/path(\/.*)$/.exec(request.url ?? "");
    if (!below?.[1]) return missing();
    request.url = below[1];
    serve(request, response, missing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/some/path/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function openBrowser({
  webGpu = true,
  flags = [],
}: {
  webGpu?: boolean;
  flags?: readonly string[];
} = {}): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) {
    throw new Error("No Chrome, Chromium or Edge is installed; set CHROME_PATH to one.");
  }
  return await chromium.launch({
    executablePath,
    // Playwright's own headless switch would choose the old shell, which has no WebGPU.
    headless: true,
    ignoreDefaultArgs: ["--headless", "--headless=old"],
    args: ["--headless=new", ...quietFlags, ...(webGpu ? webGpuFlags : []), ...flags],
  });
}

/** A page whose errors fail the test that opened it: `errors` is to be empty at its end. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 1000 },
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, errors };
}

/** The built site in a browser, with one page for all tests of a file. */
export interface Visit {
  readonly site: Site;
  readonly browser: Browser;
  readonly page: Page;
  readonly errors: string[];
  close(): Promise<void>;
}

export async function openVisit(): Promise<Visit> {
  const site = await openSite();
  const browser = await openBrowser();
  const close = async () => {
    await browser.close();
    await site.close();
  };
  return { site, browser, ...(await openPage(browser)), close };
}

/**
 * Quality on the first words of each story, for what is tested is not a long text: a software adapter would read one for half a minute a
 * setting.
 */
export async function bringShortText(page: Page): Promise<void> {
  const stories = readFileSync(`${root}/public/texts/stories.txt`, "utf8");
  const mark = "<|endoftext|>";
  const short = stories.split(mark).map((story) => story.trim().split(/\s+/).slice(0, 6).join(" "));
  await page.getByLabel("Own text …").setInputFiles({
    name: "short.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(short.slice(0, 24).join(mark)),
  });
  await page.getByText(/short\.txt, \d+ tokens/).waitFor();
}

/** Takes a picture of the whole page at 1440 pixels, and says what axe finds in it. */
export async function lookAt(
  page: Page,
  name: string,
  colorScheme: "light" | "dark",
): Promise<string[]> {
  await page.emulateMedia({ colorScheme });
  const path = `${results}/${name}-1440-${colorScheme}.png`;
  await page.screenshot({ path, fullPage: true });
  return await seriousViolations(page);
}

/** The same at 390 pixels, with how far the page could be scrolled sideways; the page is wide again afterwards. */
export async function lookOnPhone(
  page: Page,
  name: string,
): Promise<{ sideways: number; violations: string[] }> {
  await page.setViewportSize({ width: 390, height: 844 });
  const sideways = await sidewaysPixels(page);
  const violations = await seriousViolations(page);
  await page.screenshot({ path: `${results}/${name}-390.png`, fullPage: true });
  await page.setViewportSize({ width: 1440, height: 1000 });
  return { sideways, violations };
}

/** Waits until the engine is idle: loaded, written, and nothing being measured. */
export async function whenWritten(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Generate" }).waitFor({ timeout: 240_000 });
}

/** What axe finds serious or critical, a line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
    );
}

/** How far the page could be scrolled sideways. */
export async function sidewaysPixels(page: Page): Promise<number> {
  return await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

/** In a process of its own: what a test run sets in its environment would build React for development. */
function build(): void {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const vite = `${root}/node_modules/vite/bin/vite.js`;
  execFileSync(process.execPath, [vite, "build", "--logLevel", "error"], { cwd: root, env });
}

function isStale(): boolean {
  const built = `${dist}/index.html`;
  if (!existsSync(built)) return true;
  const time = statSync(built).mtimeMs;
  const newer = (path: string) => statSync(path).mtimeMs > time;
  const folders = ["src", "shaders", "public"].flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true }).map(
      (name) => `${root}/${folder}/${name}`,
    ),
  );
  return [...folders, `${root}/index.html`, `${root}/vite.config.ts`].some(newer);
}
