import type { ReportTasks } from "./report-tasks.ts";
import type { TaskResults } from "./task-run.ts";

const INTERVALS =
  "95 %; accuracies: Wilson; differences of accuracies on the same items: Newcombe's method 10; writing: bootstrap over texts";

export function tasksPart({ tasks, writing }: TaskResults): ReportTasks {
  return {
    intervals: INTERVALS,
    tasks: tasks.map(({ groups, ...rest }) => ({ ...rest, groups: [...groups] })),
    writing: [...writing],
  };
}
