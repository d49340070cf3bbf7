import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
let house = "";
let said = "";

/** A house of the same rules with one import a file, linted once. */
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "bitdial-walls-"));
  cpSync(join(root, "biome.json"), join(house, "biome.json"));
  [...forbidden, ...allowed].forEach(([path, from], index) => {
    const file = join(house, place(path, index));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `import { thing } from "${from}";\n\nexport const other = thing;\n`);
  });
  const biome = join(root, "node_modules", ".bin", "biome");
  const args = ["lint", "--vcs-enabled=false", "--colors=off", "--max-diagnostics=none", "."];
  const { stdout, stderr } = spawnSync(biome, args, { cwd: house, encoding: "utf8" });
  said = stdout + stderr;
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

/** `src/ui/x.tsx` -> `src/ui/case7.tsx`: every case has a file of its own. */
function place(path: string, index: number): string {
  return path.replace("/x.", `/case${index}.`);
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
  ["src/engine/x.ts", "../peer/runs.ts"],
  ["src/peer/x.ts", "../engine/engine.ts"],
  ["src/peer/x.ts", "../gpu/context.ts"],
  ["src/model/x.ts", "../peer/graph.ts"],
  ["src/lab/x.ts", "../engine/engine.ts"],
  ["src/lab/x.ts", "../peer/peer.ts"],
  ["src/store/x.ts", "../peer/peer.ts"],
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
  ["src/engine/x.ts", "../peer/graph.ts"],
  ["src/peer/x.ts", "../engine/protocol.ts"],
  ["src/peer/x.ts", "../model/config.ts"],
  ["src/lab/x.ts", "../engine/protocol.ts"],
  ["src/lab/x.ts", "../peer/protocol.ts"],
  ["src/store/x.ts", "../peer/client.ts"],
  ["src/cli/x.ts", "../peer/peer.ts"],
  ["src/store/x.ts", "../engine/client.ts"],
  ["src/ui/x.tsx", "../store/store.ts"],
  ["src/cli/x.ts", "../engine/engine.ts"],
];

describe("the walls between the layers", () => {
  it.each(forbidden)("%s may not import %s", (path, from) => {
    const index = forbidden.findIndex(([a, b]) => a === path && b === from);
    expect(said).toMatch(new RegExp(`${place(path, index)}.*noRestrictedImports`));
  });

  it.each(allowed)("%s may import %s", (path, from) => {
    const index = forbidden.length + allowed.findIndex(([a, b]) => a === path && b === from);
    expect(said).not.toMatch(new RegExp(`${place(path, index)}.*noRestrictedImports`));
  });
});
