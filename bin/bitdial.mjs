#!/usr/bin/env node
// Starts the command line of src/cli/main.ts, bundling it first when its sources have changed.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, "build", "cli", "main.mjs");
const config = join(root, "vite.cli.config.ts");
const sources = ["src", "shaders", "package.json", "vite.cli.config.ts"];

/** Newest change under a path, in ms; a folder too, as only it changes when a file goes away. */
function changedAt(path) {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) return 0;
  const own = Math.round(entry.mtimeMs); // utimes sets no finer than that
  if (!entry.isDirectory()) return own;
  return Math.max(own, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}

async function rebuild(newest) {
  process.stderr.write("Bundling the command line...\n");
  const { build } = await import("vite");
  mkdirSync(dirname(bundle), { recursive: true });
  // Built aside and moved, so that two commands may start at once.
  const aside = mkdtempSync(join(root, "build", ".cli-"));
  try {
    const mode = process.env.NODE_ENV;
    await build({ configFile: config, logLevel: "silent", build: { outDir: aside } });
    if (mode === undefined) delete process.env.NODE_ENV; // Vite sets it
    // As old as the sources it was made from, so that an edit made meanwhile shows.
    const time = new Date(newest);
    utimesSync(join(aside, "main.mjs"), time, time);
    renameSync(join(aside, "main.mjs"), bundle);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Resolves when all that was written has left: process.exit does not wait for pipes. */
function flushed(stream) {
  return new Promise((resolve) => stream.write("", () => resolve(undefined)));
}

// `bitdial ... | head` closes the pipe early; 141 is what a shell makes of SIGPIPE.
process.stdout.on("error", (error) => process.exit(error.code === "EPIPE" ? 141 : 1));
process.stderr.on("error", () => {}); // nobody reads progress: go on

let code = 1;
try {
  const newest = Math.max(...sources.map((path) => changedAt(join(root, path))));
  if (changedAt(bundle) !== newest) await rebuild(newest);
  const { main } = await import(pathToFileURL(bundle).href);
  code = await main(process.argv.slice(2));
} catch (error) {
  const missing = error?.code === "ERR_MODULE_NOT_FOUND";
  const hint = missing ? " (run npm install first)" : "";
  process.stderr.write(`bitdial: ${error instanceof Error ? error.message : error}${hint}\n`);
}
await flushed(process.stdout);
await flushed(process.stderr);
// Dawn keeps the process alive for as long as a GPU object is; its devices are destroyed on "exit".
process.exit(code);
