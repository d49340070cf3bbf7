// Sees to what the tests need outside npm: a browser, and Mesa's llvmpipe with what it takes here.
// Installs it where that can be done without asking; otherwise one line says what to install.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

// The doctor's own eyes: what it finds missing is exactly what the command line would miss.
const vite = await createServer({
  root: fileURLToPath(new URL("..", import.meta.url)),
  configFile: false,
  logLevel: "silent",
  appType: "custom",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const { diagnose } = await vite.ssrLoadModule("/src/cli/diagnose.ts");

const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
const chromium = /^ID="?ubuntu/m.test(release) ? "chromium-browser" : "chromium";

/** The Debian packages that are missing, and why each one is, in the doctor's words. */
async function missing() {
  const { adapters, browsers } = await diagnose("null");
  const reasonOf = (choice) => adapters.find((adapter) => adapter.choice === choice)?.reason;
  const packages = [];
  const reasons = [];
  const need = (reason, ...names) => {
    reasons.push(reason);
    packages.push(...names);
  };
  if (browsers.length === 0) {
    need("No Chrome, Chromium or Edge is installed.", chromium);
  } else if (process.platform === "linux" && reasonOf("swiftshader")) {
    need(reasonOf("swiftshader"), chromium);
  }
  // Elsewhere than on Linux there is no llvmpipe, and Dawn runs on Metal or D3D12.
  if (process.platform === "linux" && reasonOf("llvmpipe")) {
    need(reasonOf("llvmpipe"), "libvulkan1", "mesa-vulkan-drivers", "gcc", "libvulkan-dev");
  }
  return { packages, reasons };
}

/** What to put before apt-get, or undefined where it cannot be run without asking. */
function aptPrefix() {
  if (!existsSync("/usr/bin/apt-get")) return undefined;
  if (!/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release)) return undefined;
  if (process.getuid?.() === 0) return [];
  try {
    execFileSync("sudo", ["-n", "true"], { stdio: "ignore" });
    return ["sudo", "-n"];
  } catch {
    return undefined;
  }
}

/** Returns what apt-get said when it failed. */
function install(prefix, packages) {
  console.error(`Installing ${packages.join(" ")} with apt-get.`);
  const wait = ["-o", "DPkg::Lock::Timeout=120"];
  const apt = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...wait];
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const [command, ...rest] = [...apt, ...args];
    try {
      execFileSync(command, rest, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
    } catch (error) {
      const said = String(error.stderr ?? error).trim();
      return `apt-get ${args[0]} failed: ${said.split("\n").at(-1)}`;
    }
  }
  return undefined;
}

let { packages, reasons } = await missing();
const prefix = packages.length > 0 ? aptPrefix() : undefined;
if (prefix) {
  const failure = install(prefix, packages);
  ({ packages, reasons } = await missing());
  if (failure && packages.length > 0) reasons.push(failure);
}
if (packages.length > 0) {
  console.error(`The tests need ${packages.join(" ")} (Debian's names): ${reasons.join(" ")}`);
}
// Dawn would keep the process alive.
process.exit(packages.length > 0 && process.env.CI === "true" ? 1 : 0);
