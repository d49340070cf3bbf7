import {
  change,
  fixed,
  megabytes,
  percent,
  significant,
  thousands,
  withInterval,
} from "./figures.ts";
import { decodeTiming, prefillTiming, protocolOf } from "./measured.ts";
import { peerRows, peerSection, speedCells } from "./outline-peer.ts";
import { profileSections } from "./outline-profile.ts";
import { curveSections, speedDetails } from "./outline-speed.ts";
import { taskSections } from "./outline-tasks.ts";
import type { Report, ReportEntry, ReportQuality } from "./report.ts";

/** Prose, or a name that is to be written exactly as it is. */
export type Span = string | { readonly code: string };
export type Words = readonly Span[];

export type Block =
  | { readonly kind: "words"; readonly words: Words }
  | { readonly kind: "list"; readonly items: readonly Words[] }
  /** The first column names the row; the rest are figures. */
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly Words[][] };

export interface Section {
  readonly title: Words;
  readonly blocks: readonly Block[];
}

/** What a report says to people, before it is Markdown or HTML: both say the same. */
export interface Outline {
  readonly title: Words;
  /** Comes before any figure. */
  readonly warning: string | null;
  readonly facts: readonly (readonly [name: string, value: Words])[];
  readonly sections: readonly Section[];
}

export function outlineOf(report: Report): Outline {
  const { app, adapter, model, runtime, settings, time } = report;
  return {
    title: ["Bitdial report: ", code(model.name), ` on ${adapter.name}`],
    warning: adapter.software
      ? "This is a software adapter: a processor posing as a GPU. Its times say nothing about a GPU; sizes and quality hold."
      : null,
    facts: [
      ["Written", [`${time} by Bitdial ${app.version}`]],
      [
        "Model",
        [
          code(model.name),
          `, ${model.architecture}, ${thousands(model.parameters)} parameters, ${model.layers} layers, SHA-256 `,
          code(model.sha256),
        ],
      ],
      ["Adapter", adapterWords(report)],
      ["Runtime", [`${runtime.kind}: ${runtime.agent}`]],
      ["Reference", [code(report.reference)]],
    ],
    sections: [
      { title: ["Settings"], blocks: [settingsTable(settings)] },
      ...qualitySection(settings),
      ...taskSections(settings),
      ...speedSection(settings),
      ...peerSection(settings),
      ...curveSections(settings),
      ...profileSections(report),
      { title: ["Kernel checks"], blocks: checksBlocks(settings) },
    ],
  };
}

function adapterWords({ adapter }: Report): Words {
  const { name, vendor, architecture, subgroupSize, features } = adapter;
  const chip = [vendor, architecture].filter((word) => word !== "").join(" ");
  const groups = subgroupSize ? `, subgroups of ${subgroupSize.min} to ${subgroupSize.max}` : "";
  const list = features.flatMap((feature, at) => [at === 0 ? "; features " : ", ", code(feature)]);
  return [
    `${name}${chip === "" ? "" : ` (${chip})`}${adapter.software ? ", software" : ""}${groups}`,
    ...list,
  ];
}

function settingsTable(settings: readonly ReportEntry[]): Block {
  return {
    kind: "table",
    head: ["setting", "MB", "bits a weight", "in the layers", "dispatches a token", "kernels"],
    rows: settings.map((entry) => [
      [code(entry.setting), entry.role === "reference" ? " (reference)" : ""],
      [megabytes(entry.bytes.total)],
      [fixed(entry.bitsPerWeight, 2)],
      [fixed(entry.layerBitsPerWeight, 2)],
      [String(entry.dispatchesPerToken)],
      [entry.kernelFamily],
    ]),
  };
}

/** A table for each text and window: figures of different ones must not stand in one. */
function qualitySection(settings: readonly ReportEntry[]): Section[] {
  const groups = new Map<string, { setting: string; quality: ReportQuality }[]>();
  for (const { setting, quality } of settings) {
    if (!quality) continue;
    const key = protocolOf(quality);
    groups.set(key, [...(groups.get(key) ?? []), { setting, quality }]);
  }
  if (groups.size === 0) return [];
  return [{ title: ["Quality"], blocks: [...groups.values()].flatMap(qualityBlocks) }];
}

function qualityBlocks(measured: readonly { setting: string; quality: ReportQuality }[]): Block[] {
  const first = measured[0]?.quality;
  if (!first) return [];
  const head = ["setting", "tokens", "perplexity", "reference", "change"];
  const shape = ["setting", "KL median", "p95", "p99", "most", "KL reversed", "entropy, change"];
  return [
    {
      kind: "words",
      words: [
        "Measured on ",
        code(first.text.name),
        " (SHA-256 ",
        code(first.text.sha256),
        `), windows of ${first.window} tokens with stride ${first.stride}. Intervals: ${first.intervals}. KL is reference to candidate, in nats a token.`,
      ],
    },
    {
      kind: "table",
      head: [...head, "KL mean", "same first choice", "shared first five"],
      rows: measured.map(({ setting, quality }) => [
        [code(setting)],
        ...qualityCells(quality).map((cell) => [cell]),
      ]),
    },
    {
      kind: "table",
      head: shape,
      rows: measured.map(({ setting, quality }) => [
        [code(setting)],
        ...shapeCells(quality).map((cell) => [cell]),
      ]),
    },
    ...partsBlocks(measured, "byContext", "Mean KL by tokens of the same document in view"),
    ...partsBlocks(measured, "byClass", "Mean KL by kind of token"),
  ];
}

/** How the KL lies around its mean, the other way round, and what became of the entropy. */
function shapeCells({ kl, reverseKl, entropyDifference }: ReportQuality): string[] {
  return [
    significant(kl.median),
    kl.p95 === null ? "" : significant(kl.p95),
    significant(kl.p99),
    significant(kl.max),
    reverseKl ? withInterval(reverseKl, significant) : "",
    entropyDifference ? withInterval(entropyDifference, significant) : "",
  ];
}

/** A column for each part of the text, a row for each setting. */
function partsBlocks(
  measured: readonly { setting: string; quality: ReportQuality }[],
  field: "byContext" | "byClass",
  title: string,
): Block[] {
  const rows = measured.flatMap(({ setting, quality }) => {
    const parts = quality[field];
    return parts && parts.length > 0 ? [{ setting, parts }] : [];
  });
  const names = [...new Set(rows.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  if (rows.length === 0) return [];
  return [
    { kind: "words", words: [`${title}; in brackets the tokens.`] },
    {
      kind: "table",
      head: ["setting", ...names],
      rows: rows.map(({ setting, parts }) => [
        [code(setting)],
        ...names.map((name) => {
          const part = parts.find((one) => one.name === name);
          return [part ? `${significant(part.kl.value)} (${thousands(part.tokens)})` : ""];
        }),
      ]),
    },
  ];
}

function qualityCells(quality: ReportQuality): string[] {
  const { tokens, totalTokens, ended, within, perplexity, kl, top1, top5 } = quality;
  const some = tokens < totalTokens ? ` of ${thousands(totalTokens)}` : "";
  const enough =
    ended === "enough" && within !== null ? `, stopped within ${percent(within, 1)} of the KL` : "";
  return [
    `${thousands(tokens)}${some}${enough}`,
    fixed(perplexity.candidate.value, 3),
    fixed(perplexity.reference.value, 3),
    withInterval(perplexity.ratio, change),
    withInterval(kl.mean, significant),
    percent(top1.value, 2),
    percent(top5.value, 2),
  ];
}

function speedSection(settings: readonly ReportEntry[]): Section[] {
  const measured = settings.flatMap((entry) => {
    const [prefill, decode] = [prefillTiming(entry), decodeTiming(entry)];
    return entry.speed && prefill && decode ? [{ entry, speed: entry.speed, prefill, decode }] : [];
  });
  const first = measured[0]?.speed;
  if (!first) return [];
  const head = ["setting", "prefill tokens/s", "spread", "decode tokens/s", "spread", "repeats"];
  const rule = `Median of the repeats, ${first.rule}. Spread is the distance from the 10th to the 90th percentile over the median.`;
  const table: Block = {
    kind: "table",
    head: [...head, "tokens"],
    rows: measured.flatMap(({ entry, speed, ...timings }) => [
      [[code(entry.setting)], ...speedCells(speed, timings)],
      ...peerRows(entry),
    ]),
  };
  return [
    {
      title: ["Speed"],
      blocks: [{ kind: "words", words: [rule] }, table, ...speedDetails(settings)],
    },
  ];
}

function checksBlocks(settings: readonly ReportEntry[]): Block[] {
  const passed = settings.reduce((sum, { checks }) => sum + checks.passed, 0);
  const failed = settings.flatMap(({ setting, checks }) =>
    checks.failed.map(
      ({ kernel, sentence }): Words => [code(setting), ", ", code(kernel), `: ${sentence}`],
    ),
  );
  const sentence = `${thousands(passed)} checks of kernels against the CPU reference passed on this device`;
  if (failed.length === 0) return [{ kind: "words", words: [`${sentence}; none failed.`] }];
  return [
    { kind: "words", words: [`${sentence}; ${failed.length} failed:`] },
    { kind: "list", items: failed },
  ];
}

function code(text: string): Span {
  return { code: text };
}
