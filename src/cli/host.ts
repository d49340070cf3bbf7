import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { posix, win32 } from "node:path";
import { userEnv } from "./driver-env.ts";

/** What discovery may know about a machine; plain data in tests, so every layout is testable. */
export interface Host {
  platform: NodeJS.Platform;
  arch: string;
  env: Record<string, string | undefined>;
  home: string;
  exists(path: string): boolean;
  /** The path with symbolic links followed; the path itself where that fails. */
  real(path: string): string;
}

export function thisHost(): Host {
  return {
    platform: process.platform,
    arch: process.arch,
    env: userEnv(),
    home: homedir(),
    exists: existsSync,
    real(path) {
      try {
        return realpathSync(path);
      } catch {
        return path;
      }
    },
  };
}

/** Path rules of the host described, not of the one running. */
export function pathsOf(host: Host): typeof posix {
  return host.platform === "win32" ? win32 : posix;
}

/** A search-path variable's folders, empty ones left out. */
export function folders(host: Host, variable: string, fallback = ""): string[] {
  const text = host.env[variable] || fallback;
  return text.split(pathsOf(host).delimiter).filter((folder) => folder !== "");
}

/** The first of these programs on PATH. */
export function findProgram(host: Host, names: readonly string[]): string | undefined {
  const { join, isAbsolute } = pathsOf(host);
  for (const name of names) {
    if (isAbsolute(name)) {
      if (host.exists(name)) return name;
      continue;
    }
    const found = folders(host, "PATH").map((folder) => join(folder, name));
    const program = found.find((path) => host.exists(path));
    if (program) return program;
  }
  return undefined;
}
