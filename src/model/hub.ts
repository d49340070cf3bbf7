import { UserError } from "../lib/assert.ts";

/** Where hf: ids lead when no mirror is set. */
export const defaultHub = "https://huggingface.co/";

const part = /^[A-Za-z0-9][\w.-]*$/;

/**
 * The address of `hf:org/name[/file][@revision]`: the model's folder on the hub, or a file in it
 * that is a whole model. A revision is a branch, a tag or a commit; "main" when left out.
 */
export function hubAddress(id: string, hub: string = defaultHub): string {
  const [path = "", revision = "main", ...more] = id.replace(/^hf:/, "").split("@");
  const parts = path.split("/");
  const [org = "", name = "", ...file] = parts;
  const good =
    more.length === 0 &&
    parts.length >= 2 &&
    parts.every((text) => part.test(text) && !text.includes("..")) &&
    /^[\w][\w./-]*$/.test(revision) &&
    !revision.includes("..");
  if (!good) {
    throw new UserError(
      `${id} is no id of a model; write hf:org/name, hf:org/name@revision or hf:org/name/file.gguf`,
    );
  }
  // A slash in a revision is part of its name: refs/pr/1.
  const tail = file.length > 0 ? file.map(encodeURIComponent).join("/") : "";
  return new URL(`${org}/${name}/resolve/${encodeURIComponent(revision)}/${tail}`, baseOf(hub))
    .href;
}

function baseOf(hub: string): string {
  let url: URL;
  try {
    url = new URL(hub.endsWith("/") ? hub : `${hub}/`);
  } catch {
    throw new UserError(`${hub} is no address of a model hub; write it as ${defaultHub}`);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new UserError(`${hub} is no address of a model hub; it begins with https:// or http://`);
  }
  return url.href;
}
