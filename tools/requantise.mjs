// npm run requantise: how long every weight format takes to quantise and pack the embedded model, as a table in docs/requantise.md.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await build({ configFile: join(root, "vite.bench.config.ts"), logLevel: "silent" });
const bundle = pathToFileURL(join(root, "build", "bench", "requantise.mjs")).href;
const { requantiseDocument } = await import(bundle);
writeFileSync(join(root, "docs", "requantise.md"), await requantiseDocument(console.log));
console.log("Written to docs/requantise.md.");
