import { METRIC_WORDS, type Metrics } from "../lab/metrics.ts";
import { placedKernels, tokenTime } from "../lab/modules.ts";
import type { ReportEntry } from "../lab/report.ts";
import type { Roofs } from "../lib/roof.ts";
import { count, digits, percent } from "./format.ts";
import { type Column, facts, table } from "./table.ts";

/** Where a decoded token's time goes, by module and by kernel, beside what the roofs have it. */
export function modulesPage(entry: ReportEntry, roofs: Roofs | null): string {
  const { setting, modules, metrics } = entry;
  const time = tokenTime(entry, roofs);
  if (!modules || !time) return `${setting}: no kernel was timed.\n`;
  const rows = modules.map(({ module, calls, ms, share, bytes, operations, expected, bound }) => [
    module,
    count(calls),
    digits(ms),
    percent(share),
    digits(bytes / 1000),
    digits(operations / 1e6),
    expected ? digits(expected.memoryMs + expected.computeMs + expected.dispatchMs) : "-",
    bound ?? "-",
  ]);
  const kernels = placedKernels(entry, roofs).map((kernel) => [
    kernel.label,
    kernel.shape,
    kernel.module,
    digits(kernel.ms),
    digits(kernel.bytes / kernel.ms / 1e6),
    digits(kernel.operations / kernel.ms / 1e6),
    kernel.placement ? digits(100 * kernel.placement.share) : "-",
    kernel.placement?.bound ?? "-",
  ]);
  const { modulesMs, fastestMs, medianMs, samples, covered, expectedMs, position } = time;
  return [
    `${setting}, one token at position ${position}`,
    table(MODULE_COLUMNS, rows),
    facts([
      [
        "modules together",
        `${digits(modulesMs)} ms, ${percent(covered)} of the token from outside`,
      ],
      [
        "token from outside",
        `${digits(fastestMs)} ms at best, median ${digits(medianMs)} of ${samples}: ${digits(1000 / medianMs)} tokens/s`,
      ],
      [
        "expected at the roofs",
        expectedMs === null
          ? "a roof is missing"
          : `${digits(expectedMs)} ms: ${digits(1000 / expectedMs)} tokens/s, of which ${percent(expectedMs / medianMs)} are reached`,
      ],
    ]),
    table(KERNEL_COLUMNS, kernels),
    ...(metrics ? [facts(metricFacts(metrics))] : []),
  ].join("\n");
}

function metricFacts(metrics: Metrics): [string, string][] {
  return METRIC_WORDS.map(({ key, short, name, formula, note }) => {
    const value = metricText(metrics, key);
    return [`${short}, ${name}`, value === null ? missing(key, note) : `${value} (${formula})`];
  });
}

function missing(key: keyof Metrics, note: string): string {
  if (key === "energyWatts") return note;
  return key === "compressionRate"
    ? "not measured: it takes quality, as sweep does"
    : "not measured";
}

function metricText(metrics: Metrics, key: keyof Metrics): string | null {
  const value = metrics[key];
  if (value === null) return null;
  switch (key) {
    case "memoryBytes": {
      const share = metrics.memoryShare;
      return `${digits(value / 1e6)} MB${share === null ? "" : `, ${percent(share)} of the machine's`}`;
    }
    case "computeShare":
      return percent(value);
    case "latencyMs":
      return `${digits(value)} ms`;
    case "throughput":
      return `${digits(value)} tokens/s`;
    default:
      return digits(value);
  }
}

const MODULE_COLUMNS: readonly Column[] = [
  { title: "module" },
  { title: "calls", align: "right" },
  { title: "ms", align: "right" },
  { title: "share", align: "right" },
  { title: "kB", align: "right" },
  { title: "Mop", align: "right" },
  { title: "expected ms", align: "right" },
  { title: "bound" },
];

const KERNEL_COLUMNS: readonly Column[] = [
  { title: "kernel" },
  { title: "shape" },
  { title: "module" },
  { title: "ms", align: "right" },
  { title: "GB/s", align: "right" },
  { title: "Gop/s", align: "right" },
  { title: "% of roof", align: "right" },
  { title: "bound" },
];
