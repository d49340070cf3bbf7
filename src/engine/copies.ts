import type { ShaderSource } from "../gpu/pipelines.ts";
import { assemble } from "../kernels/assemble.ts";
import { shaderFile } from "../kernels/sources.ts";
import type { ShaderKey } from "../kernels/spec.ts";
import type { Program } from "./program.ts";
import type { KernelCopy, UsedCopy } from "./protocol.ts";

/** The file of a matrix kernel that says what becomes of its outputs. */
const STORE = "lib/store_set";

/** Shaders that the user changed, each in the place of the kernel it was copied from. */
export class Copies {
  readonly #copies = new Map<string, KernelCopy>();

  get all(): readonly KernelCopy[] {
    return [...this.#copies.values()];
  }

  replace(copies: readonly KernelCopy[]): void {
    this.#copies.clear();
    for (const copy of copies) this.#copies.set(copy.label, copy);
  }

  /** The copy that stands for a key's kernel, whatever its store. */
  of(key: ShaderKey): KernelCopy | undefined {
    return this.#copies.get(key.label.split("/").slice(0, 3).join("/"));
  }

  drop({ label }: KernelCopy): void {
    this.#copies.delete(label);
  }

  source(key: ShaderKey): ShaderSource {
    const copy = this.of(key);
    return copy ? copySource(key, copy) : assemble(key);
  }

  /** Those that the dispatches of programs are made of. */
  used(programs: readonly Program[]): UsedCopy[] {
    const labels = new Set(
      programs.flatMap(({ dispatches }) => dispatches.map(({ label }) => label)),
    );
    return this.all
      .filter((copy) => [...labels].some((label) => isOf(label, copy)))
      .map(({ label, op, variant, sha256 }) => ({ label, op, variant, sha256 }));
  }
}

/** A copied shader under a key: its own text, but with the key's store. */
export function copySource(
  key: ShaderKey,
  copy: Pick<KernelCopy, "code" | "sha256">,
): ShaderSource {
  return {
    ...assemble(key),
    label: `${key.label}/${copyMark(copy)}`,
    code: withStore(copy.code, key),
  };
}

function copyMark({ sha256 }: Pick<KernelCopy, "sha256">): string {
  return `copy-${sha256.slice(0, 8)}`;
}

function isOf(dispatch: string, copy: KernelCopy): boolean {
  return dispatch.startsWith(`${copy.label}/`) && dispatch.endsWith(`/${copyMark(copy)}`);
}

/**
 * What is copied sets its outputs; in a model the same kernel also adds them up or writes logits. That is one file of the assembly,
 * which is swapped as the assembler does it, so that a copy has to leave it alone.
 */
function withStore(code: string, { label, files }: ShaderKey): string {
  if (files.includes(STORE)) return code;
  const stores = files.filter((stem) => stem.startsWith("lib/store_") || stem === "lib/state");
  const parts = code.split(/^(?=\/\/ @file )/m);
  const at = parts.findIndex((part) => part.trimEnd() === section(STORE).trimEnd());
  if (at < 0) {
    throw new Error(
      `${label} needs another store, which takes the place of the part that begins with "// @file ${STORE}": leave that part as it was.`,
    );
  }
  return [...parts.slice(0, at), ...stores.map(section), ...parts.slice(at + 1)].join("\n");
}

function section(stem: string): string {
  return `// @file ${stem}\n${shaderFile(stem)}`;
}
