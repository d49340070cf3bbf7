import { cpus, loadavg } from "node:os";
import onnxruntime from "onnxruntime-node/package.json";
import dawn from "webgpu/package.json";
import { version } from "../../package.json";
import { type AdapterChoice, openNodeGpu } from "../../src/cli/adapters.ts";
import { type ComparedKernel, compareKernels } from "./compare.ts";
import { type ModelSpeed, measureModel } from "./model-speed.ts";

export { benchDocument } from "./bench-document.ts";
export { benchFormats, everySetting } from "./formats.ts";
export { formatsDocument } from "./formats-document.ts";

/** Everything measured on one adapter, in one process. */
export interface AdapterBench {
  readonly adapter: string;
  readonly software: boolean;
  readonly time: string;
  readonly machine: string;
  /** Processes that wanted to run before this one began and when it ended, a minute's average. */
  readonly load: readonly [before: number, after: number];
  readonly versions: Readonly<Record<string, string>>;
  readonly kernels: readonly ComparedKernel[];
  readonly peerFault?: string;
  readonly model: readonly ModelSpeed[];
}

export async function benchAdapter(
  choice: AdapterChoice,
  say: (line: string) => void,
): Promise<AdapterBench> {
  const [before = 0] = loadavg();
  const { name, software, choice: opened } = await openNodeGpu(choice);
  say(`measuring on ${name}`);
  const { rows, peerFault } = await compareKernels(opened, ({ format, shape, kernel, peer }) => {
    const beside = peer ? `, the peer ${peer.kernel.medianMs.toFixed(2)} ms` : "";
    say(`${format} ${shape}: ${kernel.medianMs.toFixed(2)} ms${beside}`);
  });
  const model = await measureModel(opened);
  const [after = 0] = loadavg();
  const [cpu] = cpus();
  return {
    adapter: name,
    software,
    time: new Date().toISOString(),
    machine: `${cpus().length} x ${cpu?.model.trim() ?? "unknown processor"}`,
    load: [before, after],
    versions: {
      Bitdial: version,
      Node: process.versions.node,
      webgpu: dawn.version,
      "onnxruntime-node": onnxruntime.version,
    },
    kernels: rows,
    ...(peerFault !== undefined && { peerFault }),
    model,
  };
}
