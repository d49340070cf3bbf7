import { pairedDifference, wilson } from "../lib/stats.ts";
import type { Estimate } from "./quality.ts";
import { chanceOf, type Task, type TaskId } from "./tasks.ts";

/** What both models made of a task's items. Intervals are of 95 %. */
export interface TaskResult {
  readonly task: TaskId;
  readonly source: { readonly name: string; readonly sha256: string };
  /** Answered, of so many that the file has. */
  readonly items: number;
  readonly totalItems: number;
  /** The accuracy of guessing. */
  readonly chance: number;
  readonly reference: Accuracy;
  readonly candidate: Accuracy;
  /** Candidate minus reference, on the same items. */
  readonly difference: Estimate;
  /** Right under the reference alone, and under the candidate alone. */
  readonly lost: number;
  readonly won: number;
  readonly groups: readonly GroupResult[];
}

export interface Accuracy {
  readonly right: number;
  /** With Wilson's interval. */
  readonly share: Estimate;
}

export interface GroupResult {
  readonly group: string;
  readonly items: number;
  readonly reference: number;
  readonly candidate: number;
}

/** `reference` and `candidate` say of the first items, in order, which were answered right. */
export function taskResult(
  { id, name, sha256, items, total }: Task,
  reference: readonly boolean[],
  candidate: readonly boolean[],
): TaskResult {
  const answered = items.slice(0, Math.min(reference.length, candidate.length));
  const count = (test: (at: number) => boolean): number =>
    answered.reduce((sum, _, at) => sum + (test(at) ? 1 : 0), 0);
  const first = (at: number): boolean => reference[at] === true;
  const second = (at: number): boolean => candidate[at] === true;
  const both = count((at) => first(at) && second(at));
  const lost = count((at) => first(at) && !second(at));
  const won = count((at) => !first(at) && second(at));
  const { mean, low, high } = pairedDifference({
    both,
    first: lost,
    second: won,
    neither: answered.length - both - lost - won,
  });
  return {
    task: id,
    source: { name, sha256 },
    items: answered.length,
    totalItems: total,
    chance: chanceOf(items),
    reference: accuracy(both + lost, answered.length),
    candidate: accuracy(both + won, answered.length),
    difference: { value: mean, interval: { low, high } },
    lost,
    won,
    groups: [...new Set(answered.map(({ group }) => group))].map((group) => {
      const own = (at: number): boolean => answered[at]?.group === group;
      return {
        group,
        items: count(own),
        reference: count((at) => own(at) && first(at)),
        candidate: count((at) => own(at) && second(at)),
      };
    }),
  };
}

function accuracy(right: number, items: number): Accuracy {
  const { mean, low, high } = wilson(right, items);
  return { right, share: { value: mean, interval: { low, high } } };
}
