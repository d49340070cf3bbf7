import type { Report } from "../../lab/report.ts";
import type { Verdict } from "../../lab/verify.ts";
import { foreignQuality, verifyReport } from "../../lab/verify-run.ts";
import { UserError } from "../../lib/assert.ts";
import { sha256Hex } from "../../lib/sha256.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, json } from "../format.ts";
import { readText } from "../model-source.ts";
import { type ModelOptions, textOption, withModel } from "../options.ts";
import { readReportFile } from "../report-file.ts";
import { adapterJson, noteFailedChecks, type Session, withSession } from "../session.ts";
import { table } from "../table.ts";
import { oneLine } from "../terminal.ts";

interface VerifyOptions extends ModelOptions {
  text: string;
  json?: true;
}

export const addVerify: AddCommand = (program, context) => {
  withModel(program.command("verify"))
    .description("measure here what a report says, and compare")
    .argument("<report>", "a report in JSON")
    .addOption(textOption())
    .option("--json", "print one JSON document")
    .action(async (path: string, options: VerifyOptions) => {
      const report = await readReportFile(path);
      const text = await wantedText(path, report, options);
      await withSession(context, options, (session) =>
        verify(context, session, path, report, text, options),
      );
    });
};

/** The text, which must be the reported one to the byte. */
async function wantedText(path: string, report: Report, options: VerifyOptions): Promise<string> {
  if (report.settings.every(({ quality }) => quality === null)) return "";
  const text = await readText(options.text);
  const other = foreignQuality(report, await sha256Hex(text));
  if (other) {
    throw new UserError(
      `${path}: quality was measured on ${other.text.name} (SHA-256 ${other.text.sha256.slice(0, 12)}…), and ${options.text} is another text; give that one with --text.`,
    );
  }
  return text;
}

async function verify(
  { terminal, signal, fail }: Context,
  session: Session,
  path: string,
  report: Report,
  text: string,
  options: VerifyOptions,
): Promise<void> {
  const { engine, model } = session;
  if (model.sha256 !== report.model.sha256) {
    throw new UserError(
      `${path}: it is of ${report.model.name} (SHA-256 ${report.model.sha256.slice(0, 12)}…), and ${options.model} is another model; give that one with --model.`,
    );
  }
  const verdicts: Verdict[] = [];
  await verifyReport(engine, report, text, {
    signal,
    onProgress: ({ fraction, setting, note }) =>
      terminal.progress({ phase: "measure", fraction, note: `${setting}: ${note}` }),
    onState: (state) => noteFailedChecks(terminal, state),
    onVerdicts: (found) => void verdicts.push(...found),
  });
  if (signal.aborted) return;
  const differing = verdicts.filter(({ verdict }) => verdict === "differs");
  if (differing.length > 0) fail();
  if (options.json) {
    const { adapter, time } = report;
    terminal.out(
      json({
        report: { adapter: adapter.name, time },
        adapter: adapterJson(session.adapter),
        same: differing.length === 0,
        verdicts,
      }),
    );
    return;
  }
  const judged = verdicts.filter(({ verdict }) => verdict !== "noted").length;
  terminal.out(
    [
      `${path}: ${oneLine(report.adapter.name)}, ${report.time.slice(0, 10)}; here: ${adapterName(session.adapter)}\n`,
      table(
        COLUMNS,
        verdicts.map((row) => [
          oneLine(row.setting),
          row.figure,
          row.reported,
          row.here,
          row.verdict,
          oneLine(row.note),
        ]),
      ),
      differing.length === 0
        ? `All ${judged} figures that should be the same everywhere are.\n`
        : `${differing.length} of ${judged} figures that should be the same everywhere differ.\n`,
    ].join("\n"),
  );
}

const COLUMNS = [
  { title: "setting" },
  { title: "figure" },
  { title: "reported", align: "right" },
  { title: "here", align: "right" },
  { title: "verdict" },
  { title: "" },
] as const;
