import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const RUNS = 10;

/** Leaves with dispatches, a mapping and a compilation under way. */
const PROGRAM = `
  const { adapter } = await openNodeGpu("swiftshader");
  const device = await adapter.requestDevice();
  const size = 1 << 18;
  const data = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const read = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const code = \`@group(0) @binding(0) var<storage, read_write> data: array<u32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      data[id.x] = id.x * 3u;
    }\`;
  const compute = { module: device.createShaderModule({ code }) };
  const pipeline = device.createComputePipeline({ layout: "auto", compute });
  const layout = pipeline.getBindGroupLayout(0);
  const group = device.createBindGroup({
    layout,
    entries: [{ binding: 0, resource: { buffer: data } }],
  });
  for (let step = 0; step < 20; step++) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(size / 256);
    pass.end();
    encoder.copyBufferToBuffer(data, 0, read, 0, size);
    device.queue.submit([encoder.finish()]);
  }
  read.mapAsync(GPUMapMode.READ).catch(() => {});
  device.createComputePipelineAsync({ layout: "auto", compute }).catch(() => {});
  process.exit(3);
`;

let folder = "";

beforeAll(async () => {
  // Inside the project, so that the bundle finds the package webgpu.
  mkdirSync(join(root, "build"), { recursive: true });
  folder = mkdtempSync(join(root, "build", "test-exit-"));
  await build({
    root,
    configFile: false,
    logLevel: "silent",
    build: {
      ssr: "src/cli/adapters.ts",
      outDir: folder,
      copyPublicDir: false,
      rolldownOptions: { output: { entryFileNames: "adapters.mjs" } },
    },
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Without its clean-up, one run in three of this program ended in a segmentation fault.
it.runIf(process.platform === "linux")("keeps the exit code with GPU work under way", () => {
  const bundle = pathToFileURL(join(folder, "adapters.mjs")).href;
  const program = `import { openNodeGpu } from "${bundle}";${PROGRAM}`;
  const args = ["--input-type=module", "--eval", program];
  const ends = Array.from({ length: RUNS }, () => {
    const { status, signal } = spawnSync(process.execPath, args, { stdio: "ignore" });
    return signal ?? status;
  });
  expect(ends).toEqual(Array.from({ length: RUNS }, () => 3));
});
