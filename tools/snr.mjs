// npm run snr: the signal-to-noise ratio of every weight format on random weights, as a table in docs/snr.md.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await build({ configFile: join(root, "vite.bench.config.ts"), logLevel: "silent" });
const { snrDocument } = await import(pathToFileURL(join(root, "build", "bench", "snr.mjs")).href);
const file = join(root, "docs", "snr.md");
writeFileSync(file, snrDocument());
console.log("Written to docs/snr.md.");
