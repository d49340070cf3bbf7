import { statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { dirname, extname, resolve } from "node:path";
import { version } from "../../package.json";
import type { Roofs, SettingState, SpeedSample, TokenProfile } from "../engine/protocol.ts";
import type { PeerResult } from "../lab/beside.ts";
import { buildReport, reportEntry } from "../lab/build-report.ts";
import { reportToCsv } from "../lab/csv.ts";
import { reportToHtml } from "../lab/html.ts";
import { reportToMarkdown } from "../lab/markdown.ts";
import {
  type Report,
  type ReportEntry,
  readReport,
  refusalOf,
  writeReport,
} from "../lab/report.ts";
import { sizeProblem } from "../lab/report-bounds.ts";
import type { SpeedExtras } from "../lab/report-speed.ts";
import { UserError } from "../lib/assert.ts";
import { readText } from "./model-source.ts";
import type { Session } from "./session.ts";

export interface Measured {
  readonly state: SettingState;
  readonly sample: SpeedSample;
  readonly extras: SpeedExtras;
  /** Null where it was not asked for. */
  readonly profile: TokenProfile | null;
  readonly peers?: readonly PeerResult[];
}

/** Nothing is measured against it here, but the schema wants it named. */
const REFERENCE = "f32";

export function benchReport(
  session: Session,
  rows: readonly Measured[],
  roofs: Roofs | null,
): Report {
  const checkedAt = new Date().toISOString();
  const settings = rows.map(({ state, sample: speed, extras: speedExtras, profile, peers }) =>
    reportEntry({
      ...state,
      checkedAt,
      firstTokenMs: null,
      quality: null,
      speed,
      speedExtras,
      profile,
      ...(peers && { peers }),
    }),
  );
  return sessionReport(session, REFERENCE, settings, roofs);
}

export function sessionReport(
  { adapter, model }: Session,
  reference: string,
  settings: readonly ReportEntry[],
  roofs: Roofs | null,
): Report {
  return buildReport({
    appVersion: version,
    agent: `Node ${process.version} on ${process.platform} ${process.arch}`,
    time: new Date().toISOString(),
    adapter,
    roofs,
    // A processor posing as a GPU has the machine's memory for its own.
    ...(adapter.software && { deviceBytes: totalmem() }),
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
  // By its size before it is read; what is not there says so when read.
  const large = sizeProblem(statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  if (large) throw new UserError(`${path}: ${large}`);
  const read = readReport(await readText(path));
  if (read.ok) return read.report;
  throw new UserError(`${path}: ${refusalOf(read.problems)}`);
}

/** What --report says of the files it can write. */
export const REPORT_FORMS = "JSON, or by its ending Markdown (.md), CSV (.csv) or a page (.html)";

/** In the form that the name ends in. Written aside and moved: a stop leaves the old one whole. */
export async function saveReport(path: string, report: Report): Promise<void> {
  const text = formOf(path)(report);
  const aside = `${path}.part`;
  try {
    await writeFile(aside, text);
    await rename(aside, path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path}: the report could not be written (${reason}).`);
  }
}

function formOf(path: string): (report: Report) => string {
  switch (extname(path).toLowerCase()) {
    case ".md":
      return reportToMarkdown;
    case ".csv":
      return reportToCsv;
    case ".html":
    case ".htm":
      return reportToHtml;
    default:
      return writeReport;
  }
}
