import { describe, expect, it } from "vitest";
import { onnxModel } from "../../src/peer/onnx.ts";

/** Fields of a protocol buffer message, as any reader of the format sees them. */
function fields(bytes: Uint8Array): [number: number, value: number | Uint8Array][] {
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const value = varint();
    if ((key & 7) === 2) {
      found.push([key >> 3, bytes.subarray(at, at + value)]);
      at += value;
    } else found.push([key >> 3, value]);
  }
  return found;
}

function all(bytes: Uint8Array, number: number): Uint8Array[] {
  return fields(bytes).flatMap(([own, value]) =>
    own === number && value instanceof Uint8Array ? [value] : [],
  );
}

function texts(bytes: Uint8Array, number: number): string[] {
  return all(bytes, number).map((value) => new TextDecoder().decode(value));
}

const op = { op: "MatMulNBits", domain: "com.microsoft", attributes: { K: 32, N: 300 } } as const;
const model = onnxModel({
  name: "chain",
  nodes: [
    { ...op, name: "first", inputs: ["A", "B", "scales"], outputs: ["Y1"] },
    { ...op, name: "second", inputs: ["Y1", "B", "scales"], outputs: ["Y"] },
  ],
  initializers: [
    { name: "B", dims: [300, 1, 16], data: new Uint8Array(4800).fill(7) },
    { name: "scales", dims: [300, 1], data: new Float32Array(300).fill(-0.5) },
  ],
  inputs: [{ name: "A", type: "float", dims: [1, 32] }],
  outputs: [{ name: "Y", type: "float", dims: [1, 300] }],
});

describe("onnxModel", () => {
  it("names its version and both sets of operators", () => {
    expect(fields(model)).toContainEqual([1, 10]);
    expect(all(model, 8).flatMap((opset) => texts(opset, 1))).toEqual(["", "com.microsoft"]);
  });

  it("puts the nodes in a row", () => {
    const nodes = all(model, 7).flatMap((graph) => all(graph, 1));
    expect(nodes.map((node) => [texts(node, 1), texts(node, 2)])).toEqual([
      [["A", "B", "scales"], ["Y1"]],
      [["Y1", "B", "scales"], ["Y"]],
    ]);
    const attributes = nodes.flatMap((node) => all(node, 5));
    expect(attributes.map((attribute) => [texts(attribute, 1)[0], fields(attribute)[1]])).toEqual([
      ["K", [3, 32]],
      ["N", [3, 300]],
      ["K", [3, 32]],
      ["N", [3, 300]],
    ]);
  });

  it("keeps every byte of the constants", () => {
    const tensors = all(model, 7).flatMap((graph) => all(graph, 5));
    expect(tensors.map((tensor) => fields(tensor).filter(([number]) => number === 1))).toEqual([
      [
        [1, 300],
        [1, 1],
        [1, 16],
      ],
      [
        [1, 300],
        [1, 1],
      ],
    ]);
    const [codes, scales] = tensors.flatMap((tensor) => all(tensor, 9));
    expect(codes).toEqual(new Uint8Array(4800).fill(7));
    expect(new Float32Array(new Uint8Array(scales ?? []).buffer)).toEqual(
      new Float32Array(300).fill(-0.5),
    );
  });
});
