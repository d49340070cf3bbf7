import type { GpuCase, Words } from "./gpu-cases.ts";

/** Stands behind every output. A NaN as f32: a guard that is read spoils the result as well. */
export const GUARD = 0x7fa5a5a5;

/** What is wrong with the buffers read back, as raw words with their guards; undefined when nothing is. */
export function judge(
  row: GpuCase,
  read: Readonly<Record<string, Uint32Array>>,
): string | undefined {
  const typed: Record<string, Words> = {};
  for (const [name, { values, bound }] of Object.entries(row.expect)) {
    const words = read[name] ?? new Uint32Array();
    const initial = row.buffers[name] ?? new Uint32Array();
    if (values.length !== initial.length) {
      return `${name}: ${values.length} values are expected of a buffer of ${initial.length}`;
    }
    const broken = words.subarray(initial.length).findIndex((word) => word !== GUARD);
    if (broken >= 0) return `${name}: wrote ${broken} words past its end`;
    const own = words.slice(0, initial.length);
    const got =
      initial instanceof Float32Array
        ? new Float32Array(own.buffer)
        : initial instanceof Int32Array
          ? new Int32Array(own.buffer)
          : own;
    typed[name] = got;
    const fault = compare(name, got, values, bound ?? 0);
    if (fault !== undefined) return fault;
  }
  return row.check?.(typed);
}

function compare(
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
