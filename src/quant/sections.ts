import { invariant } from "../lib/assert.ts";
import type { QuantTensor } from "./types.ts";

/** Words before the scales of formats that keep numbers of a whole tensor: see shaders/lib/sections.wgsl. */
export const HEADER = 12;
const MOST = 4;
const NEVER = 0xffffffff;

/** Writes the first rows of up to four matrices below each other; words 4 to 11 are the format's own, two for each matrix. */
export function writeSections(tensors: readonly QuantTensor[], words: Uint32Array): void {
  invariant(tensors.length <= MOST, `at most ${MOST} matrices can be stacked`);
  let row = 0;
  for (let section = 0; section < MOST; section++) {
    words[section] = section < tensors.length ? row : NEVER;
    row += tensors[section]?.rows ?? 0;
  }
}
