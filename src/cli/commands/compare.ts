import {
  type ComparedSetting,
  type Comparison,
  compareReports,
  type Gap,
  type Ratio,
  type ReportedFigures,
} from "../../lab/compare.ts";
import type { NamedReport } from "../../lab/compare-terms.ts";
import { UserError } from "../../lib/assert.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, count, digits, estimate, json } from "../format.ts";
import { readReportFile } from "../report-file.ts";
import { facts, table } from "../table.ts";
import { oneLine } from "../terminal.ts";

interface CompareOptions {
  json?: true;
}

export const addCompare: AddCommand = (program, context) => {
  program
    .command("compare")
    .description("hold reports against each other and mark what differs beyond noise")
    .argument("<reports...>", "two reports in JSON or more")
    .option("--json", "print one JSON document")
    .action(async (paths: string[], options: CompareOptions) => {
      const files = [...new Set(paths)];
      if (files.length < 2) throw new UserError("compare takes two different reports or more.");
      const reports: NamedReport[] = [];
      for (const name of files) reports.push({ name, report: await readReportFile(name) });
      compare(context, reports, options);
    });
};

function compare(
  { terminal }: Context,
  reports: readonly NamedReport[],
  options: CompareOptions,
): void {
  const comparison = compareReports(reports);
  if (options.json) {
    terminal.out(json({ reports: reports.map(origin), ...comparison }));
    return;
  }
  for (const warning of comparison.warnings) terminal.note(warning);
  terminal.out(page(reports, comparison));
}

function origin({ name, report: { adapter, model, reference, runtime, time } }: NamedReport) {
  return {
    name,
    time,
    runtime: runtime.kind,
    adapter: { name: adapter.name, software: adapter.software },
    model: { name: model.name, sha256: model.sha256 },
    reference,
  };
}

function page(reports: readonly NamedReport[], { settings, alone }: Comparison): string {
  const parts = [
    facts(
      reports.map(({ name, report: { adapter, model, time } }) => [
        oneLine(name),
        oneLine(`${model.name} on ${adapterName(adapter)}, ${time.slice(0, 10)}`),
      ]),
    ),
    settings.length === 0
      ? "No setting is in two of these reports.\n"
      : `${table(COLUMNS, settings.flatMap(rowsOf))}\n${LEGEND}`,
  ];
  if (alone.length > 0) {
    const names = alone.map(({ setting, report }) => oneLine(`${setting} (${report})`));
    parts.push(`In one report alone: ${names.join(", ")}.\n`);
  }
  return parts.join("\n");
}

/** The first report's figures, and under them the others' with what they differ by. */
function rowsOf({ setting, first, others }: ComparedSetting): string[][] {
  return [
    [oneLine(setting), ...figureCells(first)],
    ...others.map((other) => {
      const { bytes, sameSize, nll, kl, prefill, decode } = other.against;
      const [report = "", ...figures] = figureCells(other);
      const size = sameSize ? "" : `${bytes > 0 ? "+" : ""}${count(bytes)} bytes *`;
      const notes = [size, gapText(nll), gapText(kl), ratioText(prefill), ratioText(decode)];
      return ["", report, ...figures.map((figure, at) => noted(figure, notes[at] ?? ""))];
    }),
  ];
}

function figureCells({ report, bytes, nll, kl, prefill, decode }: ReportedFigures): string[] {
  return [
    oneLine(report),
    (bytes / 1e6).toFixed(2),
    nll ? nll.value.toFixed(4) : "",
    kl ? estimate(kl, nats) : "",
    prefill ? digits(prefill.tokensPerSecond) : "",
    decode ? digits(decode.tokensPerSecond) : "",
  ];
}

function noted(figure: string, note: string): string {
  return note === "" ? figure : `${figure}; ${note}`;
}

function gapText(gap: Gap | null): string {
  if (!gap) return "";
  const { difference, beyondNoise } = gap;
  return `${difference > 0 ? "+" : ""}${nats(difference)}${mark(beyondNoise)}`;
}

function nats(value: number): string {
  return value === 0 ? "0" : digits(value);
}

function ratioText(ratio: Ratio | null): string {
  return ratio ? `×${digits(ratio.ratio)}${mark(ratio.beyondSpread)}` : "";
}

function mark(beyond: boolean | null): string {
  if (beyond === null) return " ?";
  return beyond ? " *" : "";
}

const LEGEND = [
  "Differences and ratios are to the first report that has the setting; in brackets: 95 % intervals.",
  "* beyond noise: the intervals, or the ranges from the 10th to the 90th percentile of the times, do not overlap;",
  "? cannot be told: no intervals, too few repeats, or not measured alike. No difference: not comparable, or not measured.\n",
].join("\n");

const COLUMNS = [
  { title: "setting" },
  { title: "report" },
  { title: "MB" },
  { title: "NLL, nats" },
  { title: "KL, nats" },
  { title: "prefill tok/s" },
  { title: "decode tok/s" },
] as const;
