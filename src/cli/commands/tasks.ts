import type { Report, ReportEntry } from "../../lab/report.ts";
import { sweep } from "../../lab/sweep.ts";
import { createTasks, type TaskRequest } from "../../lab/task-run.ts";
import { SHIPPED_TASKS } from "../../lab/tasks.ts";
import { usualReference } from "../../lab/usual-reference.ts";
import { UserError } from "../../lib/assert.ts";
import { formatSetting, parseSetting } from "../../quant/setting.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName } from "../format.ts";
import { list, type ModelOptions, option, referenceOption, withModel } from "../options.ts";
import { checkWritable, REPORT_FORMS, saveReport, sessionReport } from "../report-file.ts";
import { noteFailedChecks, type Session, withSession } from "../session.ts";
import {
  maxItemsOption,
  pairsOption,
  readTasks,
  type TaskOptions,
  tasksOption,
} from "../task-files.ts";
import { taskTables } from "../task-tables.ts";

interface TasksOptions extends ModelOptions, TaskOptions {
  settings: string[];
  reference?: string;
  report?: string;
  json?: true;
}

export const addTasks: AddCommand = (program, context) => {
  withModel(program.command("tasks"))
    .description("ask questions with one right answer and say what a setting costs in accuracy")
    .addOption(option("--settings <list>", "settings, commas between", list, "int4-g32"))
    .addOption(referenceOption("what they are compared with"))
    .addOption(tasksOption())
    .addOption(pairsOption())
    .addOption(maxItemsOption())
    .option("--report <file>", `write a report after every setting: ${REPORT_FORMS}`)
    .option("--json", "print the report instead of tables")
    .action(async (options: TasksOptions) => {
      const canonical = (text: string): string => formatSetting(parseSetting(text));
      const named = options.reference === undefined ? null : canonical(options.reference);
      const settings = [...new Set(options.settings.map(canonical))];
      if (options.report !== undefined) checkWritable(options.report);
      const tasks = await readTasks(options, SHIPPED_TASKS);
      if (!tasks) throw new UserError("tasks takes --tasks or --pairs: there is nothing to ask.");
      await withSession(context, options, async (session) => {
        const reference = named ?? usualReference(session.model);
        const others = settings.filter((setting) => setting !== reference);
        if (others.length === 0)
          throw new UserError(`--settings names ${reference} alone, which is the reference.`);
        await run(context, session, { ...options, reference, settings: others }, tasks);
      });
    });
};

async function run(
  { terminal, signal }: Context,
  session: Session,
  { settings, reference, report: path, json }: TasksOptions & { reference: string },
  request: TaskRequest,
): Promise<void> {
  const { engine } = session;
  for (const setting of [reference, ...settings]) await engine.estimate(setting);
  const entries: ReportEntry[] = [];
  const report = (): Report => sessionReport(session, reference, entries, null);
  await sweep(
    engine,
    { settings, reference, quality: null, speed: null, tasks: createTasks(engine, request) },
    {
      signal,
      onProgress: ({ setting, fraction, note }) =>
        terminal.progress({ phase: "measure", fraction, note: `${setting}: ${note}` }),
      onState: (state) => noteFailedChecks(terminal, state),
      onEntry: async (entry) => {
        entries.push(entry);
        if (path !== undefined) await saveReport(path, report());
      },
    },
  );
  if (signal.aborted) return;
  if (path !== undefined) terminal.note(`The report is in ${path}.`);
  if (json) terminal.out(`${JSON.stringify(report(), null, 2)}\n`);
  else {
    terminal.out(
      `${session.model.name} on ${adapterName(session.adapter)}, reference ${reference}\n\n`,
    );
    terminal.out(taskTables(entries));
  }
}
