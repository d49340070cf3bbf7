import { cpus, loadavg } from "node:os";
import { embeddedModel, findModelSource } from "../../src/cli/model-source.ts";
import { median } from "../../src/lib/stats.ts";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { matrixNames, matrixShape } from "../../src/model/weights.ts";
import { packTensor } from "../../src/quant/pack.ts";
import { quantizeTensor } from "../../src/quant/quantize.ts";
import { formats, usualFormat } from "../../src/quant/registry.ts";
import type { FormatRow, Method, WeightFormat } from "../../src/quant/types.ts";
import { formatStem } from "../../src/quant/weight-format.ts";

/** After the first time, which includes what the JavaScript engine does to make it fast. */
const REPEATS = 5;

interface Times {
  readonly name: string;
  readonly firstMs: number;
  readonly laterMs: readonly number[];
}

/** docs/requantise.md */
export async function requantiseDocument(onRow: (line: string) => void): Promise<string> {
  const model = await openEmbedded();
  const before = loadavg()[0] ?? 0;
  const rows: string[] = [];
  for (const format of everyFormat()) {
    const { name, firstMs, laterMs } = timesOf(model, format);
    const sorted = [...laterMs].sort((a, b) => a - b);
    const cells = [median(sorted), sorted[0] ?? 0, sorted[REPEATS - 1] ?? 0, firstMs];
    rows.push(`| ${name} | ${cells.map((ms) => ms.toFixed(0)).join(" | ")} |`);
    onRow(`${name}: ${cells[0]?.toFixed(0)} ms`);
  }
  return `# How long turning a dial takes

\`npm run requantise\` wrote this on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} x ${cpus()[0]?.model ?? "an unknown processor"},
Node ${process.versions.node}, load average ${before.toFixed(1)} before and ${(loadavg()[0] ?? 0).toFixed(1)} after, 1 of which is this program: anything much
above that is other programs it had to share with.

Every matrix of the embedded model's layers is quantised and packed anew on one thread, as the engine does it on the CPU. Copying to the
GPU and compiling kernels come on top, the table of the vocabulary stays as it is. **first** is the first time in a process that has done the formats above
it; **ms** is the median of ${REPEATS} times after that.

| format | ms | least | most | first |
| --- | --: | --: | --: | --: |
${rows.join("\n")}
`;
}

async function openEmbedded(): Promise<LoadedModel> {
  const source = await findModelSource(embeddedModel());
  if (source.kind !== "files") throw new Error("the embedded model is not in files");
  return loadModel(givenFiles(source.files));
}

/** Every row with every method, dense and as sparse as it can be. */
function everyFormat(): WeightFormat[] {
  return formats.flatMap((row) => row.methods.flatMap((method) => variantsOf(row, method)));
}

function variantsOf(row: FormatRow, method: Method): WeightFormat[] {
  const dense: WeightFormat = { ...usualFormat(row), method };
  return [
    dense,
    ...(row.sparse ? [{ ...dense, sparse: true }] : []),
    ...(row.exactZero ? [{ ...dense, pruned: 50 }] : []),
  ];
}

function timesOf(model: LoadedModel, format: WeightFormat): Times {
  const times = Array.from({ length: 1 + REPEATS }, () => {
    const begun = performance.now();
    packAll(model, format);
    return performance.now() - begun;
  });
  const [firstMs = 0, ...laterMs] = times;
  const method = format.method === "rtn" ? "" : `@${format.method}`;
  return { name: `${formatStem(format)}${method}`, firstMs, laterMs };
}

function packAll({ config, master }: LoadedModel, format: WeightFormat): void {
  for (let layer = 0; layer < config.layers; layer++) {
    for (const name of matrixNames(config)) {
      const [rows, cols] = matrixShape(config, name);
      packTensor(quantizeTensor(master.matrix(layer, name), rows, cols, format), "packed");
    }
  }
}
