// What oracles ask the project itself: the formats that there are, and the codes of a matrix in one of them.
//   registry.mjs list                           every row's usual name, its methods and whether it has 2:4, as JSON
//   registry.mjs codes <format> <rows> <cols>   f32 on stdin; codes, then scales, on stdout
//   registry.mjs values <format> <rows> <cols>  f32 on stdin, and on stdout what the codes stand for
import { dirname } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [command, name, rows, cols] = process.argv.slice(2);
const server = await createServer({
  root,
  configFile: false,
  logLevel: "error",
  appType: "custom",
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, ws: false, watch: null },
});
try {
  process.stdout.write(command === "list" ? await list() : await converted());
} finally {
  await server.close();
}

async function list() {
  const { formats, usualFormat } = await server.ssrLoadModule("/src/quant/registry.ts");
  const { formatName } = await server.ssrLoadModule("/src/quant/weight-format.ts");
  const entries = formats.map((row) => ({
    name: formatName(usualFormat(row)),
    methods: row.methods,
    sparse: row.sparse,
  }));
  return JSON.stringify(entries);
}

async function converted() {
  const { quantizeTensor, dequantizeTensor } = await server.ssrLoadModule("/src/quant/quantize.ts");
  const { parseSetting } = await server.ssrLoadModule("/src/quant/setting.ts");
  const given = new Uint8Array(await buffer(process.stdin));
  const { base } = parseSetting(name);
  const tensor = quantizeTensor(new Float32Array(given.buffer), Number(rows), Number(cols), base);
  const parts = command === "codes" ? [tensor.codes, tensor.scales] : [dequantizeTensor(tensor)];
  return Buffer.concat(parts.filter(Boolean).map(bytesOf));
}

function bytesOf({ buffer: memory, byteOffset, byteLength }) {
  return Buffer.from(memory, byteOffset, byteLength);
}
