import { describe, expect, it } from "vitest";
import { blockTypes } from "../../src/model/gguf/blocks.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { blocksOf, fileFormats, fixture, isOdd } from "../support/file-blocks.ts";
import { snr } from "../support/snr.ts";
import { expectEqual, format } from "./support.ts";

/** 4096 weights, of which ggml's reference made the blocks. */
const input = new Float32Array(fixture("input.f32").buffer);

describe.each(fileFormats)("$id", ({ row, endings }) => {
  const type = [...blockTypes.values()].find(({ name }) => name === row.file?.type);

  it("is a type of GGUF files", () => {
    expect(type).toMatchObject({ elements: row.file?.elements, bytes: row.file?.bytes });
    expect(row.id).toBe(row.file?.type.toLowerCase());
  });

  it.each(endings)("says what the file says, bit for bit: %s", (ending) => {
    const { bytes, tensor } = blocksOf(row, ending);
    const expected = new Float32Array(4096);
    type?.decode?.(bytes, expected);
    const plain = (_: number, i: number) => !isOdd(row, bytes, i);
    const found = dequantizeTensor(tensor).filter(plain);
    expect(found.length).toBeGreaterThan(3800);
    expectEqual(found, expected.filter(plain));
  });
});

const made = fileFormats.filter(({ endings }) => endings.includes("bin"));

it.each(made)("$id chooses the values that ggml's reference chooses", ({ id, row }) => {
  const ours = dequantizeTensor(quantizeTensor(input, 16, 256, format(id)));
  const expected = dequantizeTensor(blocksOf(row, "bin").tensor);
  // Those blocks of iq4_nl were made with the first scale alone.
  if (id === "iq4_nl") expect(snr(input, ours)).toBeGreaterThan(snr(input, expected) + 0.4);
  // Adding zero takes the sign from zeros.
  else expectEqual(plus0(ours), plus0(expected));
});

function plus0(values: Float32Array): Float32Array {
  return values.map((value) => value + 0);
}

it("reads nibbles, fifth bits and scales where a file has them", () => {
  const [row] = fileFormats.filter(({ id }) => id === "q5_1").map((one) => one.row);
  const block = new Uint8Array(24);
  // d = 1, m = -2; code 17 for value 1, code 3 for value 16.
  block.set([0x00, 0x3c, 0x00, 0xc0, 0x02, 0, 0, 0, 0x30, 0x01]);
  const codes = row?.file?.codesOf(block);
  expect(codes?.scales).toEqual(Uint16Array.of(0x3c00, 0xc000));
  expect([codes?.codes[0], codes?.codes[1], codes?.codes[16]]).toEqual([0, 17, 3]);
});
