import type { ReportTasks } from "./report-tasks.ts";

/** Shares that are counts over items, to rounding. */
const ROUNDING = 1e-9;

/** What of a setting's answers contradicts the rest of them, a phrase each. */
export function taskContradictions({ tasks }: ReportTasks): string[] {
  return tasks.flatMap(({ task, items, totalItems, reference, candidate, ...rest }) => {
    const { lost, won, difference, groups } = rest;
    const near = (value: number, count: number): boolean =>
      Math.abs(value * items - count) <= ROUNDING * Math.max(1, items);
    const claims: readonly (readonly [holds: boolean, phrase: string])[] = [
      [items <= totalItems, "more items are answered than there are"],
      [
        near(reference.share.value, reference.right),
        "the reference's accuracy is not right / items",
      ],
      [
        near(candidate.share.value, candidate.right),
        "the candidate's accuracy is not right / items",
      ],
      [candidate.right - reference.right === won - lost, "lost and won do not make the difference"],
      [near(difference.value, won - lost), "the difference is not (won - lost) / items"],
      [
        lost <= reference.right && won <= candidate.right && lost + candidate.right <= items,
        "lost or won are more than there can be",
      ],
      [
        groups.reduce((sum, group) => sum + group.candidate, 0) === candidate.right &&
          groups.reduce((sum, group) => sum + group.reference, 0) === reference.right,
        "the groups do not add up",
      ],
    ];
    return claims.flatMap(([holds, phrase]) => (holds ? [] : [`${task}: ${phrase}`]));
  });
}
