import { constants } from "node:os";
import { isMainThread } from "node:worker_threads";
import { type DriverEnv, setDriverEnv } from "./driver-env.ts";
import { catchStderr } from "./quiet.ts";

/** One way to open Dawn: the environment that picks the Vulkan driver, and Dawn's own options. */
export interface Attempt {
  env?: DriverEnv;
  options?: string[];
}

export interface Opened {
  gpu: GPU;
  /** Absent when Dawn offers none. */
  adapter?: GPUAdapter;
  /** What Dawn and the drivers printed meanwhile, one line each. */
  said: string[];
}

// By default Dawn rounds GPU timestamps to 65.5 us, as long as several of the kernels measured
// here.
const OPTIONS = ["disable-dawn-features=timestamp_quantization"];

// glibc's RTLD_NODELETE, which Node does not name.
const KEEP_LOADED = 0x1000;

const devices = new Set<GPUDevice>();

// Dawn's instance is freed with its JavaScript object, although adapters and devices still stand on it.
const instances: GPU[] = [];

/**
 * Opens Dawn on one driver. The environment stays changed, so that whatever else in this process
 * starts Dawn (ONNX Runtime does) gets the same driver; the next call starts from the user's
 * environment again.
 */
export async function openDawn({ env = {}, options = [] }: Attempt): Promise<Opened> {
  if (!isMainThread && Object.keys(env).length > 0) {
    throw new Error(
      "The GPU adapter can only be chosen in a process's main thread, not in a worker.",
    );
  }
  setDriverEnv(env);
  const { create, globals } = await dawn();
  Object.assign(globalThis, globals);
  calmPolling();
  const { value, said } = catchStderr(() => {
    const gpu = create([...OPTIONS, ...options]);
    instances.push(gpu);
    // Dawn does all of this before it returns the promise.
    return { gpu, found: gpu.requestAdapter({ powerPreference: "high-performance" }) };
  });
  const adapter = await value.found;
  if (adapter) followDevices(adapter);
  return { gpu: value.gpu, ...(adapter && { adapter }), said: lines(said) };
}

/**
 * Loads the Vulkan loader from a path, for machines without one: Dawn's own dlopen by name then
 * finds it loaded.
 */
export function preloadVulkanLoader(path: string): void {
  try {
    process.dlopen({ exports: {} }, path, constants.dlopen.RTLD_NOW | KEEP_LOADED);
  } catch {
    // Always: it is no Node addon. Loaded it stays all the same, and if not, Dawn says that it
    // found no adapter.
  }
}

async function dawn(): Promise<typeof import("webgpu")> {
  try {
    return await import("webgpu");
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    const machine = `${process.platform} ${process.arch}`;
    throw new Error(
      `Dawn (the npm package webgpu) does not load on this ${machine} machine: ${reason}`,
    );
  }
}

/**
 * Destroys every device before the process ends, however it ends. Otherwise the C++ library is torn
 * down under drivers that still run, and a finished command can turn into a segmentation fault.
 * Destroying waits for the work under way.
 */
function followDevices(adapter: GPUAdapter): void {
  if (!process.listeners("exit").includes(destroyDevices)) process.on("exit", destroyDevices);
  const request = adapter.requestDevice.bind(adapter);
  adapter.requestDevice = async (descriptor) => {
    const device = await request(descriptor);
    devices.add(device);
    void device.lost.then(() => devices.delete(device));
    return device;
  };
}

function destroyDevices(): void {
  for (const device of devices) device.destroy();
  devices.clear();
}

function lines(said: string): string[] {
  const texts = said.split("\n").map((line) => line.replace(/^(Warning|Error): /i, "").trim());
  return [...new Set(texts)].filter((line) => line !== "" && !/^(- While|at )/.test(line));
}

let calm = false;

/**
 * Dawn for Node waits for the GPU by asking again at every turn of the event loop, which keeps one core busy: on a software adapter that
 * core is half the GPU (a matvec on llvmpipe with two cores took 1.5 to 2 times as long). So Dawn's own callbacks, which it schedules by
 * the global setImmediate, are given a short sleep first. A wait ends at most that much later.
 */
function calmPolling(): void {
  if (calm) return;
  calm = true;
  const pauseMs = 0.2;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const schedule = globalThis.setImmediate;
  const patched = (
    callback: (...args: unknown[]) => void,
    ...args: unknown[]
  ): NodeJS.Immediate => {
    if (!/\[native code\]/.test(Function.prototype.toString.call(callback)))
      return schedule(callback, ...args);
    return schedule(() => {
      Atomics.wait(cell, 0, 0, pauseMs);
      callback(...args);
    });
  };
  globalThis.setImmediate = Object.assign(patched, schedule) as typeof setImmediate;
}
