import type { Column } from "./csv-columns.ts";
import { MODULES } from "./module-names.ts";
import { tokenTime } from "./modules.ts";
import type { Report, ReportEntry } from "./report.ts";

/** Where a token's time goes, what the roofs have it, and what follows. */
export function profileColumns({ roofs }: Report, entry: ReportEntry | null): Column[] {
  const time = entry && tokenTime(entry, roofs);
  const { metrics, density, modules } = entry ?? { metrics: null, density: null, modules: null };
  return [
    ["copy_gb_per_second", roofs?.copyGbPerSecond.best],
    ["fma_gflop_per_second", roofs?.fmaGflops.best],
    ["dp4a_gop_per_second", roofs?.dp4aGops?.best],
    ["popcount_gop_per_second", roofs?.popcountGops.best],
    ["dispatch_microseconds", roofs?.dispatchMicroseconds.best],
    ["submit_microseconds", roofs?.submitMicroseconds.best],
    ["profile_position", time?.position],
    ["profile_token_ms_fastest", time?.fastestMs],
    ["profile_token_ms_median", time?.medianMs],
    ["profile_modules_ms", time?.modulesMs],
    ["profile_expected_ms", time?.expectedMs],
    ...MODULES.flatMap((name): Column[] => {
      const row = modules?.find(({ module }) => module === name);
      return [
        [`module_${name}_ms`, row?.ms],
        [`module_${name}_bytes`, row?.bytes],
        [`module_${name}_operations`, row?.operations],
        [`module_${name}_bound`, row?.bound],
      ];
    }),
    ["amu_memory_bytes", metrics?.memoryBytes],
    ["amu_memory_share", metrics?.memoryShare],
    ["pcu_compute_share", metrics?.computeShare],
    ["al_latency_ms", metrics?.latencyMs],
    ["it_tokens_per_second", metrics?.throughput],
    ["aec_watts", metrics?.energyWatts],
    ["mcr_compression_rate", metrics?.compressionRate],
    ["density_bits_per_byte", density?.bitsPerByte],
    ["density_by_bytes_no_floor", density?.curves[0]?.byBytes],
    ["density_by_bytes_published_exponent", density?.curves[1]?.byBytes],
  ];
}
