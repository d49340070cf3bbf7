/**
 * Visits every item once a round, forwards and backwards in turn. A machine that slows down while
 * it warms then slows all items alike, to first order, instead of the last one. The item at a turn
 * is visited twice running, which saves setting it up again.
 */
export async function interleave<T>(
  items: readonly T[],
  rounds: number,
  visit: (item: T, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? items : items.toReversed();
    for (const item of order) await visit(item, round);
  }
}
