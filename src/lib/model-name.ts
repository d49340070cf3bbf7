/** The part of an address that people call a model by: the repository's name on a hub, else the last part. */
export function nameOfAddress(pathname: string, whole: string): string {
  const parts = pathname.split("/").filter((part) => part !== "");
  const at = parts.indexOf("resolve");
  return (at > 0 ? parts[at - 1] : parts.at(-1)) ?? whole;
}
