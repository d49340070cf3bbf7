import { type Attempt, type Opened, openDawn, preloadVulkanLoader } from "./dawn.ts";
import type { DriverEnv } from "./driver-env.ts";
import { type Host, thisHost } from "./host.ts";
import { layerEnv } from "./layers.ts";
import { findDriver, findLoader, findSwiftshader } from "./vulkan.ts";

/** AMD GPUs that Mesa's RADV can compile for when they are not there. */
const RADV_CHIPS = ["navi21", "navi10", "vega10"] as const;
type RadvChip = (typeof RADV_CHIPS)[number];

export const ADAPTER_CHOICES = [
  "auto",
  "gpu",
  "llvmpipe",
  "swiftshader",
  "null",
  ...RADV_CHIPS,
] as const;
export type AdapterChoice = (typeof ADAPTER_CHOICES)[number];

export interface NodeGpu {
  gpu: GPU;
  adapter: GPUAdapter;
  /** For people: the device and its driver. */
  name: string;
  /** True for everything that is not a GPU: its speed says nothing about one. */
  software: boolean;
  /** What was opened: never "auto". */
  choice: AdapterChoice;
  /** What the user should know about this adapter, one sentence each. */
  notes: string[];
}

export interface OpenOptions {
  host?: Host;
}

type Found = Opened & { adapter: GPUAdapter };

const LINUX_ONLY = "is a Vulkan driver for Linux; choose auto or gpu here.";

/** Opens the adapter chosen, or throws one sentence that says what is missing and how to get it. */
export async function openNodeGpu(
  choice: AdapterChoice,
  { host = thisHost() }: OpenOptions = {},
): Promise<NodeGpu> {
  if (host.platform === "linux" && !findLoader(host)) {
    const bundled = findSwiftshader(host)?.loader;
    if (bundled) preloadVulkanLoader(bundled);
  }
  switch (choice) {
    case "auto":
      return await openAuto(host);
    case "gpu":
      return await openHardware();
    case "llvmpipe":
      return await openLlvmpipe(host);
    case "swiftshader":
      return await openSwiftshader(host);
    case "null":
      return nodeGpu(
        await opened(host, { options: ["backend=null"] }, "Dawn's null backend"),
        choice,
      );
    case "navi21":
    case "navi10":
    case "vega10":
      return await openRadv(host, choice);
    default:
      choice satisfies never;
      throw new Error(`There is no adapter "${choice}"; there are ${ADAPTER_CHOICES.join(", ")}.`);
  }
}

/**
 * The GPU or whatever else the system's own Vulkan settings offer, then llvmpipe, then SwiftShader.
 */
async function openAuto(host: Host): Promise<NodeGpu> {
  const { adapter, ...rest } = await openDawn({});
  if (adapter) return nodeGpu({ adapter, ...rest }, choiceOf(adapter.info));
  const reasons: string[] = [];
  if (host.platform === "linux") {
    for (const open of [openLlvmpipe, openSwiftshader]) {
      try {
        return await open(host);
      } catch (error) {
        reasons.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  throw new Error(
    ["Dawn finds no GPU here, and no software adapter either:", ...reasons]
      .join(" ")
      .replace(/:$/, "."),
  );
}

async function openHardware(): Promise<NodeGpu> {
  const { adapter, ...rest } = await openDawn({});
  if (!adapter) {
    throw new Error("Dawn finds no GPU with a driver here; choose auto for a software adapter.");
  }
  if (isSoftware(adapter.info)) {
    const name = adapterName(adapter.info);
    throw new Error(`Dawn finds no GPU here, only ${name}; choose auto to use that.`);
  }
  return nodeGpu({ adapter, ...rest }, "gpu");
}

async function openLlvmpipe(host: Host): Promise<NodeGpu> {
  if (host.platform !== "linux") throw new Error(`llvmpipe ${LINUX_ONLY}`);
  const manifest = findDriver(host, "lvp");
  if (!manifest) {
    throw new Error(
      "Mesa's llvmpipe is not installed (Debian: apt-get install -y mesa-vulkan-drivers libvulkan1).",
    );
  }
  const plain = await openDawn({ env: driverEnv(manifest) });
  if (plain.adapter) return nodeGpu({ ...plain, adapter: plain.adapter }, "llvmpipe");
  const what = "Mesa's llvmpipe";
  if (!hasLoader(host)) throw noAdapter(host, what, plain.said);
  // Mesa before 23 lacks two image features that Dawn insists on and compute never uses.
  const env = { ...driverEnv(manifest), ...(await layerEnv(host, "imageindex")) };
  return nodeGpu(await opened(host, { env }, what), "llvmpipe");
}

async function openSwiftshader(host: Host): Promise<NodeGpu> {
  if (host.platform !== "linux") throw new Error(`SwiftShader ${LINUX_ONLY}`);
  const found = findSwiftshader(host);
  if (!found) {
    throw new Error(
      "SwiftShader comes with Chrome, Chromium and Edge, and none is installed (Debian: apt-get install -y chromium).",
    );
  }
  const attempt = { env: driverEnv(found.manifest) };
  return nodeGpu(await opened(host, attempt, "Chromium's SwiftShader"), "swiftshader");
}

async function openRadv(host: Host, chip: RadvChip): Promise<NodeGpu> {
  if (host.platform !== "linux") throw new Error(`${chip} ${LINUX_ONLY}`);
  const manifest = findDriver(host, "radeon");
  if (!manifest) {
    throw new Error(
      "Mesa's RADV is not installed (Debian: apt-get install -y mesa-vulkan-drivers libvulkan1).",
    );
  }
  const env = {
    ...driverEnv(manifest),
    ...(await layerEnv(host, "nullgpu")),
    RADV_FORCE_FAMILY: chip,
    // What this adapter is for: registers, spills and instructions of each pipeline, on stderr.
    RADV_DEBUG: host.env.RADV_DEBUG ?? "shaderstats",
    // A pipeline from the cache is not compiled and prints nothing.
    MESA_SHADER_CACHE_DISABLE: "1",
  };
  return nodeGpu(await opened(host, { env }, `Mesa's RADV for ${chip}`), chip);
}

/** The older and the newer name of the same variable; loaders know one of them or both. */
function driverEnv(manifest: string): DriverEnv {
  return { VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest };
}

async function opened(host: Host, attempt: Attempt, what: string): Promise<Found> {
  const { adapter, ...rest } = await openDawn(attempt);
  if (!adapter) throw noAdapter(host, what, rest.said);
  return { adapter, ...rest };
}

function noAdapter(host: Host, what: string, said: string[]): Error {
  const reason = hasLoader(host)
    ? said.at(-1)
    : "the Vulkan loader is missing (Debian: apt-get install -y libvulkan1)";
  const sentence = `Dawn offers no adapter on ${what}${reason ? `: ${reason}` : ""}`;
  return new Error(sentence.replace(/\.?$/, "."));
}

/** Also true where there need be none: on Metal and D3D12. */
function hasLoader(host: Host): boolean {
  return host.platform !== "linux" || Boolean(findLoader(host) ?? findSwiftshader(host)?.loader);
}

function nodeGpu({ gpu, adapter }: Found, choice: AdapterChoice): NodeGpu {
  const { info } = adapter;
  const software = isSoftware(info) || computesNothing(choice);
  return {
    gpu,
    adapter,
    name: adapterName(info),
    software,
    choice,
    notes: notesOn(choice, software),
  };
}

function notesOn(choice: AdapterChoice, software: boolean): string[] {
  if (choice === "null") {
    return ["The null adapter checks shaders but computes nothing: results are garbage."];
  }
  if (computesNothing(choice)) {
    return ["No GPU is there: shaders are compiled for it, and every result is zero."];
  }
  return software ? ["This is a software adapter: its speed says nothing about a GPU."] : [];
}

function computesNothing(choice: AdapterChoice): boolean {
  return choice === "null" || RADV_CHIPS.some((chip) => chip === choice);
}

export function isSoftware(info: GPUAdapterInfo): boolean {
  const text = `${info.architecture} ${deviceWords(info)} ${info.description}`;
  const known = /llvmpipe|lavapipe|swiftshader|basic render|null hardware|null backend/i;
  return info.isFallbackAdapter || known.test(text);
}

/** Which choice would open the adapter that the system offered by itself. */
function choiceOf(info: GPUAdapterInfo): AdapterChoice {
  const chip = RADV_CHIPS.find((name) => deviceWords(info) === `null hardware radv ${name}`);
  if (chip) return chip;
  if (/llvmpipe/i.test(info.description)) return "llvmpipe";
  return /swiftshader/i.test(info.architecture) ? "swiftshader" : "gpu";
}

export function adapterName(info: GPUAdapterInfo): string {
  const device = deviceWords(info) || info.architecture || info.vendor;
  const chip = /null hardware radv (\S+)/.exec(device)?.[1];
  if (chip) return `${chip} without hardware (${info.description})`;
  if (/^llvmpipe|^swiftshader/i.test(info.description)) {
    const bits = /(\d+) bits/.exec(device)?.[1];
    const name = info.description.replace(/: | driver /, " ").replace(/ 0\.0\.1$/, "");
    return bits ? name.replace(/\)$/, `, ${bits} bits)`) : name;
  }
  return info.description ? `${device} (${info.description})` : device;
}

/** Dawn writes a device as "llvmpipe-llvm-15-0-6-256-bits-". */
function deviceWords(info: GPUAdapterInfo): string {
  return info.device.replace(/-+/g, " ").trim();
}
