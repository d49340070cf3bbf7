import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** What the linter says of one file's text, as if it stood at `path`. */
function lint(path: string, text: string): string {
  try {
    const biome = join(root, "node_modules", ".bin", "biome");
    return execFileSync(biome, ["lint", "--colors=off", `--stdin-file-path=${path}`], {
      cwd: root,
      input: text,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}

const forbidden: [path: string, from: string][] = [
  ["src/lib/x.ts", "../quant/registry.ts"],
  ["src/quant/x.ts", "../gpu/context.ts"],
  ["src/gpu/x.ts", "../quant/registry.ts"],
  ["src/gpu/x.ts", "../model/config.ts"],
  ["src/compress/x.ts", "../model/config.ts"],
  ["src/kernels/x.ts", "../model/config.ts"],
  ["src/model/x.ts", "../gpu/context.ts"],
  ["src/model/x.ts", "../engine/protocol.ts"],
  ["src/engine/x.ts", "../store/store.ts"],
  ["src/lab/x.ts", "../engine/engine.ts"],
  ["src/lab/x.ts", "../gpu/context.ts"],
  ["src/store/x.ts", "../engine/engine.ts"],
  ["src/ui/x.tsx", "../engine/protocol.ts"],
  ["src/ui/x.tsx", "../quant/registry.ts"],
  ["src/cli/x.ts", "../store/store.ts"],
];

const allowed: [path: string, from: string][] = [
  ["src/quant/x.ts", "../lib/f16.ts"],
  ["src/kernels/x.ts", "../gpu/context.ts"],
  ["src/model/x.ts", "../kernels/spec.ts"],
  ["src/engine/x.ts", "../gpu/context.ts"],
  ["src/lab/x.ts", "../engine/protocol.ts"],
  ["src/store/x.ts", "../engine/client.ts"],
  ["src/ui/x.tsx", "../store/store.ts"],
  ["src/cli/x.ts", "../engine/engine.ts"],
];

describe("the walls between the layers", () => {
  it.each(forbidden)("%s may not import %s", (path, from) => {
    expect(lint(path, `export { thing } from "${from}";\n`)).toMatch(/noRestrictedImports/);
  });

  it.each(allowed)("%s may import %s", (path, from) => {
    expect(lint(path, `export { thing } from "${from}";\n`)).not.toMatch(/noRestrictedImports/);
  });
});
