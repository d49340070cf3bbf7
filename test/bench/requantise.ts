import { cpus, loadavg } from "node:os";
import { embeddedModel, findModelSource } from "../../src/cli/model-source.ts";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { matrixNames, matrixShape } from "../../src/model/weights.ts";
import { packTensor } from "../../src/quant/pack.ts";
import { quantizeTensor } from "../../src/quant/quantize.ts";
import { formats, usualFormat } from "../../src/quant/registry.ts";
import type { WeightFormat } from "../../src/quant/types.ts";
import { formatStem, sparseParts } from "../../src/quant/weight-format.ts";

/** Of each matrix, the first of them included, which has to wait for the JavaScript engine to make it fast. */
const TIMES = 2;

interface Times {
  /** Sums over the matrices. */
  readonly firstMs: number;
  readonly leastMs: number;
}

/** docs/requantise.md */
export async function requantiseDocument(onRow: (line: string) => void): Promise<string> {
  const model = await openEmbedded();
  const before = loadavg()[0] ?? 0;
  const rows: string[] = [];
  for (const format of everyFormat()) {
    const { firstMs, leastMs } = timesOf(model, format);
    const method = format.method === "rtn" ? "" : `@${format.method}`;
    const name = [
      formatStem(format),
      ...sparseParts(format).map((part) => `+${part}`),
      method,
    ].join("");
    rows.push(`| ${name} | ${leastMs.toFixed(0)} | ${firstMs.toFixed(0)} |`);
    onRow(`${name}: ${leastMs.toFixed(0)} ms`);
  }
  return `# How long turning a dial takes

\`npm run requantise\` wrote this on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} x ${cpus()[0]?.model ?? "an unknown processor"},
Node ${process.versions.node}, load average ${before.toFixed(1)} before and ${(loadavg()[0] ?? 0).toFixed(1)} after, 1 of which is this program: anything much
above that is other programs it had to share with.

Every matrix of the embedded model's layers, 4.7 million weights, is quantised and packed anew on one thread, as the engine does it on the
CPU. Copying to the GPU and compiling kernels come on top; the table of the vocabulary stays as it is. Times are those of the processor, not
of the clock, so that other programs count for less.

- **ms**: for each matrix the least of ${TIMES} times, added up.
- **first**: the first time of each, added up, in a process that has done the formats above it.

| format | ms | first |
| --- | --: | --: |
${rows.join("\n")}
`;
}

async function openEmbedded(): Promise<LoadedModel> {
  const source = await findModelSource(embeddedModel());
  if (source.kind !== "files") throw new Error("the embedded model is not in files");
  return loadModel(givenFiles(source.files));
}

/** Every row with every method, and of int4 what is sparse. */
function everyFormat(): WeightFormat[] {
  return formats.flatMap((row) => {
    const dense = row.methods.map((method) => ({ ...usualFormat(row), method }));
    const sparse = [
      { ...usualFormat(row), sparse: true },
      { ...usualFormat(row), pruned: 50 },
    ];
    return row.id === "int4" ? [...dense, ...sparse] : dense;
  });
}

function timesOf({ config, master }: LoadedModel, format: WeightFormat): Times {
  let [firstMs, leastMs] = [0, 0];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const name of matrixNames(config)) {
      const [rows, cols] = matrixShape(config, name);
      const values = master.matrix(layer, name);
      const times = Array.from({ length: TIMES }, () => {
        const begun = process.cpuUsage();
        packTensor(quantizeTensor(values, rows, cols, format), "packed");
        return process.cpuUsage(begun).user / 1000;
      });
      firstMs += times[0] ?? 0;
      leastMs += Math.min(...times);
    }
  }
  return { firstMs, leastMs };
}
