import type { AdapterInfo, KernelRow, Roofs } from "../engine/protocol.ts";
import { type Column, csvText } from "./csv-columns.ts";

/** Rows of single kernels, and what they were measured on. */
export interface KernelRows {
  readonly appVersion: string;
  /** The browser's or Node's own words. */
  readonly agent: string;
  readonly time: string;
  readonly adapter: Pick<AdapterInfo, "name" | "software">;
  readonly roofs: Roofs | null;
  readonly rows: readonly KernelRow[];
}

/** A line for each variant; every line says what it was measured on. */
export function kernelsToCsv(measured: KernelRows): string {
  const rows = measured.rows.map((row) => columnsOf(measured, row));
  return csvText(rows[0] ?? columnsOf(measured, null), rows);
}

function columnsOf(
  { adapter, time, appVersion, agent }: KernelRows,
  row: KernelRow | null,
): Column[] {
  return [
    ["op", row?.op],
    ["format", row?.format],
    ["shape", row?.shape],
    ["variant", row?.variant],
    ["adapter", adapter.name],
    ["adapter_is_software", adapter.software],
    ["ms_median", row?.ms],
    ["spread_share", row?.spread],
    ["samples", row?.samples],
    ["gb_per_second", row?.gbPerSecond],
    ["gflops", row?.gflops],
    ["bytes", row?.bytes],
    ["roof_share", row?.roof?.share],
    ["roof_bound", row?.roof?.bound],
    ["wgsl_sha256", row?.wgslSha256],
    ["error", row?.error],
    ["written_at", time],
    ["bitdial_version", appVersion],
    ["runtime_agent", agent],
  ];
}
