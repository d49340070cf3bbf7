// npm run isa: what every matrix kernel becomes on an AMD GPU that need not be there, as a table in docs/isa.md.
// Usage: node tools/isa.mjs [--family navi21|navi10|vega10]
import { spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, "build", "bench", "isa.mjs");
const { values } = parseArgs({
  options: { family: { type: "string", default: "navi21" }, compile: { type: "boolean" } },
});

/**
 * This program again, compiling: the driver prints to the process's stderr. Into a file, as Node's
 * pipes do not block, and what a full one does not take is lost.
 */
async function compiled() {
  const folder = mkdtempSync(join(tmpdir(), "bitdial-isa-"));
  const file = join(folder, "stderr.txt");
  const args = [fileURLToPath(import.meta.url), "--compile", "--family", values.family];
  const env = { ...process.env, RADV_DEBUG: "shaderstats,shaders" };
  try {
    const child = spawn(process.execPath, args, {
      env,
      stdio: ["ignore", "inherit", openSync(file, "w")],
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    const output = readFileSync(file, "utf8");
    if (status === 0) return output;
    const said = output.split("\n").filter((line) => line.startsWith("isa: "));
    throw new Error(said.at(-1)?.slice(5) ?? `compiling ended with ${status}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  if (!values.compile) {
    const configFile = join(root, "vite.bench.config.ts");
    await build({ configFile, logLevel: "silent" });
  }
  const { compileKernels, isaDocument, isaRows, isaVerdict } = await import(
    pathToFileURL(bundle).href
  );
  if (values.compile) await compileKernels(values.family);
  else {
    const rows = isaRows(await compiled());
    const file = join(root, "docs", "isa.md");
    writeFileSync(file, isaDocument(rows, values.family));
    console.log(`${rows.length} kernels for ${values.family}, written to docs/isa.md.`);
    console.log(isaVerdict(rows));
  }
} catch (error) {
  process.stderr.write(`isa: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
// Dawn keeps the process alive for as long as a GPU object is.
process.exit(0);
