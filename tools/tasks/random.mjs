/** Pseudo-random numbers of a seed (xorshift32), the same on every machine: a task file must come out the same every time. */
export function createRandom(seed) {
  let state = seed | 0 || 1;
  function below(count) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  }
  const pick = (list) => list[below(list.length)];
  /** `count` different elements in random order. */
  function draw(list, count) {
    const rest = [...list];
    return Array.from({ length: count }, () => rest.splice(below(rest.length), 1)[0]);
  }
  const shuffled = (list) => draw(list, list.length);
  /** Choices in random order, and where the right one came to stand. */
  function choices(right, wrong) {
    const all = shuffled([right, ...wrong]);
    return { choices: all, answer: all.indexOf(right) };
  }
  return { below, pick, draw, shuffled, choices };
}
