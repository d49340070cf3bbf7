import { invariant } from "../lib/assert.ts";
import { QUAD } from "./layout.ts";
import type { QuantTensor, ScaleStore } from "./types.ts";

/** One f16 a group: [group][quad] of 2 words, rows 0 1 | 2 3. `files` say how the kernels use it. */
export function f16Store(files: readonly string[]): ScaleStore {
  return {
    files,
    words: ({ quads, groups }) => groups * quads * 2,
    pack(tensors, { quads, groups }, words) {
      const halves = new Uint16Array(words.buffer);
      eachGroup(tensors, groups, ({ scales }, from, row, group) => {
        halves[(group * quads + (row >> 2)) * QUAD + (row % QUAD)] = scales?.[from] ?? 0;
      });
    },
    unpack(words, shape) {
      const halves = new Uint16Array(words.buffer, words.byteOffset, words.length * 2);
      const scales = new Uint16Array(shape.rows * shape.groups);
      return { scales: gather(halves, scales, shape, shape.quads * QUAD) };
    },
  };
}

/** An f16 and an 8-bit zero point a group: [group][quad] of 3 words, the third u8 r0 r1 r2 r3. */
export const f16ZeroStore: ScaleStore = {
  files: ["lib/scale_asym", "lib/scale_int"],
  words: ({ quads, groups }) => groups * quads * 3,
  pack(tensors, { quads, groups }, words) {
    const halves = new Uint16Array(words.buffer);
    const bytes = new Uint8Array(words.buffer);
    eachGroup(tensors, groups, ({ scales, zeros }, from, row, group) => {
      const word = (group * quads + (row >> 2)) * 3;
      halves[2 * word + (row % QUAD)] = scales?.[from] ?? 0;
      bytes[4 * (word + 2) + (row % QUAD)] = zeros?.[from] ?? 0;
    });
  },
  unpack(words, { rows, quads, groups }) {
    const scales = new Uint16Array(rows * groups);
    const zeros = new Uint8Array(rows * groups);
    for (let row = 0; row < rows; row++) {
      for (let group = 0; group < groups; group++) {
        const word = (group * quads + (row >> 2)) * 3;
        const r = row % QUAD;
        scales[row * groups + group] = (words[word + (r >> 1)] ?? 0) >>> (16 * (r & 1));
        zeros[row * groups + group] = (words[word + 2] ?? 0) >>> (8 * r);
      }
    }
    return { scales, zeros };
  },
};

/**
 * Every group of matrices below each other: where its number stands in the tensor's own arrays [rows][groups], and its row in the stack.
 */
export function eachGroup(
  tensors: readonly QuantTensor[],
  groups: number,
  visit: (tensor: QuantTensor, from: number, row: number, group: number) => void,
): void {
  let row = 0;
  for (const tensor of tensors) {
    invariant(tensor.scales, `${tensor.format.id} without scales`);
    for (let n = 0; n < tensor.rows; n++, row++) {
      for (let group = 0; group < groups; group++) visit(tensor, n * groups + group, row, group);
    }
  }
}

/** Numbers that lie [group][stride], one by one in the order [rows][groups]. */
export function gather<T extends Uint8Array | Uint16Array>(
  from: ArrayLike<number>,
  to: T,
  { rows, groups }: { readonly rows: number; readonly groups: number },
  stride: number,
): T {
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < groups; group++) {
      to[row * groups + group] = from[group * stride + row] ?? 0;
    }
  }
  return to;
}
