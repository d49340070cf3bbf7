import type { Host } from "../../src/cli/host.ts";

interface Description {
  platform?: NodeJS.Platform;
  arch?: string;
  env?: Record<string, string>;
  home?: string;
  files?: string[];
  /** From a path to what it is a symbolic link to. */
  links?: Record<string, string>;
}

/** A machine described by the files on it. */
export function fakeHost(description: Description): Host {
  const { platform = "linux", arch = "x64", env = {}, home = "/home/ada" } = description;
  const links = description.links ?? {};
  const paths = new Set([...(description.files ?? []), ...Object.keys(links)]);
  return {
    platform,
    arch,
    env: platform === "linux" ? { PATH: "/usr/local/bin:/usr/bin", ...env } : env,
    home,
    exists: (path) => paths.has(path),
    real: (path) => links[path] ?? path,
  };
}
