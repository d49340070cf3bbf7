import { QUAD } from "./layout.ts";
import { eachGroup } from "./scales.ts";
import type { ScaleStore } from "./types.ts";

/** Several f16 a group: [group][quad][row in quad][count]. `Codes.scales` has them side by side, [rows][groups][count]. */
export function halvesStore(count: number, files: readonly string[]): ScaleStore {
  return {
    files,
    words: ({ quads, groups }) => (groups * quads * QUAD * count) / 2,
    pack(tensors, { quads, groups }, words) {
      const halves = new Uint16Array(words.buffer);
      eachGroup(tensors, groups, ({ scales }, from, row, group) => {
        const to = (group * quads * QUAD + row) * count;
        for (let i = 0; i < count; i++) halves[to + i] = scales?.[from * count + i] ?? 0;
      });
    },
    unpack(words, { rows, quads, groups }) {
      const halves = new Uint16Array(words.buffer, words.byteOffset, words.length * 2);
      const scales = new Uint16Array(rows * groups * count);
      for (let row = 0; row < rows; row++) {
        for (let group = 0; group < groups; group++) {
          const from = (group * quads * QUAD + row) * count;
          scales.set(halves.subarray(from, from + count), (row * groups + group) * count);
        }
      }
      return { scales };
    },
  };
}
