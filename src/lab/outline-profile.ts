import type { Roof } from "../lib/roof.ts";
import { DENSITY_WORDS } from "./density.ts";
import { fixed, megabytes, percent, significant, thousands } from "./figures.ts";
import { METRIC_WORDS, type Metrics } from "./metrics.ts";
import { MODULE_WORDS, MODULES } from "./module-names.ts";
import { placedKernels, tokenTime } from "./modules.ts";
import type { Block, Section, Words } from "./outline.ts";
import type { Report, ReportEntry } from "./report.ts";

/** Roofs, the time of a token by module and by kernel, and what follows from them. */
export function profileSections(report: Report): Section[] {
  const { settings } = report;
  return [
    ...roofSection(report),
    ...moduleSections(report),
    ...settings.flatMap((entry) => kernelSection(entry, report)),
    ...metricSection(settings),
    ...densitySection(settings),
  ];
}

function roofSection({ roofs }: Report): Section[] {
  if (!roofs) return [];
  const row = (what: string, unit: string, roof: Roof | null): Words[] => [
    [what],
    [roof ? `${significant(roof.best)} ${unit}` : "not there"],
    [roof ? String(roof.samples) : ""],
    [roof ? percent(roof.spread) : ""],
  ];
  const table: Block = {
    kind: "table",
    head: ["roof", "best", "samples", "spread"],
    rows: [
      row("copy, read and written", "GB/s", roofs.copyGbPerSecond),
      row("f32 multiply-add", "GFLOP/s", roofs.fmaGflops),
      row("8-bit dot products", "Gop/s", roofs.dp4aGops),
      row("AND and popcount", "Gop/s on single bits", roofs.popcountGops),
      row("a dispatch", "µs", roofs.dispatchMicroseconds),
      row("a submit and its result", "µs", roofs.submitMicroseconds),
    ],
  };
  return [
    {
      title: ["What this device does at best"],
      blocks: [
        {
          kind: "words",
          words: [
            "By the fastest runs: other programs only ever take from a rate and add to a cost. Spread is of all samples, and says how much they did.",
          ],
        },
        table,
      ],
    },
  ];
}

function moduleSections(report: Report): Section[] {
  const sections = report.settings.flatMap((entry): Section[] => {
    const time = tokenTime(entry, report.roofs);
    if (!entry.modules || !time) return [];
    const { setting, modules } = entry;
    const { position, samples, modulesMs, covered, fastestMs, medianMs, expectedMs } = time;
    const expected =
      expectedMs === null
        ? "Without roofs nothing is expected."
        : `Expected at the roofs: ${fixed(expectedMs, 3)} ms, ${fixed(1000 / expectedMs, 1)} tokens/s; measured: ${fixed(1000 / medianMs, 1)} tokens/s, ${percent(expectedMs / medianMs)} of it.`;
    const head = ["module", "calls", "ms a token", "share", "kB", "Mop", "expected ms", "bound"];
    return [
      {
        title: ["Where a token's time goes: ", { code: setting }],
        blocks: [
          {
            kind: "table",
            head,
            rows: modules.map((row) => [
              [row.module],
              [String(row.calls)],
              [fixed(row.ms, 4)],
              [percent(row.share)],
              [fixed(row.bytes / 1000, 1)],
              [fixed(row.operations / 1e6, 3)],
              [row.expected ? fixed(expectedSum(row.expected), 4) : ""],
              [row.bound ?? ""],
            ]),
          },
          {
            kind: "words",
            words: [
              `One token at position ${thousands(position)}. The modules take ${fixed(modulesMs, 3)} ms together, ${percent(covered)} of the ${fixed(fastestMs, 3)} ms that a token took from outside at best (median ${fixed(medianMs, 3)} ms of ${samples}); the rest passes between kernels, on submitting and on reading back. ${expected}`,
            ],
          },
        ],
      },
    ];
  });
  if (sections.length === 0) return [];
  const belongs = MODULES.map((name): Words => [{ code: name }, `: ${MODULE_WORDS[name]}`]);
  const legend: Section = {
    title: ["What the modules are"],
    blocks: [
      { kind: "list", items: belongs },
      {
        kind: "words",
        words: [
          "Rounding of activations goes with the matrix that reads them. Expected is t = sum over kernels of max(bytes / bandwidth, operations / peak) + dispatches × cost of a dispatch, and for the token + cost of a submit / tokens in it; bound is the largest of the three.",
        ],
      },
    ],
  };
  return [...sections, legend];
}

function expectedSum(expected: { memoryMs: number; computeMs: number; dispatchMs: number }) {
  return expected.memoryMs + expected.computeMs + expected.dispatchMs;
}

function kernelSection(entry: ReportEntry, { roofs }: Report): Section[] {
  const { setting, kernels } = entry;
  if (!kernels || kernels.length === 0) return [];
  const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
  const placed = placedKernels(entry, roofs);
  const head = ["kernel", "shape", "module", "calls a token", "ms a token", "share"];
  const table: Block = {
    kind: "table",
    head: [...head, "of its roof", "bound", "measured by", "WGSL SHA-256"],
    rows: kernels.map(({ label, shape, calls, ms, work, measuredBy, wgslSha256 }) => {
      const { placement } = placed.find(
        (kernel) =>
          kernel.label === label && kernel.shape === shape && kernel.module === work?.module,
      ) ?? { placement: null };
      return [
        [{ code: label }],
        [shape],
        [work?.module ?? ""],
        [String(calls)],
        [fixed(ms, 4)],
        // A coarse clock may have seen no time at all.
        [total > 0 ? percent(ms / total) : ""],
        [placement ? percent(placement.share) : ""],
        [placement?.bound ?? ""],
        [measuredBy],
        [{ code: wgslSha256.slice(0, 12) }],
      ];
    }),
  };
  return [{ title: ["Time per kernel: ", { code: setting }], blocks: [table] }];
}

function metricSection(settings: readonly ReportEntry[]): Section[] {
  const measured = settings.flatMap(({ setting, metrics }) =>
    metrics ? [{ setting, metrics }] : [],
  );
  if (measured.length === 0) return [];
  return [
    {
      title: ["Efficiency in six figures"],
      blocks: [
        {
          kind: "table",
          head: ["setting", ...METRIC_WORDS.map(({ short }) => short)],
          rows: measured.map(({ setting, metrics }) => [
            [{ code: setting }],
            ...METRIC_WORDS.map(({ key }): Words => [metricText(metrics, key)]),
          ]),
        },
        {
          kind: "list",
          items: METRIC_WORDS.map(
            ({ short, name, formula, note }): Words => [`${short}, ${name}: ${formula}. ${note}`],
          ),
        },
      ],
    },
  ];
}

/** A figure of the six in its unit; "not measured" where it was not. */
function metricText(metrics: Metrics, key: keyof Metrics): string {
  const value = metrics[key];
  if (value === null) return "not measured";
  switch (key) {
    case "memoryBytes": {
      const { memoryShare } = metrics;
      const share = memoryShare === null ? "" : `, ${percent(memoryShare, 2)}`;
      return `${megabytes(value)} MB${share}`;
    }
    case "computeShare":
      return percent(value);
    case "latencyMs":
      return `${significant(value)} ms`;
    case "throughput":
      return `${fixed(value, 1)} tokens/s`;
    default:
      return significant(value);
  }
}

function densitySection(settings: readonly ReportEntry[]): Section[] {
  const measured = settings.flatMap(({ setting, density }) =>
    density ? [{ setting, density }] : [],
  );
  const names = measured[0]?.density.curves.map(({ name }) => name) ?? [];
  if (measured.length === 0) return [];
  const columns = names.flatMap((name) => [
    `effective parameters, ${name}`,
    `by parameters, ${name}`,
    `by bytes, ${name}`,
  ]);
  return [
    {
      title: ["Capability density"],
      blocks: [
        {
          kind: "table",
          head: ["setting", "bits a byte", ...columns, "beyond the scale"],
          rows: measured.map(({ setting, density }) => [
            [{ code: setting }],
            [fixed(density.bitsPerByte, 4)],
            ...density.curves.flatMap(({ parameters, byParameters, byBytes }): Words[] => [
              [thousands(Math.round(parameters))],
              [fixed(byParameters, 3)],
              [fixed(byBytes, 2)],
            ]),
            [density.beyond ?? ""],
          ]),
        },
        { kind: "words", words: [DENSITY_WORDS] },
      ],
    },
  ];
}
