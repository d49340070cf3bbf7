// npm run bench: our kernels beside ONNX Runtime's, and the embedded model's speed, as a table in docs/bench.md.
// With --formats: every format beside int4-g32, in docs/bench-formats.md; with --only as well, those settings, not written.
// Usage: node tools/bench.mjs [--adapter auto|gpu|llvmpipe|swiftshader] [--json] [--formats [--only LIST]]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, "build", "bench", "bench.mjs");
const { values } = parseArgs({
  options: {
    adapter: { type: "string" },
    json: { type: "boolean", default: false },
    formats: { type: "boolean", default: false },
    only: { type: "string" },
    /** Where the process for one adapter writes what it measured. */
    result: { type: "string" },
  },
});

/** This program again for one adapter: the peer opens one driver in a process and no other. */
async function measured(adapter, folder) {
  const file = join(folder, `${adapter}.json`);
  const args = [fileURLToPath(import.meta.url), "--adapter", adapter, "--result", file];
  if (values.formats) args.push("--formats");
  if (values.only) args.push("--only", values.only);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  let fault = `${adapter}: measuring ended early`;
  child.stderr.on("data", (part) => {
    said += part;
    const lines = said.split("\n");
    said = lines.pop() ?? "";
    for (const line of lines) {
      // The rest is what drivers and Dawn remark.
      if (line.startsWith("fault: ")) fault = `${adapter}: ${line.slice(7)}`;
      else if (line.startsWith("bench: ")) console.error(line.slice(7));
    }
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  return status === 0 ? { result: JSON.parse(readFileSync(file, "utf8")) } : { fault };
}

async function measureAll() {
  const folder = mkdtempSync(join(tmpdir(), "bitdial-bench-"));
  try {
    const results = [];
    const faults = [];
    const take = async (adapter) => {
      const { result, fault } = await measured(adapter, folder);
      if (result) results.push(result);
      else faults.push(fault);
    };
    const wanted = values.adapter ? [values.adapter] : ["llvmpipe", "swiftshader"];
    for (const adapter of wanted) await take(adapter);
    if (results.length === 0 && !values.adapter) await take("auto");
    for (const fault of faults) console.error(fault);
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let status = 0;
try {
  if (!values.result)
    await build({ configFile: join(root, "vite.bench.config.ts"), logLevel: "silent" });
  const bench = await import(pathToFileURL(bundle).href);
  if (values.result) {
    const say = (line) => process.stderr.write(`bench: ${line}\n`);
    const settings = values.only?.split(",") ?? bench.everySetting;
    const result = values.formats
      ? await bench.benchFormats(values.adapter, settings, say)
      : await bench.benchAdapter(values.adapter, say);
    writeFileSync(values.result, JSON.stringify(result));
  } else {
    const results = await measureAll();
    if (results.length === 0) status = 1;
    else {
      const [file, document] = values.formats
        ? ["bench-formats.md", bench.formatsDocument(results)]
        : ["bench.md", bench.benchDocument(results)];
      if (!values.only) writeFileSync(join(root, "docs", file), document);
      console.log(values.json ? JSON.stringify(results, null, 2) : document);
    }
  }
} catch (error) {
  const word = values.result ? "fault" : "bench";
  process.stderr.write(`${word}: ${error instanceof Error ? error.message : error}\n`);
  status = 1;
}
// Dawn keeps the process alive for as long as a GPU object is.
process.exit(status);
