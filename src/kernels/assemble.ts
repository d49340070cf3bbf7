import type { ShaderSource } from "../gpu/pipelines.ts";
import { shaderFile } from "./sources.ts";
import type { ShaderKey } from "./spec.ts";

/**
 * Whole files one after another behind a generated prelude of `enable` and `const` lines. WGSL's module scope is order-free, so this is
 * all the linking there is; `// @file` markers lead an error back to its file and line.
 */
export function assemble(key: ShaderKey): ShaderSource {
  const prelude = [
    ...key.enables.map((name) => `enable ${name};`),
    ...Object.entries(key.constants).map(([name, value]) => `const ${name}: u32 = ${value}u;`),
  ];
  const parts = key.files.map((stem) => `// @file ${stem}\n${shaderFile(stem)}`);
  return {
    label: key.label,
    code: [...prelude, ...parts].join("\n"),
    bindings: key.bindings,
    overrides: key.overrides,
  };
}
