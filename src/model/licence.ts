import { readText } from "./bytes/source.ts";
import type { ModelFiles } from "./model-files.ts";
import type { Opened } from "./opened.ts";

const maxReadme = 2 << 20;
const maxName = 80;

/** The licence that a model's files name; null where they name none. */
export async function licenceOf(
  files: ModelFiles,
  { form, licence }: Pick<Opened, "form" | "licence">,
  signal?: AbortSignal,
): Promise<string | null> {
  if (licence !== null) return licence.slice(0, maxName);
  if (form !== "safetensors" || files.names?.includes("README.md") === false) return null;
  try {
    const { text } = await readText(files.open("README.md"), signal, maxReadme);
    return licenceOfReadme(text);
  } catch {
    // A model works without: only a wish to stop counts.
    signal?.throwIfAborted();
    return null;
  }
}

/** `license: mit` between the lines of dashes that a model card begins with. */
export function licenceOfReadme(text: string): string | null {
  const [, front = ""] = /^\uFEFF?---\r?\n([\s\S]*?)\n---/.exec(text) ?? [];
  const field = (name: string): string | null => {
    const value = new RegExp(`^${name}:[ \\t]*["']?([^"'\\r\\n#]+)`, "m").exec(front)?.[1];
    return value?.trim().slice(0, maxName) || null;
  };
  const licence = field("license");
  return licence === "other" ? (field("license_name") ?? licence) : licence;
}
