// npm run check:135m -- <SmolLM2-135M-Instruct.Q4_1.gguf>: the real model against the golden values in golden.json beside it, under
// WebGPU's default limits. Usage: node tools/check-135m.mjs FILE [--adapter llvmpipe|swiftshader|gpu|auto]
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { adapter: { type: "string", default: "llvmpipe" } },
});

let status = 1;
try {
  const [model] = positionals;
  if (!model) throw new Error("name the GGUF file of SmolLM2-135M-Instruct, golden.json beside it");
  await build({ configFile: join(root, "vite.bench.config.ts"), logLevel: "silent" });
  const bundle = join(root, "build", "bench", "check-135m.mjs");
  const { checkModel } = await import(pathToFileURL(bundle).href);
  const say = ({ what, found, wanted, ok }) =>
    console.log(`${ok === null ? "--  " : ok ? "ok  " : "FAIL"} ${what}: ${found} (${wanted})`);
  if (await checkModel(model, values.adapter, say)) status = 0;
} catch (error) {
  process.stderr.write(`check:135m: ${error instanceof Error ? error.message : error}\n`);
}
// Dawn keeps the process alive for as long as a GPU object is.
process.exit(status);
