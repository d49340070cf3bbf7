import type { Words } from "./linear-hostile.ts";

/** Stands behind every output. A NaN as f32: a guard that is read spoils the result as well. */
export const GUARD = 0x7fa5a5a5;
export const GUARD_WORDS = 64;

/** `words` with guard words behind them. */
export function guarded(words: Words): Uint32Array {
  const all = new Uint32Array(words.length + GUARD_WORDS).fill(GUARD, words.length);
  all.set(new Uint32Array(words.buffer, words.byteOffset, words.length));
  return all;
}

/** What is wrong behind the first `length` words of a buffer that was read back. */
export function guardFault(name: string, words: Uint32Array, length: number): string | undefined {
  const broken = words.subarray(length).findIndex((word) => word !== GUARD);
  return broken < 0 ? undefined : `${name}: wrote past its end, ${broken + 1} words behind it`;
}

/** What is wrong with a buffer's numbers; a bound for all or one a number. */
export function valueFault(
  name: string,
  got: Words,
  want: Words | Float64Array,
  bound: number | ArrayLike<number>,
): string | undefined {
  let worst = -1;
  let worstRatio = 1;
  let outside = 0;
  for (let i = 0; i < want.length; i++) {
    const a = got[i] ?? 0;
    const b = want[i] ?? 0;
    const limit = typeof bound === "number" ? bound : (bound[i] ?? 0);
    const error = Math.abs(a - b);
    if (a === b || error <= limit) continue;
    outside++;
    const ratio = Number.isFinite(a) ? error / limit : Number.POSITIVE_INFINITY;
    if (worst < 0 || ratio > worstRatio) {
      worst = i;
      worstRatio = ratio;
    }
  }
  if (worst < 0) return undefined;
  const limit = typeof bound === "number" ? bound : bound[worst];
  return `${name}[${worst}] is ${got[worst]}, not ${want[worst]} within ${limit}; ${outside} of ${want.length} are off`;
}
