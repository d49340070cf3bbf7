import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { DriverEnv } from "./driver-env.ts";
import type { Host } from "./host.ts";
import { findCompiler, findVulkanHeaders } from "./vulkan.ts";

/** The two Vulkan layers in tools/vulkan, by file stem. */
export type LayerName = "imageindex" | "nullgpu";

/** Builds a layer unless it is built already; returns the environment that switches it on. */
export async function layerEnv(host: Host, name: LayerName): Promise<DriverEnv> {
  const folder = layerFolder(host);
  const source = layerSource(name);
  if (!isBuilt(folder, source, name)) await build(host, name, source, folder);
  return {
    VK_LAYER_PATH: joined(folder, host.env.VK_LAYER_PATH),
    VK_INSTANCE_LAYERS: joined(`VK_LAYER_bitdial_${name}`, host.env.VK_INSTANCE_LAYERS),
  };
}

export function layerFolder(host: Host): string {
  return join(host.env.XDG_CACHE_HOME || join(host.home, ".cache"), "bitdial", "vulkan-layers");
}

/** Upwards from this file, which sits at another depth when bundled. */
function layerSource(name: LayerName): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    const source = join(folder, "tools", "vulkan", `${name}.c`);
    if (existsSync(source)) return source;
  }
  throw new Error(`tools/vulkan/${name}.c is missing from this copy of Bitdial.`);
}

function isBuilt(folder: string, source: string, name: LayerName): boolean {
  const library = join(folder, `lib${name}.so`);
  if (!existsSync(library) || !existsSync(join(folder, `${name}.json`))) return false;
  return statSync(library).mtimeMs >= statSync(source).mtimeMs;
}

async function build(host: Host, name: LayerName, source: string, folder: string): Promise<void> {
  const compiler = findCompiler(host);
  const headers = findVulkanHeaders(host);
  if (!compiler || !headers) {
    const missing = [
      ...(compiler ? [] : ["a C compiler"]),
      ...(headers ? [] : ["Vulkan's headers"]),
    ];
    throw new Error(
      `The Vulkan layer "${name}" has to be built once, which takes ${missing.join(" and ")} ` +
        "(Debian: apt-get install -y gcc libvulkan-dev).",
    );
  }
  mkdirSync(folder, { recursive: true });
  // Built under another name and moved: two processes may build at once, and neither may load half
  // a file.
  const unfinished = join(folder, `.${name}.${process.pid}.so`);
  const flags = ["-shared", "-fPIC", "-O1", "-isystem", headers];
  try {
    await promisify(execFile)(compiler, [...flags, "-o", unfinished, source]);
    renameSync(unfinished, join(folder, `lib${name}.so`));
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    const line = said.split("\n").find((text) => text.includes("error")) ?? said.split("\n")[0];
    throw new Error(`${compiler} could not build the Vulkan layer "${name}": ${line}`);
  } finally {
    rmSync(unfinished, { force: true });
  }
  const manifest = join(folder, `.${name}.${process.pid}.json`);
  writeFileSync(manifest, JSON.stringify(layerManifest(name), null, 2));
  renameSync(manifest, join(folder, `${name}.json`));
}

function layerManifest(name: LayerName): object {
  const negotiate = "vkNegotiateLoaderLayerInterfaceVersion";
  return {
    file_format_version: "1.0.0",
    layer: {
      name: `VK_LAYER_bitdial_${name}`,
      type: "GLOBAL",
      library_path: `./lib${name}.so`,
      api_version: "1.3.0",
      implementation_version: "1",
      description: `Bitdial's ${name}`,
      functions: { [negotiate]: negotiate },
    },
  };
}

function joined(first: string, rest: string | undefined): string {
  return rest ? `${first}:${rest}` : first;
}
