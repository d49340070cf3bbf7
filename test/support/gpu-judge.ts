import { guardFault, valueFault } from "../../src/kernels/judge.ts";
import type { GpuCase, Words } from "./gpu-cases.ts";

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
    const past = guardFault(name, words, initial.length);
    if (past !== undefined) return past;
    const own = words.slice(0, initial.length);
    const got =
      initial instanceof Float32Array
        ? new Float32Array(own.buffer)
        : initial instanceof Int32Array
          ? new Int32Array(own.buffer)
          : own;
    typed[name] = got;
    const fault = valueFault(name, got, values, bound ?? 0);
    if (fault !== undefined) return fault;
  }
  return row.check?.(typed);
}
