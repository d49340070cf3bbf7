import { type Column, estimateColumns } from "./csv-columns.ts";
import { TEMPERATURES } from "./repetition.ts";
import type { ReportTasks } from "./report-tasks.ts";
import { TASK_IDS } from "./tasks.ts";

/** The same columns whatever was asked, so that lines of several reports can stand in one file. */
export function taskColumns(measured: ReportTasks | null): Column[] {
  return [
    ...TASK_IDS.flatMap((id): Column[] => {
      const task = measured?.tasks.find((one) => one.task === id);
      return [
        [`${id}_items`, task?.items],
        [`${id}_sha256`, task?.source.sha256],
        ...estimateColumns(`${id}_accuracy`, task?.candidate.share),
        ...estimateColumns(`${id}_accuracy_reference`, task?.reference.share),
        ...estimateColumns(`${id}_accuracy_difference`, task?.difference),
      ];
    }),
    ...TEMPERATURES.flatMap((temperature): Column[] => {
      const row = measured?.writing.find((one) => one.temperature === temperature);
      const at = `temperature_${temperature}`;
      return [
        [`${at}_texts`, row?.texts],
        ...estimateColumns(`${at}_repetition`, row?.candidate.repetition),
        [`${at}_repetition_reference`, row?.reference.repetition.value],
        [`${at}_distinct1`, row?.candidate.distinct1.value],
        [`${at}_distinct1_reference`, row?.reference.distinct1.value],
        [`${at}_distinct2`, row?.candidate.distinct2.value],
        [`${at}_distinct2_reference`, row?.reference.distinct2.value],
      ];
    }),
  ];
}
