import type { ModelSource } from "../engine/protocol.ts";
import { isKeptId } from "../lib/kept-id.ts";
import { nameOfAddress } from "../lib/model-name.ts";
import type { GivenFile } from "./open-types.ts";

/** Where hf: ids lead when no mirror is set. */
export const defaultHub = "https://huggingface.co";

export interface ModelText {
  /** As a link names it. */
  readonly id: string;
  readonly source: ModelSource;
  /** The host that is asked; null when none is. */
  readonly host: string | null;
}

const repository = /^[\w.-]+\/[\w.-]+(\/[\w./-]+\.gguf)?(@[\w./-]+)?$/;

/** What somebody typed, pasted or followed as a source of a model, or why it is none. */
export function readModelText(text: string, hub: string): ModelText | { readonly fault: string } {
  const asked = text.trim();
  if (isKeptId(asked))
    return { id: asked, host: null, source: { kind: "kept", id: asked, name: asked } };
  const id = idOfPage(asked) ?? (repository.test(asked) ? `hf:${asked}` : asked);
  if (id.startsWith("hf:")) {
    const name = /^hf:[^/]*\/([^/@]+)/.exec(id)?.[1] ?? id;
    const mirror = hub === "" ? {} : { hub };
    return {
      id,
      host: new URL(hub || defaultHub).origin,
      source: { kind: "hub", id, name, ...mirror },
    };
  }
  if (!/^https?:\/\//i.test(id) || !URL.canParse(id)) {
    const shown = asked.length > 80 ? `${asked.slice(0, 80)}…` : asked;
    return {
      fault: `"${shown}" is no model's name; write hf:org/name, the address of a folder or of a .gguf file, or choose files.`,
    };
  }
  const { pathname, origin, href } = new URL(id);
  const name = nameOfAddress(pathname, id);
  return { id: href, host: origin, source: { kind: "url", base: href, name } };
}

/** The hub's own pages, as people copy them, mean the model that they show. */
function idOfPage(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { origin, pathname } = new URL(text);
  if (origin !== defaultHub) return null;
  const [org, name, kind, revision, ...file] = pathname.split("/").filter((part) => part !== "");
  if (!org || !name || ["datasets", "spaces", "models", "api"].includes(org)) return null;
  if (kind === undefined) return `hf:${org}/${name}`;
  const known = kind === "tree" || kind === "blob" || kind === "resolve";
  if (!known || revision === undefined) return null;
  const path = file.length > 0 && kind !== "tree" ? `/${file.join("/")}` : "";
  const whole = path !== "" && !path.endsWith(".gguf") ? "" : path;
  return `hf:${org}/${name}${whole}${revision === "main" ? "" : `@${revision}`}`;
}

const maxFiles = 2000;

/** Chosen files as one model: those of a folder, not of the folders in it. */
export function readModelFiles(
  given: readonly GivenFile[],
): ModelText["source"] | { readonly fault: string } {
  if (given.length === 0) return { fault: "There is no file in it; choose a model's files." };
  if (given.length > maxFiles)
    return { fault: `${given.length} files are too many; choose a model's folder or its files.` };
  const depth = Math.min(...given.map(({ path }) => path.split("/").length));
  const files: Record<string, Blob> = {};
  let folder = "";
  for (const { path, file } of given) {
    const parts = path.split("/");
    if (parts.length !== depth) continue;
    files[parts.at(-1) ?? path] = file;
    folder = parts.at(-2) ?? "";
  }
  return { kind: "files", name: folder || mainName(Object.keys(files)), files };
}

/** A model without a folder goes by its weights. */
function mainName(names: readonly string[]): string {
  const weights = names.filter(
    (name) => /\.(gguf|safetensors|bin)$/i.test(name) && !/^tok/i.test(name),
  );
  return (weights[0] ?? names[0] ?? "model").replace(/\.(gguf|safetensors|bin)$/i, "");
}
