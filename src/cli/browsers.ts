import { findProgram, type Host, pathsOf, thisHost } from "./host.ts";

export interface Browser {
  name: string;
  path: string;
}

const LINUX_COMMANDS: readonly (readonly [name: string, ...commands: string[]])[] = [
  ["Chrome", "google-chrome-stable", "google-chrome", "/opt/google/chrome/chrome"],
  ["Chromium", "chromium", "chromium-browser", "/usr/lib/chromium/chromium"],
  ["Edge", "microsoft-edge-stable", "microsoft-edge", "/opt/microsoft/msedge/msedge"],
];

const MAC_APPS: readonly (readonly [name: string, app: string])[] = [
  ["Chrome", "Google Chrome"],
  ["Chromium", "Chromium"],
  ["Edge", "Microsoft Edge"],
];

const WINDOWS_PROGRAMS: readonly (readonly [name: string, path: string])[] = [
  ["Chrome", "Google\\Chrome\\Application\\chrome.exe"],
  ["Chromium", "Chromium\\Application\\chrome.exe"],
  ["Edge", "Microsoft\\Edge\\Application\\msedge.exe"],
];

/**
 * Every browser here that has WebGPU and takes Playwright's commands; CHROME_PATH's comes first.
 */
export function findBrowsers(host: Host): Browser[] {
  const chosen = host.env.CHROME_PATH;
  const found: Browser[] =
    chosen && host.exists(chosen) ? [{ name: "CHROME_PATH", path: chosen }] : [];
  for (const browser of installed(host)) {
    if (!found.some(({ path }) => path === browser.path)) found.push(browser);
  }
  return found;
}

/**
 * The browser to drive. A CHROME_PATH that leads nowhere throws: another browser was not asked for.
 */
export function findBrowser(host: Host = thisHost()): string | undefined {
  const chosen = host.env.CHROME_PATH;
  if (chosen && !host.exists(chosen)) {
    throw new Error(`CHROME_PATH names ${chosen}, and there is no such file.`);
  }
  return findBrowsers(host)[0]?.path;
}

function installed(host: Host): Browser[] {
  const { join } = pathsOf(host);
  const at = (name: string, path: string): Browser[] => (host.exists(path) ? [{ name, path }] : []);
  switch (host.platform) {
    case "darwin":
      return MAC_APPS.flatMap(([name, app]) =>
        ["/Applications", join(host.home, "Applications")].flatMap((folder) =>
          at(name, join(folder, `${app}.app`, "Contents", "MacOS", app)),
        ),
      );
    case "win32":
      return WINDOWS_PROGRAMS.flatMap(([name, program]) =>
        ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((variable) => {
          const folder = host.env[variable];
          return folder ? at(name, join(folder, program)) : [];
        }),
      );
    default:
      return LINUX_COMMANDS.flatMap(([name, ...commands]) => {
        const path = findProgram(host, commands);
        return path ? [{ name, path }] : [];
      });
  }
}
