import { statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { version } from "../../package.json";
import type { KernelTime, SettingState, SpeedSample } from "../engine/protocol.ts";
import { buildReport, reportEntry } from "../lab/build-report.ts";
import { reportToMarkdown } from "../lab/markdown.ts";
import { type Report, type ReportEntry, readReport, writeReport } from "../lab/report.ts";
import { UserError } from "../lib/assert.ts";
import { readText } from "./model-folder.ts";
import type { Session } from "./session.ts";

export interface Measured {
  readonly state: SettingState;
  readonly sample: SpeedSample;
  readonly kernels: readonly KernelTime[];
}

/** Nothing is measured against it here, but the schema wants it named. */
const REFERENCE = "f32";

export function benchReport(session: Session, rows: readonly Measured[]): Report {
  const checkedAt = new Date().toISOString();
  const settings = rows.map(({ state, sample: speed, kernels }) =>
    reportEntry({ ...state, checkedAt, firstTokenMs: null, quality: null, speed, kernels }),
  );
  return sessionReport(session, REFERENCE, settings);
}

export function sessionReport(
  { adapter, model }: Session,
  reference: string,
  settings: readonly ReportEntry[],
): Report {
  return buildReport({
    appVersion: version,
    agent: `Node ${process.version} on ${process.platform} ${process.arch}`,
    time: new Date().toISOString(),
    adapter,
    model,
    reference,
    settings,
  });
}

/** Told before minutes of measuring, not after. */
export function checkWritable(path: string): void {
  const folder = dirname(resolve(path));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`${path}: there is no folder ${folder} to write to.`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`${path}: this is a folder, not a file.`);
  }
}

/** A report somebody wrote, checked field by field. */
export async function readReportFile(path: string): Promise<Report> {
  const read = readReport(await readText(path));
  if (read.ok) return read.report;
  const [first, ...more] = read.problems;
  const others = more.length > 0 ? ` (and ${more.length} more fields)` : "";
  throw new UserError(`${path}: ${first}${others}`);
}

/** JSON by the schema; Markdown where the name ends in .md. Written aside and moved: a stop leaves the old one whole. */
export async function saveReport(path: string, report: Report): Promise<void> {
  const text = /\.md$/i.test(path) ? reportToMarkdown(report) : writeReport(report);
  const aside = `${path}.part`;
  try {
    await writeFile(aside, text);
    await rename(aside, path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path}: the report could not be written (${reason}).`);
  }
}
