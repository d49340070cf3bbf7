import { ADAPTER_CHOICES, type AdapterChoice, type NodeGpu, openNodeGpu } from "./adapters.ts";
import { type Browser, findBrowsers } from "./browsers.ts";
import { type Host, thisHost } from "./host.ts";
import {
  findCompiler,
  findDriver,
  findLoader,
  findSwiftshader,
  findVulkanHeaders,
} from "./vulkan.ts";

/**
 * One adapter that `--adapter` can name: either what it is, or why it cannot be had and how to get
 * it.
 */
export type AdapterReport = { choice: AdapterChoice } & (
  | { found: true; name: string; software: boolean; features: string[] }
  | { found: false; reason: string }
);

export interface ChosenAdapter {
  choice: AdapterChoice;
  name: string;
  software: boolean;
  notes: string[];
  vendor: string;
  architecture: string;
  features: string[];
  limits: Record<string, number>;
  wgslLanguageFeatures: string[];
  /** Smallest and largest subgroup; absent without the feature. */
  subgroupSizes?: [min: number, max: number];
}

export interface Diagnosis {
  node: string;
  platform: string;
  /** Absent when there is none; the reason then stands in `reason`. */
  chosen?: ChosenAdapter;
  reason?: string;
  adapters: AdapterReport[];
  browsers: Browser[];
  /** Paths of what the adapters are made of; only on Linux. */
  vulkan: {
    loader?: string;
    llvmpipe?: string;
    radv?: string;
    swiftshader?: string;
    /** Mesa's version, as its llvmpipe states it. */
    mesa?: string;
    compiler?: string;
    headers?: string;
  };
  /** What is set wrongly, one sentence each. */
  warnings: string[];
}

/**
 * Opens every adapter in turn and the wanted one last, so that the process is left with that one.
 */
export async function diagnose(
  wanted: AdapterChoice = "auto",
  host: Host = thisHost(),
): Promise<Diagnosis> {
  const adapters: AdapterReport[] = [];
  for (const choice of ADAPTER_CHOICES) {
    if (choice !== "auto") adapters.push(await report(choice, host));
  }
  const chosen = await attempt(wanted, host);
  return {
    node: process.version,
    platform: `${host.platform} ${host.arch}`,
    ...(typeof chosen === "string" ? { reason: chosen } : { chosen: describe(chosen) }),
    adapters,
    browsers: findBrowsers(host),
    vulkan: host.platform === "linux" ? vulkanParts(host, adapters) : {},
    warnings: warnings(host),
  };
}

/** The adapter, or the sentence that says why there is none. */
async function attempt(choice: AdapterChoice, host: Host): Promise<NodeGpu | string> {
  try {
    return await openNodeGpu(choice, { host });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function report(choice: AdapterChoice, host: Host): Promise<AdapterReport> {
  const result = await attempt(choice, host);
  if (typeof result === "string") return { choice, found: false, reason: result };
  const { name, software, adapter } = result;
  return { choice, found: true, name, software, features: [...adapter.features].sort() };
}

function describe({ gpu, adapter, name, software, choice, notes }: NodeGpu): ChosenAdapter {
  const { vendor, architecture, subgroupMinSize, subgroupMaxSize } = adapter.info;
  return {
    choice,
    name,
    software,
    notes,
    vendor,
    architecture,
    features: [...adapter.features].sort(),
    limits: limitsOf(adapter),
    wgslLanguageFeatures: [...gpu.wgslLanguageFeatures].sort(),
    ...(subgroupMinSize !== undefined &&
      subgroupMaxSize !== undefined && { subgroupSizes: [subgroupMinSize, subgroupMaxSize] }),
  };
}

function limitsOf(adapter: GPUAdapter): Record<string, number> {
  const limits: Record<string, number> = {};
  // The limits are getters of the prototype: Object.entries would find none.
  for (const name in adapter.limits) {
    const value: unknown = Reflect.get(adapter.limits, name);
    if (typeof value === "number") limits[name] = value;
  }
  return limits;
}

function vulkanParts(host: Host, adapters: AdapterReport[]): Diagnosis["vulkan"] {
  const llvmpipe = adapters.find(({ choice }) => choice === "llvmpipe");
  const swiftshader = findSwiftshader(host);
  const parts = {
    loader: findLoader(host) ?? swiftshader?.loader,
    llvmpipe: findDriver(host, "lvp"),
    radv: findDriver(host, "radeon"),
    swiftshader: swiftshader?.manifest,
    mesa: llvmpipe?.found ? /Mesa ([\d.]+)/.exec(llvmpipe.name)?.[1] : undefined,
    compiler: findCompiler(host),
    headers: findVulkanHeaders(host),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function warnings(host: Host): string[] {
  const found: string[] = [];
  const chosen = host.env.CHROME_PATH;
  if (chosen && !host.exists(chosen)) {
    found.push(`CHROME_PATH names ${chosen}, and there is no such file.`);
  }
  for (const name of ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]) {
    if (host.env[name]) found.push(`${name} is set, so auto opens only the driver that it names.`);
  }
  return found;
}
