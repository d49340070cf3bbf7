import { useState } from "react";
import { taskWords } from "../../store/lab-tasks.ts";
import type { ReportEntry } from "../../store/types.ts";
import { percent, percentRange, whole } from "../figures.ts";
import { Segment } from "../parts/segment.tsx";
import { useBitdial } from "../use-store.ts";

type Tasks = NonNullable<ReportEntry["tasks"]>;
type Task = Tasks["tasks"][number];
type Writing = Tasks["writing"][number];
type Estimate = Task["difference"];

/** What settings answered, a task at a time, and how they wrote at several temperatures. */
export function TasksCard() {
  const entries = useBitdial((state) => state.sweepEntries);
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = entries.flatMap(({ setting, tasks }) => (tasks ? [{ setting, tasks }] : []));
  const names = [
    ...new Set(
      asked.flatMap(({ tasks }) => [
        ...tasks.tasks.map(({ task }) => task),
        ...(tasks.writing.length > 0 ? ["temperature" as const] : []),
      ]),
    ),
  ];
  const shown = names.find((name) => name === chosen) ?? names[0];
  if (!shown) return null;
  return (
    <section aria-labelledby="tasks-title" className="card">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3 pb-1">
        <h2 id="tasks-title" className="card-title">
          Tasks
        </h2>
        {names.length > 1 && (
          <div className="w-[34rem] max-w-full">
            <Segment
              label="Task to look at"
              options={names.map((name) => ({
                value: name,
                label: name,
                chosen: name === shown,
                reason: null,
              }))}
              onChoose={setChosen}
            />
          </div>
        )}
      </div>
      {shown === "temperature" ? (
        <Temperatures
          rows={asked.flatMap(({ setting, tasks }) =>
            tasks.writing.map((row) => ({ setting, row })),
          )}
        />
      ) : (
        <Answers
          rows={asked.flatMap(({ setting, tasks }) =>
            tasks.tasks.filter(({ task }) => task === shown).map((task) => ({ setting, task })),
          )}
        />
      )}
    </section>
  );
}

function Answers({ rows }: { readonly rows: readonly { setting: string; task: Task }[] }) {
  const first = rows[0]?.task;
  if (!first) return null;
  const { task, source, items, totalItems, chance, reference } = first;
  return (
    <>
      <p className="px-4 pb-2 text-xs text-soft">
        {`Which is likeliest: ${taskWords[task]}. ${source.name}, ${whole(items)}${items < totalItems ? ` of ${whole(totalItems)}` : ""} items; guessing gets ${percent(chance)}, the reference ${share(reference.share)}.`}
      </p>
      <Table label={`Answers to ${task}`} head={answerHead}>
        {rows.map(({ setting, task: { candidate, difference, lost, won } }) => (
          <tr key={setting}>
            <td className="font-mono">{setting}</td>
            <td>{whole(candidate.right)}</td>
            <td>{share(candidate.share)}</td>
            <td>{points(difference)}</td>
            <td>{whole(lost)}</td>
            <td>{whole(won)}</td>
          </tr>
        ))}
      </Table>
      <p className="border-t border-line px-4 py-3 text-xs text-soft">
        In brackets: 95 % intervals, Wilson's of a share and Newcombe's of the difference on the
        same items. A difference whose interval holds 0 may be chance. Lost: right under the
        reference alone; won: under the setting alone.
      </p>
    </>
  );
}

const answerHead = ["setting", "right", "accuracy", "difference, points", "lost", "won"] as const;

function Temperatures({ rows }: { readonly rows: readonly { setting: string; row: Writing }[] }) {
  const texts = rows[0]?.row.texts ?? 0;
  return (
    <>
      <p className="px-4 pb-2 text-xs text-soft">
        {`${whole(texts)} texts a temperature, sampled freely from the same beginnings with the same seeds. Repeats: share of a text's runs of four tokens that it had before. Distinct-n: different runs of n tokens over all of a text's.`}
      </p>
      <Table label="Writing by temperature" head={writingHead}>
        {rows.map(({ setting, row: { temperature, reference, candidate, difference } }) => (
          <tr key={`${setting} ${temperature}`}>
            <td className="font-mono">{setting}</td>
            <td>{temperature}</td>
            <td>{percent(reference.repetition.value)}</td>
            <td>{share(candidate.repetition)}</td>
            <td>{points(difference)}</td>
            <td>{`${percent(reference.distinct1.value)} → ${percent(candidate.distinct1.value)}`}</td>
            <td>{`${percent(reference.distinct2.value)} → ${percent(candidate.distinct2.value)}`}</td>
          </tr>
        ))}
      </Table>
      <p className="border-t border-line px-4 py-3 text-xs text-soft">
        In brackets: 95 % intervals by a bootstrap over the texts; the difference is taken prompt by
        prompt.
      </p>
    </>
  );
}

const writingHead = [
  "setting",
  "temperature",
  "reference repeats",
  "setting repeats",
  "difference, points",
  "distinct-1",
  "distinct-2",
] as const;

interface TableProps {
  readonly label: string;
  readonly head: readonly string[];
  readonly children: React.ReactNode;
}

function Table({ label, head, children }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
    <section className="overflow-x-auto" tabIndex={0} aria-label={`${label}, a table`}>
      <table className="figures">
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title}>{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

function share({ value, interval }: Estimate): string {
  return interval
    ? `${percent(value)} (${percentRange(interval.low, interval.high)})`
    : percent(value);
}

/** A difference of shares, in points of a hundred. */
function points({ value, interval }: Estimate): string {
  const one = (part: number): string =>
    `${part > 0 ? "+" : part < 0 ? "−" : ""}${Math.abs(part * 100).toFixed(1)}`;
  return interval ? `${one(value)} (${one(interval.low)} to ${one(interval.high)})` : one(value);
}
