import type { ModuleName } from "../engine/protocol.ts";
import {
  type LeastMs,
  leastMs,
  type Placement,
  place,
  type Roofs,
  type Work,
} from "../lib/roof.ts";
import { median } from "../lib/stats.ts";
import { MODULES } from "./module-names.ts";
import type { ReportEntry } from "./report.ts";

export interface PlacedKernel extends Work {
  readonly label: string;
  readonly shape: string;
  readonly module: ModuleName;
  readonly calls: number;
  readonly ms: number;
  /** Null without roofs, or without the one it stands under. */
  readonly placement: Placement | null;
}

export type ModuleRow = NonNullable<ReportEntry["modules"]>[number];

/** A token's time as it was measured and as the roofs have it. */
export interface TokenTime {
  /** Sum over the modules. */
  readonly modulesMs: number;
  /** From outside, undisturbed, and in the middle of the samples. */
  readonly fastestMs: number;
  readonly medianMs: number;
  readonly samples: number;
  readonly position: number;
  readonly tokensPerSubmit: number;
  /** modulesMs / fastestMs: the rest passes between kernels, on submitting and on reading back. */
  readonly covered: number;
  /** Null where a roof is missing. */
  readonly expectedMs: number | null;
}

/** Kernels whose work is known, each under its own roof. */
export function placedKernels({ kernels }: Pick<ReportEntry, "kernels">, roofs: Roofs | null) {
  return (kernels ?? []).flatMap(({ label, shape, calls, ms, work }): PlacedKernel[] =>
    work
      ? [
          {
            ...work,
            label,
            shape,
            calls,
            ms,
            placement: (roofs && ms > 0 && place(roofs, work, ms)) || null,
          },
        ]
      : [],
  );
}

/** Null where kernels are unknown, or were timed without their work. */
export function moduleRows(
  entry: Pick<ReportEntry, "kernels">,
  roofs: Roofs | null,
): ModuleRow[] | null {
  const kernels = placedKernels(entry, roofs);
  if (kernels.length === 0) return null;
  const total = sum(kernels, ({ ms }) => ms);
  return MODULES.flatMap((module) => {
    const own = kernels.filter((kernel) => kernel.module === module);
    return own.length > 0 ? [rowOf(module, own, total, roofs)] : [];
  });
}

function rowOf(
  module: ModuleName,
  kernels: readonly PlacedKernel[],
  totalMs: number,
  roofs: Roofs | null,
): ModuleRow {
  const ms = sum(kernels, (kernel) => kernel.ms);
  const calls = sum(kernels, (kernel) => kernel.calls);
  const expected = roofs && expectedOf(kernels, calls, roofs);
  return {
    module,
    calls,
    ms,
    bytes: sum(kernels, ({ bytes }) => bytes),
    operations: sum(kernels, ({ operations }) => operations),
    share: totalMs > 0 ? ms / totalMs : 0,
    expected,
    bound: expected && boundOf(expected),
  };
}

type Expected = NonNullable<ModuleRow["expected"]>;

/** Each kernel takes what is longer of memory and arithmetic, and counts there; dispatches come on top. */
function expectedOf(
  kernels: readonly PlacedKernel[],
  calls: number,
  roofs: Roofs,
): Expected | null {
  let memoryMs = 0;
  let computeMs = 0;
  for (const kernel of kernels) {
    const least: LeastMs | undefined = leastMs(roofs, kernel);
    if (!least) return null;
    if (least.memory > least.compute) memoryMs += least.memory;
    else computeMs += least.compute;
  }
  return { memoryMs, computeMs, dispatchMs: (calls * roofs.dispatchMicroseconds.best) / 1000 };
}

function boundOf({ memoryMs, computeMs, dispatchMs }: Expected): ModuleRow["bound"] {
  if (dispatchMs >= Math.max(memoryMs, computeMs)) return "dispatch";
  return memoryMs > computeMs ? "memory" : "compute";
}

/** t = sum over kernels of max(bytes / bandwidth, operations / peak) + dispatches x cost + submit / tokens of a submit. */
export function tokenTime(
  entry: Pick<ReportEntry, "kernels" | "token">,
  roofs: Roofs | null,
): TokenTime | null {
  const rows = moduleRows(entry, roofs);
  const { token } = entry;
  if (!rows || !token) return null;
  const { position, tokensPerSubmit, tokenMs } = token;
  const fastestMs = Math.min(...tokenMs);
  const modulesMs = sum(rows, ({ ms }) => ms);
  return {
    modulesMs,
    fastestMs,
    medianMs: median(tokenMs),
    samples: tokenMs.length,
    position,
    tokensPerSubmit,
    covered: fastestMs > 0 ? modulesMs / fastestMs : 0,
    expectedMs: expectedToken(rows, tokensPerSubmit, roofs),
  };
}

function expectedToken(
  rows: readonly ModuleRow[],
  tokensPerSubmit: number,
  roofs: Roofs | null,
): number | null {
  if (!roofs) return null;
  let total = roofs.submitMicroseconds.best / 1000 / tokensPerSubmit;
  for (const { expected } of rows) {
    if (!expected) return null;
    total += expected.memoryMs + expected.computeMs + expected.dispatchMs;
  }
  return total;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
