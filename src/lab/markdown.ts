import type { Report, ReportEntry, ReportQuality } from "./report.ts";
import { timing } from "./speed.ts";

/** A report for people: the same figures as the JSON, in tables, each with what it was measured on. */
export function reportToMarkdown(report: Report): string {
  const { app, adapter, model, runtime, settings, time } = report;
  const parts = [
    `# Bitdial report: ${code(model.name)} on ${adapter.name}`,
    adapter.software
      ? "**This is a software adapter: a processor posing as a GPU. Its times say nothing about a GPU; sizes and quality hold.**"
      : "",
    list([
      ["Written", `${time} by Bitdial ${app.version}`],
      [
        "Model",
        `${code(model.name)}, ${model.architecture}, ${thousands(model.parameters)} parameters, ${model.layers} layers, SHA-256 ${code(model.sha256)}`,
      ],
      ["Adapter", adapterWords(report)],
      ["Runtime", `${runtime.kind}: ${runtime.agent}`],
      ["Reference", code(report.reference)],
    ]),
    "## Settings",
    settingsTable(settings),
    ...qualityPart(settings),
    ...speedPart(settings),
    ...settings.flatMap(kernelPart),
    "## Kernel checks",
    checksPart(settings),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function adapterWords({ adapter }: Report): string {
  const { name, vendor, architecture, subgroupSize, features } = adapter;
  const chip = [vendor, architecture].filter((word) => word !== "").join(" ");
  const groups = subgroupSize ? `, subgroups of ${subgroupSize.min} to ${subgroupSize.max}` : "";
  const list = features.length > 0 ? `; features ${features.map(code).join(", ")}` : "";
  return `${name}${chip === "" ? "" : ` (${chip})`}${adapter.software ? ", software" : ""}${groups}${list}`;
}

function settingsTable(settings: readonly ReportEntry[]): string {
  return table(
    ["setting", "MB", "bits a weight", "in the layers", "dispatches a token", "kernels"],
    settings.map((entry) => [
      code(entry.setting) + (entry.role === "reference" ? " (reference)" : ""),
      megabytes(entry.bytes.total),
      fixed(entry.bitsPerWeight, 2),
      fixed(entry.layerBitsPerWeight, 2),
      String(entry.dispatchesPerToken),
      entry.kernelFamily,
    ]),
  );
}

function qualityPart(settings: readonly ReportEntry[]): string[] {
  const measured = settings.flatMap(({ setting, quality }) =>
    quality ? [{ setting, quality }] : [],
  );
  const first = measured[0]?.quality;
  if (!first) return [];
  return [
    "## Quality",
    `Measured on ${code(first.text.name)} (SHA-256 ${code(first.text.sha256)}), windows of ${first.window} tokens with stride ${first.stride}. Intervals: ${first.intervals}. KL is reference to candidate, in nats a token.`,
    table(
      [
        "setting",
        "tokens",
        "perplexity",
        "reference",
        "change",
        "KL mean",
        "KL p99",
        "same first choice",
      ],
      measured.map(({ setting, quality }) => [code(setting), ...qualityCells(quality)]),
    ),
  ];
}

function qualityCells({ tokens, totalTokens, perplexity, kl, top1 }: ReportQuality): string[] {
  const { ratio } = perplexity;
  const change = (value: number) => `${value >= 1 ? "+" : ""}${fixed((value - 1) * 100, 2)} %`;
  return [
    tokens < totalTokens ? `${thousands(tokens)} of ${thousands(totalTokens)}` : thousands(tokens),
    fixed(perplexity.candidate.value, 3),
    fixed(perplexity.reference.value, 3),
    change(ratio.value) +
      (ratio.interval ? ` (${change(ratio.interval.low)} to ${change(ratio.interval.high)})` : ""),
    significant(kl.mean.value) +
      (kl.mean.interval
        ? ` (${significant(kl.mean.interval.low)} to ${significant(kl.mean.interval.high)})`
        : ""),
    significant(kl.p99),
    `${fixed(top1.value * 100, 2)} %`,
  ];
}

function speedPart(settings: readonly ReportEntry[]): string[] {
  const measured = settings.flatMap(({ setting, speed }) =>
    speed && speed.decodeMs.length > 0 && speed.prefillMs.length > 0 ? [{ setting, speed }] : [],
  );
  const first = measured[0]?.speed;
  if (!first) return [];
  return [
    "## Speed",
    `Median of the repeats, ${first.rule}. Spread is the distance from the 10th to the 90th percentile over the median.`,
    table(
      ["setting", "prefill tokens/s", "spread", "decode tokens/s", "spread", "repeats", "tokens"],
      measured.map(({ setting, speed }) => {
        const prefill = timing(speed.prefillMs, speed.promptTokens);
        const decode = timing(speed.decodeMs, 1);
        return [
          code(setting),
          fixed(prefill.tokensPerSecond, 1),
          percent(prefill.spread),
          fixed(decode.tokensPerSecond, 1),
          percent(decode.spread),
          String(decode.samples),
          `${speed.promptTokens} read, ${speed.tokens} written`,
        ];
      }),
    ),
  ];
}

function kernelPart({ setting, kernels }: ReportEntry): string[] {
  if (!kernels || kernels.length === 0) return [];
  const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
  return [
    `## Time per kernel: ${code(setting)}`,
    table(
      ["kernel", "shape", "calls a token", "ms a token", "share", "measured by", "WGSL SHA-256"],
      kernels.map(({ label, shape, calls, ms, measuredBy, wgslSha256 }) => [
        code(label),
        shape,
        String(calls),
        fixed(ms, 4),
        percent(ms / total),
        measuredBy,
        code(wgslSha256.slice(0, 12)),
      ]),
    ),
  ];
}

function checksPart(settings: readonly ReportEntry[]): string {
  const passed = settings.reduce((sum, { checks }) => sum + checks.passed, 0);
  const failed = settings.flatMap(({ setting, checks }) =>
    checks.failed.map(({ kernel, sentence }) => `- ${code(setting)}, ${code(kernel)}: ${sentence}`),
  );
  const sentence = `${thousands(passed)} checks of kernels against the CPU reference passed on this device`;
  return failed.length === 0
    ? `${sentence}; none failed.`
    : `${sentence}; ${failed.length} failed:\n\n${failed.join("\n")}`;
}

function list(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, value]) => `- ${name}: ${value}`).join("\n");
}

/** First column left, the rest right: they are figures. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const rule = `|${head.map((_, at) => (at === 0 ? "---" : "---:")).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

function megabytes(bytes: number): string {
  return fixed(bytes / 1e6, 2);
}

function thousands(value: number): string {
  return value.toLocaleString("en-US");
}

function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}

function percent(share: number): string {
  return `${fixed(share * 100, 1)} %`;
}

function significant(value: number): string {
  return value === 0 ? "0" : Number(value.toPrecision(3)).toString();
}
