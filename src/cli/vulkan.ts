import { findBrowsers } from "./browsers.ts";
import { findProgram, folders, type Host, pathsOf } from "./host.ts";

/**
 * Where the loader, the drivers and the tools to build a layer are. Linux only: elsewhere Dawn has
 * Metal or D3D12.
 */
export interface Swiftshader {
  manifest: string;
  /** The Vulkan loader that ships with the browser. */
  loader?: string;
}

const MULTIARCH: Record<string, string> = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };
const MANIFEST_ARCH: Record<string, string> = { x64: "x86_64", arm64: "aarch64" };
const LOADER = "libvulkan.so.1";

const BROWSER_FOLDERS = [
  "/opt/google/chrome",
  "/opt/google/chrome-beta",
  "/usr/lib/chromium",
  "/usr/lib/chromium-browser",
  "/usr/lib64/chromium-browser",
  "/snap/chromium/current/usr/lib/chromium-browser",
  "/opt/microsoft/msedge",
];

export function findLoader(host: Host): string | undefined {
  const multiarch = MULTIARCH[host.arch] ?? "";
  const places = [
    ...folders(host, "LD_LIBRARY_PATH"),
    `/usr/lib/${multiarch}`,
    `/lib/${multiarch}`,
    "/usr/lib64",
    "/usr/lib",
    "/usr/local/lib",
    "/run/opengl-driver/lib",
  ];
  return places.map((folder) => `${folder}/${LOADER}`).find((path) => host.exists(path));
}

/**
 * A Mesa driver's manifest for this processor, in the folders the Vulkan loader itself searches.
 */
export function findDriver(host: Host, driver: "lvp" | "radeon"): string | undefined {
  const { join } = pathsOf(host);
  const roots = [
    host.env.XDG_CONFIG_HOME || join(host.home, ".config"),
    ...folders(host, "XDG_CONFIG_DIRS", "/etc/xdg"),
    "/usr/local/etc",
    "/etc",
    host.env.XDG_DATA_HOME || join(host.home, ".local", "share"),
    ...folders(host, "XDG_DATA_DIRS", "/usr/local/share:/usr/share"),
    // A narrow XDG_DATA_DIRS (a desktop's, a snap's) often leaves out where distributions put
    // drivers.
    "/usr/share",
    "/run/opengl-driver/share",
  ];
  // Newer Mesa writes lvp_icd.json, older ones lvp_icd.x86_64.json, possibly beside a 32-bit one.
  const names = [
    `${driver}_icd.${MANIFEST_ARCH[host.arch] ?? host.arch}.json`,
    `${driver}_icd.json`,
  ];
  return roots
    .flatMap((root) => names.map((name) => join(root, "vulkan", "icd.d", name)))
    .find((path) => host.exists(path));
}

export function findSwiftshader(host: Host): Swiftshader | undefined {
  if (host.platform !== "linux") return undefined;
  const { dirname, join } = pathsOf(host);
  const besideBrowsers = findBrowsers(host).map(({ path }) => dirname(host.real(path)));
  for (const folder of [...besideBrowsers, ...BROWSER_FOLDERS]) {
    const manifest = join(folder, "vk_swiftshader_icd.json");
    if (!host.exists(manifest)) continue;
    const loader = join(folder, LOADER);
    return host.exists(loader) ? { manifest, loader } : { manifest };
  }
  return undefined;
}

export function findCompiler(host: Host): string | undefined {
  const chosen = host.env.CC;
  return findProgram(host, [...(chosen ? [chosen] : []), "cc", "gcc", "clang"]);
}

/** The folder that holds vulkan/vk_layer.h. */
export function findVulkanHeaders(host: Host): string | undefined {
  const { join } = pathsOf(host);
  const sdk = host.env.VULKAN_SDK;
  const places = [...(sdk ? [join(sdk, "include")] : []), "/usr/include", "/usr/local/include"];
  return places.find((folder) => host.exists(join(folder, "vulkan", "vk_layer.h")));
}
