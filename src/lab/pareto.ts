/** What is better: less of it (bytes, KL) or more (tokens a second). */
export type Goal = "least" | "most";

/**
 * Which points nothing beats: another point beats one that it equals in no figure for the worse and in one at
 * least for the better. `points` are rows of as many figures as there are goals; equal points stay together.
 * A point with a figure that was not measured (NaN) is not on the front.
 */
export function paretoFront(
  points: readonly (readonly number[])[],
  goals: readonly Goal[],
): boolean[] {
  const costs = points.map((point) =>
    goals.map((goal, at) => (goal === "least" ? 1 : -1) * (point[at] ?? Number.NaN)),
  );
  return costs.map(
    (own) => own.every((cost) => !Number.isNaN(cost)) && !costs.some((other) => beats(other, own)),
  );
}

function beats(other: readonly number[], own: readonly number[]): boolean {
  const differences = own.map((cost, at) => cost - (other[at] ?? Number.NaN));
  return differences.every((gain) => gain >= 0) && differences.some((gain) => gain > 0);
}
