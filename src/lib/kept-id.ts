const start = "kept:";

/** How a link names files of a disk that the browser keeps: by their content, as they have no address. */
export function keptId(sha256: string): string {
  return start + sha256.slice(0, 16);
}

export function isKeptId(id: string): boolean {
  return /^kept:[0-9a-f]{16}$/.test(id);
}
