// npm run bench:135m -- <SmolLM2-135M-Instruct.Q4_1.gguf>: a large model beside ONNX Runtime, as a table in docs/bench-135m.md.
// Usage: node tools/bench-135m.mjs FILE [--adapter llvmpipe|gpu|auto]
import { writeFileSync } from "node:fs";
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
  if (!model) throw new Error("name the model: a GGUF file or a folder");
  await build({ configFile: join(root, "vite.bench.config.ts"), logLevel: "silent" });
  const bundle = join(root, "build", "bench", "bench-135m.mjs");
  const { benchBigModel, bigModelDocument } = await import(pathToFileURL(bundle).href);
  const result = await benchBigModel(model, values.adapter, (line) => console.error(line));
  const document = bigModelDocument(result);
  writeFileSync(join(root, "docs", "bench-135m.md"), document);
  console.log(document);
  status = 0;
} catch (error) {
  process.stderr.write(`bench:135m: ${error instanceof Error ? error.message : error}\n`);
}
// Dawn keeps the process alive for as long as a GPU object is.
process.exit(status);
