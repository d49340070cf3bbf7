import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GpuContext, type OpenOptions } from "../../src/gpu/context.ts";
import { type Pipeline, PipelineCache, type ShaderSource } from "../../src/gpu/pipelines.ts";
import { assemble } from "../../src/kernels/assemble.ts";
import { GUARD, GUARD_WORDS } from "../../src/kernels/judge.ts";
import type { Words } from "../../src/kernels/linear-hostile.ts";
import type { DeviceFeatures, ShaderKey } from "../../src/kernels/spec.ts";
import { judge } from "./gpu-judge.ts";
import { openTestGpu } from "./node-gpu.ts";

export type { Words };

export interface Step {
  readonly shader: ShaderKey;
  readonly grid: readonly [number, number, number];
  /** Buffer of the case for a binding, where the two have different names. */
  readonly bind?: Readonly<Record<string, string>>;
}

export interface Expectation {
  /** The whole buffer, also what the kernel must leave alone. Integers are compared bit for bit. */
  readonly values: Words | Float64Array;
  /** Largest |got - values|: one for all or one an element; 0 or absent asks for equality. */
  readonly bound?: number | ArrayLike<number>;
}

/** One kernel run, or several in a row over the same buffers. */
export interface GpuCase {
  readonly steps: readonly Step[];
  /** First contents by name; every binding needs one. */
  readonly buffers: Readonly<Record<string, Words>>;
  readonly expect: Readonly<Record<string, Expectation>>;
  /** What bounds cannot say: gets the buffers of `expect` as read, returns a fault or nothing. */
  readonly check?: (read: Readonly<Record<string, Words>>) => string | undefined;
}

/** A row of a sweep: its name is the test's name; `make` must be seeded. */
export interface CaseRow {
  readonly name: string;
  readonly make: () => GpuCase;
}

export interface CaseGpu {
  readonly context: GpuContext;
  /** One pipeline for the same code and overrides, whatever its label. */
  readonly pipeline: (shader: ShaderKey) => Promise<Pipeline>;
  readonly features: DeviceFeatures;
  /** "llvmpipe", "swiftshader" ... */
  readonly adapter: string;
  /** Held because Dawn in Node crashes when this is collected before its devices. */
  readonly instance: GPU;
}

const UNIFORM_BYTES = 65_536;
const CHUNK = 48;

/** Opens the project's adapter for a test file: `const gpu = await openCaseGpu();` at its top. */
export async function openCaseGpu(options: OpenOptions = {}): Promise<CaseGpu> {
  const { gpu, adapter, choice } = await openTestGpu();
  const context = await GpuContext.open(adapter, options);
  const subgroups = context.has("subgroups");
  const { limits } = context.device;
  const features: DeviceFeatures = {
    f16: context.has("shader-f16"),
    subgroups,
    subgroupMin: subgroups ? (adapter.info.subgroupMinSize ?? 0) : 0,
    subgroupMax: subgroups ? (adapter.info.subgroupMaxSize ?? 0) : 0,
    packedDot: gpu.wgslLanguageFeatures.has("packed_4x8_integer_dot_product"),
    maxUniformBytes: limits.maxUniformBufferBindingSize,
    maxInvocations: limits.maxComputeInvocationsPerWorkgroup,
  };
  const cache = new PipelineCache(context);
  const sources = new Map<string, ShaderSource>();
  const pipeline = (shader: ShaderKey): Promise<Pipeline> => {
    const source = assemble(shader);
    const key = JSON.stringify([source.overrides, source.code]);
    const same = sources.get(key) ?? source;
    sources.set(key, same);
    return cache.get(same);
  };
  return { context, pipeline, features, adapter: choice, instance: gpu };
}

/** Nothing optional: what a kernel may count upon anywhere. */
export const NO_FEATURES: DeviceFeatures = {
  f16: false,
  subgroups: false,
  subgroupMin: 0,
  subgroupMax: 0,
  packedDot: false,
  maxUniformBytes: UNIFORM_BYTES,
  maxInvocations: 256,
};

/**
 * One test a row. The rows run together before the first test, many to a submit; a row that does
 * not compile, trips validation, writes past its outputs, gives NaN or leaves its bound fails alone.
 */
export function gpuCases(title: string, gpu: CaseGpu, rows: readonly CaseRow[]): void {
  describe(title, () => {
    let faults: readonly (string | undefined)[] = [];
    beforeAll(async () => {
      faults = await runCases(gpu, rows);
    }, 600_000);
    rows.forEach(({ name }, i) => {
      it(name, () => expect(faults[i]).toBeUndefined());
    });
    it("has rows with different names", () => {
      expect(rows.length).toBeGreaterThan(0);
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    });
  });
}

/** Closes the device when the file's tests are over. */
export function closeAfterAll(gpu: CaseGpu): void {
  afterAll(() => gpu.context.close());
}

/** Runs every row and returns what is wrong with each, `undefined` where nothing is. */
export async function runCases(
  gpu: CaseGpu,
  rows: readonly CaseRow[],
): Promise<(string | undefined)[]> {
  const faults: (string | undefined)[] = [];
  for (let i = 0; i < rows.length; i += CHUNK) {
    const started = rows.slice(i, i + CHUNK).map((row) => start(gpu, row));
    faults.push(...(await finish(gpu, await Promise.all(started))));
  }
  return faults;
}

interface Started {
  readonly row: GpuCase | undefined;
  readonly outputs: readonly { name: string; buffer: GPUBuffer; words: number }[];
  readonly commands: GPUCommandBuffer | undefined;
  readonly fault: string | undefined;
  readonly free: () => void;
}

async function start(
  { context, pipeline: pipelineOf }: CaseGpu,
  { make }: CaseRow,
): Promise<Started> {
  const nothing = { row: undefined, outputs: [], commands: undefined, free: () => undefined };
  const { device } = context;
  try {
    const row = make();
    const made = await Promise.all(row.steps.map(({ shader }) => pipelineOf(shader)));
    // From here to popErrorScope nothing is awaited, so that the scope holds this row's calls only.
    device.pushErrorScope("validation");
    const buffers = createBuffers(device, row);
    const encoder = device.createCommandEncoder({ label: "gpu case" });
    const pass = encoder.beginComputePass({ label: "gpu case" });
    row.steps.forEach((step, i) => {
      const pipeline = made[i];
      if (!pipeline) return;
      const entries = pipeline.bindings.map(({ name, binding }) => {
        const buffer = buffers.get(step.bind?.[name] ?? name);
        if (!buffer) throw new Error(`${step.shader.label}: the case has no buffer "${name}"`);
        return { binding, resource: { buffer } };
      });
      pass.setPipeline(pipeline.pipeline);
      pass.setBindGroup(0, context.createBindGroup({ layout: pipeline.layout, entries }));
      pass.dispatchWorkgroups(...step.grid);
    });
    pass.end();
    const outputs = Object.entries(row.expect).map(([name]) => {
      const buffer = buffers.get(name);
      if (!buffer)
        throw new Error(`the case expects something of "${name}" but has no such buffer`);
      return { name, buffer, words: buffer.size / 4 };
    });
    const commands = encoder.finish();
    const scope = device.popErrorScope();
    const free = () => {
      for (const buffer of buffers.values()) buffer.destroy();
    };
    const error = await scope;
    return { row, outputs, commands: error ? undefined : commands, fault: error?.message, free };
  } catch (error) {
    return { ...nothing, fault: error instanceof Error ? error.message : String(error) };
  }
}

/** Every buffer with guard words behind it, except what a shader reads as uniform. */
function createBuffers(device: GPUDevice, row: GpuCase): Map<string, GPUBuffer> {
  const access = new Map<string, Set<string>>();
  for (const { shader, bind } of row.steps) {
    for (const binding of shader.bindings) {
      const name = bind?.[binding.name] ?? binding.name;
      access.set(name, (access.get(name) ?? new Set()).add(binding.access));
    }
  }
  const buffers = new Map<string, GPUBuffer>();
  for (const [name, words] of Object.entries(row.buffers)) {
    const kinds = access.get(name) ?? new Set();
    const uniform = kinds.has("uniform");
    const guarded = kinds.has("read_write");
    const used = Math.ceil(words.byteLength / 16) * 16;
    // Activations are bound as array<vec4f, 4096>, and a uniform binding must hold all of that.
    const padded = uniform && name !== "params" ? Math.max(used, UNIFORM_BYTES) : used;
    const size = Math.max(16, padded) + (guarded ? GUARD_WORDS * 4 : 0);
    const buffer = device.createBuffer({
      label: name,
      size,
      usage:
        GPUBufferUsage.COPY_SRC |
        GPUBufferUsage.COPY_DST |
        GPUBufferUsage.STORAGE |
        (uniform ? GPUBufferUsage.UNIFORM : 0),
      mappedAtCreation: true,
    });
    const range = new Uint32Array(buffer.getMappedRange());
    if (guarded) range.fill(GUARD, words.length);
    range.set(new Uint32Array(words.buffer, words.byteOffset, words.length));
    buffer.unmap();
    buffers.set(name, buffer);
  }
  return buffers;
}

async function finish({ context }: CaseGpu, started: readonly Started[]) {
  const { device } = context;
  const sizes = started.map(({ outputs }) => outputs.reduce((sum, { words }) => sum + words, 0));
  const total = sizes.reduce((sum, words) => sum + words, 0);
  const staging = device.createBuffer({
    label: "gpu cases",
    size: Math.max(16, total * 4),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder({ label: "gpu cases" });
  let at = 0;
  for (const { outputs, commands } of started) {
    for (const { buffer, words } of outputs) {
      if (commands) encoder.copyBufferToBuffer(buffer, 0, staging, at, words * 4);
      at += words * 4;
    }
  }
  device.pushErrorScope("validation");
  const runs = started.flatMap(({ commands }) => (commands ? [commands] : []));
  device.queue.submit([...runs, encoder.finish()]);
  const scope = device.popErrorScope();
  await staging.mapAsync(GPUMapMode.READ);
  const error = await scope;
  const read = new Uint32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  at = 0;
  return started.map(({ row, outputs, fault, free }) => {
    free();
    const words: Record<string, Uint32Array> = {};
    for (const output of outputs) {
      words[output.name] = read.subarray(at, at + output.words);
      at += output.words;
    }
    if (fault !== undefined || !row) return fault ?? "did not start";
    return error ? error.message : judge(row, words);
  });
}

/** A small seeded generator (mulberry32): the same numbers on every run and machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` normally distributed values. */
export function normals(seed: number, count: number, sigma = 1): Float32Array {
  const random = seeded(seed);
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return sigma * radius * Math.cos(2 * Math.PI * random());
  });
}
