import { mkdtempSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { adapterName, isSoftware, type NodeGpu, openNodeGpu } from "../../src/cli/adapters.ts";
import { diagnose } from "../../src/cli/diagnose.ts";
import { thisHost } from "../../src/cli/host.ts";
import { layerEnv, layerFolder } from "../../src/cli/layers.ts";
import { fakeHost } from "../support/fake-host.ts";
import { openTestGpu } from "../support/node-gpu.ts";

const COUNT = 256;
const SHADER = `
@group(0) @binding(0) var<storage, read_write> squares: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  squares[id.x] = id.x * id.x + 1u;
}`;

async function squares({ adapter }: NodeGpu): Promise<number[]> {
  const device = await adapter.requestDevice();
  const size = COUNT * 4;
  const result = device.createBuffer({
    size,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  });
  const read = device.createBuffer({
    size,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const module = device.createShaderModule({ code: SHADER });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: result } }],
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(COUNT / 64);
  pass.end();
  encoder.copyBufferToBuffer(result, 0, read, 0, size);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  const values = [...new Uint32Array(read.getMappedRange())];
  device.destroy();
  return values;
}

const expected = Array.from({ length: COUNT }, (_, index) => index * index + 1);

describe("openNodeGpu", () => {
  it("computes on the adapter that the tests use", async () => {
    expect(await squares(await openTestGpu())).toEqual(expected);
  });

  it.runIf(process.platform === "linux")("opens two drivers in one process", async () => {
    const llvmpipe = await openNodeGpu("llvmpipe");
    const swiftshader = await openNodeGpu("swiftshader");
    expect([llvmpipe.name, swiftshader.name]).toEqual([
      expect.stringMatching(/^llvmpipe Mesa \d/),
      expect.stringMatching(/^SwiftShader \d/),
    ]);
    expect([llvmpipe.software, swiftshader.software]).toEqual([true, true]);
    expect(await squares(llvmpipe)).toEqual(expected);
    expect(await squares(swiftshader)).toEqual(expected);
  });

  it("always finds something for auto, and never calls it auto", async () => {
    const found = await openNodeGpu("auto");
    expect(found.choice).not.toBe("auto");
    expect(found.notes.length > 0).toBe(found.software);
  });

  it("opens the null backend as one that computes nothing", async () => {
    const { software, notes } = await openNodeGpu("null");
    expect(software).toBe(true);
    expect(notes.join()).toContain("computes nothing");
  });

  it("says what is missing and how to get it", async () => {
    const host = fakeHost({});
    await expect(openNodeGpu("llvmpipe", { host })).rejects.toThrow(
      "install -y mesa-vulkan-drivers",
    );
    await expect(openNodeGpu("swiftshader", { host })).rejects.toThrow("install -y chromium");
    await expect(openNodeGpu("navi21", { host })).rejects.toThrow("RADV is not installed");
    const mac = fakeHost({ platform: "darwin" });
    await expect(openNodeGpu("llvmpipe", { host: mac })).rejects.toThrow("choose auto or gpu");
  });
});

describe.runIf(process.platform === "linux")("layerEnv", () => {
  const cache = mkdtempSync(join(tmpdir(), "bitdial-test-"));
  afterAll(() => rmSync(cache, { recursive: true }));
  const host = { ...thisHost(), env: { ...thisHost().env, XDG_CACHE_HOME: cache } };
  const library = join(layerFolder(host), "libimageindex.so");

  it("builds the layer once, and again when its source is newer", async () => {
    const env = await layerEnv(host, "imageindex");
    expect(env).toEqual({
      VK_LAYER_PATH: join(cache, "bitdial", "vulkan-layers"),
      VK_INSTANCE_LAYERS: "VK_LAYER_bitdial_imageindex",
    });
    const built = statSync(library).mtimeMs;
    await layerEnv(host, "imageindex");
    expect(statSync(library).mtimeMs).toBe(built);
    utimesSync(library, 0, 0);
    await layerEnv(host, "imageindex");
    expect(statSync(library).mtimeMs).toBeGreaterThan(built - 1);
  });

  it("keeps the user's own layers", async () => {
    const env = { ...host.env, VK_LAYER_PATH: "/own", VK_INSTANCE_LAYERS: "VK_LAYER_own" };
    expect((await layerEnv({ ...host, env }, "imageindex")).VK_INSTANCE_LAYERS).toBe(
      "VK_LAYER_bitdial_imageindex:VK_LAYER_own",
    );
  });

  it("says what building takes", async () => {
    const bare = fakeHost({});
    await expect(layerEnv(bare, "nullgpu")).rejects.toThrow(
      "takes a C compiler and Vulkan's headers (Debian: apt-get install -y gcc libvulkan-dev)",
    );
  });
});

describe("an adapter's name", () => {
  const llvmpipe = "llvmpipe: Mesa 22.3.6 (LLVM 15.0.6) 0.0.1";
  const warp = "microsoft-basic-render-driver";
  const radeon = "amd-radeon-rx-6800-xt-radv-navi21-";

  it.each([
    [
      "llvmpipe-llvm-15-0-6-256-bits-",
      llvmpipe,
      "llvmpipe Mesa 22.3.6 (LLVM 15.0.6, 256 bits)",
      true,
    ],
    ["swiftshader-device-subzero-", "SwiftShader driver 5.0.0", "SwiftShader 5.0.0", true],
    [
      "null-hardware-radv-navi21-",
      "radv: Mesa 22",
      "navi21 without hardware (radv: Mesa 22)",
      true,
    ],
    ["null-backend", "", "null backend", true],
    [warp, "D3D12 10.0", "microsoft basic render driver (D3D12 10.0)", true],
    [radeon, "radv: Mesa 25", "amd radeon rx 6800 xt radv navi21 (radv: Mesa 25)", false],
  ])("%s", (device, description, name, software) => {
    const info: GPUAdapterInfo = {
      __brand: "GPUAdapterInfo",
      vendor: "",
      architecture: "",
      device,
      description,
      isFallbackAdapter: false,
    };
    expect(adapterName(info)).toBe(name);
    expect(isSoftware(info)).toBe(software);
  });
});

describe("diagnose", () => {
  it("reports every adapter and leaves the chosen one described", async () => {
    const { adapters, chosen, node } = await diagnose("null");
    expect(node).toBe(process.version);
    expect(adapters.map(({ choice }) => choice)).toEqual([
      ...["gpu", "llvmpipe", "swiftshader", "null", "navi21", "navi10", "vega10"],
    ]);
    expect(chosen?.choice).toBe("null");
    expect(chosen?.limits.maxStorageBufferBindingSize).toBeGreaterThan(0);
    expect(chosen?.wgslLanguageFeatures).toContain("packed_4x8_integer_dot_product");
  });

  it("warns of settings that lead nowhere", async () => {
    const host = fakeHost({ env: { CHROME_PATH: "/nowhere" } });
    const { warnings, browsers } = await diagnose("null", host);
    expect(warnings).toEqual(["CHROME_PATH names /nowhere, and there is no such file."]);
    expect(browsers).toEqual([]);
  });
});
