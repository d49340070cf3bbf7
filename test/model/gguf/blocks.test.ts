import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../../src/lib/sha256.ts";
import { type BlockType, blockTypes } from "../../../src/model/gguf/blocks.ts";

const folder = join(import.meta.dirname, "../../fixtures/gguf");

/** By the type's name in lower case and the file with its blocks: SHA-256 of the 4096 float32 values. */
const golden: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(join(folder, "sha256.json"), "utf8"),
);

function blockType(name: string): BlockType {
  for (const type of blockTypes.values()) {
    if (type.name.toLowerCase() === name.toLowerCase()) return type;
  }
  throw new Error(`no block type ${name}`);
}

const cases = Object.entries(golden).flatMap(([name, files]) =>
  Object.entries(files).map(([ending, sha256]) => ({ name, file: `${name}.${ending}`, sha256 })),
);

describe("blocks of GGUF files", () => {
  it.each(cases)("$file becomes ggml's own values, bit for bit", async ({ name, file, sha256 }) => {
    const { decode, elements, bytes } = blockType(name);
    const blocks = readFileSync(join(folder, file));
    const values = new Float32Array((blocks.length / bytes) * elements);
    decode?.(blocks, values);
    expect(values.length).toBe(4096);
    expect(await sha256Hex(new Uint8Array(values.buffer))).toBe(sha256);
  });

  it("has golden values for every type that is read, but plain float32", () => {
    const read = [...blockTypes.values()].filter(({ decode }) => decode).map(({ name }) => name);
    const checked = Object.keys(golden).map((name) => blockType(name).name);
    expect(new Set([...checked, "F32"])).toEqual(new Set(read));
  });

  it("decodes bytes that begin at an odd place", () => {
    for (const name of ["f32", "f16", "bf16"]) {
      const { decode, bytes } = blockType(name);
      const wide = new Uint8Array(2 * bytes + 1).fill(0x3c);
      const [even, odd] = [new Float32Array(2), new Float32Array(2)];
      decode?.(wide.subarray(0, 2 * bytes), even);
      decode?.(wide.subarray(1), odd);
      expect(odd).toEqual(even);
    }
  });
});
