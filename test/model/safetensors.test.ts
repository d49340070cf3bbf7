import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/assert.ts";
import { createRng, type Rng } from "../../src/lib/rng.ts";
import { memorySource } from "../../src/model/bytes/source.ts";
import { openSafetensors } from "../../src/model/safetensors.ts";
import { readTensors, type WeightsFile } from "../../src/model/weights-file.ts";
import { modelFile } from "./fixtures.ts";
import { buildSafetensors, f32, u16, withHeader } from "./safetensors-file.ts";

async function refusal(read: () => Promise<unknown>): Promise<string> {
  try {
    await read();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("the file was taken");
}

async function open(file: Uint8Array): Promise<WeightsFile> {
  return await openSafetensors(memorySource("model.safetensors", file));
}

async function readTensor(file: WeightsFile, name: string): Promise<Float32Array> {
  const { tensors } = await readTensors(file, new Set([name]), {
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  return tensors.get(name)?.() ?? new Float32Array();
}

/** A header with one tensor "w" of the given fields, before `dataBytes` zeros. */
function one(fields: object, dataBytes: number): Uint8Array {
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8], ...fields };
  return withHeader(JSON.stringify({ w: entry }), new Uint8Array(dataBytes));
}

describe("openSafetensors", () => {
  it("lists every tensor of a real file, also when the bytes are a part of a larger buffer", async () => {
    const bytes = modelFile("stories260K", "model.safetensors");
    const padded = new Uint8Array(bytes.length + 13);
    padded.set(bytes, 13);
    const file = await open(padded.subarray(13));
    expect(file.tensors.size).toBe(5 * 9 + 2);
    expect(await readTensor(file, "model.norm.weight")).toEqual(
      await readTensor(await open(bytes), "model.norm.weight"),
    );
  });

  it("takes spaces after the header, metadata, empty and scalar tensors", async () => {
    const header = JSON.stringify({
      __metadata__: { format: "pt" },
      empty: { dtype: "F32", shape: [0, 5], data_offsets: [0, 0] },
      scalar: { dtype: "F32", shape: [], data_offsets: [0, 4] },
    });
    const file = await open(withHeader(`${header}   `, f32(1.5)));
    expect([...(await readTensor(file, "empty"))]).toEqual([]);
    expect([...(await readTensor(file, "scalar"))]).toEqual([1.5]);
  });

  const where = 'model.safetensors: tensor "w"';
  const again = "; download it again";
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    [
      "an empty file",
      new Uint8Array(),
      "model.safetensors: the header needs 8 bytes but the file has 0; download it again",
    ],
    [
      "a cut header",
      withHeader("{}").subarray(0, 9),
      "model.safetensors: the header ends at byte 10 of 9; download it again",
    ],
    [
      "a text file",
      new TextEncoder().encode("hello, I am text"),
      "too many; it is no safetensors file",
    ],
    [
      "a Git LFS pointer",
      new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid"),
      "model.safetensors is a Git LFS pointer",
    ],
    [
      "a web page",
      new TextEncoder().encode("<!DOCTYPE html><html>"),
      "model.safetensors is a web page",
    ],
    [
      "a GGUF file",
      new TextEncoder().encode("GGUF\u0003\0\0\0\0\0\0\0"),
      "model.safetensors is a GGUF file",
    ],
    ["broken JSON", withHeader('{"w":'), `model.safetensors: the header is not valid JSON${again}`],
    ["a list as header", withHeader("[]"), `the header is not a JSON object${again}`],
    [
      "bytes that are no UTF-8",
      withHeader("{}").fill(0xff, 8),
      `the header is not valid JSON${again}`,
    ],
    [
      "an entry that is no object",
      withHeader('{"w":3}'),
      `${where} is not described by an object${again}`,
    ],
    [
      "an unknown dtype",
      one({ dtype: "Q4" }, 8),
      `${where} has the unknown dtype "Q4"; F32, F16 and BF16 can be read`,
    ],
    ["a missing dtype", one({ dtype: undefined }, 8), `${where} has the unknown dtype nothing`],
    [
      "a negative size",
      one({ shape: [-2] }, 8),
      `${where} has the shape [-2], no list of sizes${again}`,
    ],
    [
      "a fractional size",
      one({ shape: [2.5] }, 8),
      `${where} has the shape [2.5], no list of sizes${again}`,
    ],
    [
      "a shape of text",
      one({ shape: "2" }, 8),
      `${where} has the shape "2", no list of sizes${again}`,
    ],
    [
      "one offset",
      one({ data_offsets: [0] }, 8),
      `${where} has data_offsets [0], not two positions${again}`,
    ],
    [
      "offsets backwards",
      one({ data_offsets: [8, 0] }, 8),
      `${where} has data_offsets from 8 back to 0${again}`,
    ],
    [
      "a cut file",
      one({}, 7),
      `${where} ends at byte ${one({}, 0).length + 8} but the file has ${one({}, 7).length}`,
    ],
    [
      "a size that does not fit",
      one({ shape: [3] }, 8),
      `${where} has 8 bytes, not the 12 of [3] F32 values${again}`,
    ],
    [
      "a product beyond numbers",
      one({ shape: [2 ** 50, 2 ** 50] }, 8),
      `${where} has 8 bytes, not the`,
    ],
    ["bytes after the last tensor", one({}, 9), "model.safetensors: the last tensor ends at byte"],
    ["a hole", one({ data_offsets: [4, 12] }, 12), "after 4 bytes of no tensor; download it again"],
    [
      "an overlap",
      withHeader(
        JSON.stringify({
          v: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
          w: { dtype: "F32", shape: [2], data_offsets: [4, 12] },
        }),
        new Uint8Array(12),
      ),
      "inside another tensor; download it again",
    ],
    [
      "a deep nest",
      withHeader(`{"w":{"dtype":"F32","shape":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`),
      "the header nests lists more than 200 deep",
    ],
  ];

  it.each(cases)("refuses %s in one sentence", async (_name, file, sentence) => {
    const message = await refusal(() => open(file));
    expect(message).toContain(sentence);
    expect(message.length).toBeLessThan(400);
    expect(message).not.toContain("\n");
  });
});

describe("readTensor", () => {
  it("widens F16 and BF16 exactly", async () => {
    const file = await open(
      buildSafetensors({
        odd: { dtype: "U8", shape: [1], bytes: Uint8Array.of(7) },
        half: { dtype: "F16", shape: [2, 2], bytes: u16(0x3c00, 0xc000, 0x0001, 0x7bff) },
        brain: { dtype: "BF16", shape: [3], bytes: u16(0x3f80, 0xc000, 0x7f7f) },
        float: { dtype: "F32", shape: [2], bytes: f32(Math.fround(0.1), -0) },
      }),
    );
    expect([...(await readTensor(file, "half"))]).toEqual([1, -2, 2 ** -24, 65504]);
    expect([...(await readTensor(file, "brain"))]).toEqual([1, -2, 2 ** 128 - 2 ** 120]);
    expect([...(await readTensor(file, "float"))]).toEqual([Math.fround(0.1), -0]);
  });

  it("refuses values that are not finite, names them and their place", async () => {
    const file = await open(
      buildSafetensors({
        nan: { dtype: "F32", shape: [3], bytes: f32(1, Number.NaN, 2) },
        inf: { dtype: "F16", shape: [2], bytes: u16(0, 0xfc00) },
        brain: { dtype: "BF16", shape: [1], bytes: u16(0x7fc0) },
      }),
    );
    expect(await refusal(() => readTensor(file, "nan"))).toBe(
      'model.safetensors: tensor "nan" holds NaN at index 1; download it again',
    );
    expect(await refusal(() => readTensor(file, "inf"))).toContain("holds -Infinity at index 1");
    expect(await refusal(() => readTensor(file, "brain"))).toContain("holds NaN at index 0");
  });

  it("refuses integers", async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const file = await open(buildSafetensors({ w: { dtype: "U8", shape: [3], bytes } }));
    expect(await refusal(() => readTensor(file, "w"))).toContain(
      "has the type U8, which is not read",
    );
  });
});

describe("mutated headers", () => {
  const valid = buildSafetensors({
    a: { dtype: "F32", shape: [4, 3], bytes: f32(...Array.from({ length: 12 }, (_, i) => i)) },
    b: { dtype: "F16", shape: [5], bytes: u16(1, 2, 3, 4, 5) },
    c: { dtype: "BF16", shape: [2, 1], bytes: u16(0x3f80, 0x4000) },
  });
  const headerBytes = new DataView(valid.buffer).getUint32(0, true);
  const fragments = [
    "{",
    "}",
    "[",
    "]",
    "null",
    "1e999",
    "-1",
    "9007199254740993",
    '"F64"',
    "0.5",
    "4294967296",
    ",",
    '"a":',
    "__proto__",
    "[[[[",
    "\\u0000",
  ];

  function mutate(rng: Rng): Uint8Array {
    const kind = rng.integer(5);
    const at = 8 + rng.integer(headerBytes);
    if (kind === 0) return valid.slice(0, rng.integer(valid.length));
    if (kind === 1) {
      const copy = valid.slice();
      for (let i = 0; i <= rng.integer(4); i++)
        copy[rng.integer(8 + headerBytes)] = rng.integer(256);
      return copy;
    }
    const text = new TextDecoder().decode(valid.subarray(8, 8 + headerBytes));
    const piece = fragments[rng.integer(fragments.length)] ?? "";
    const cut = at - 8 + (kind === 2 ? 0 : rng.integer(12));
    const changed =
      kind === 4
        ? text.replace(/\d+/g, (digits) => (rng.integer(4) ? digits : String(rng.integer(2 ** 32))))
        : text.slice(0, at - 8) + piece + text.slice(cut);
    return withHeader(changed, valid.subarray(8 + headerBytes));
  }

  it("gives a UserError or a file, fast and without large buffers, for 500 of them", async () => {
    const rng = createRng(7);
    const before = process.memoryUsage().arrayBuffers;
    let refused = 0;
    let slowestMs = 0;
    for (let round = 0; round < 500; round++) {
      const bytes = mutate(rng);
      const started = performance.now();
      try {
        const file = await open(bytes);
        for (const name of file.tensors.keys()) await readTensor(file, name);
      } catch (error) {
        expect(error, `round ${round}`).toBeInstanceOf(UserError);
        refused++;
      }
      slowestMs = Math.max(slowestMs, performance.now() - started);
    }
    expect(refused).toBeGreaterThan(300);
    expect(slowestMs).toBeLessThan(2000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });
});
