/** Counted repetitions beyond this are no pattern for words. */
const maxCount = 256;
const maxPattern = 20_000;
/** Runs of any length one after another: what can be split between them costs a power of the text. */
const maxRuns = 4;

interface Group {
  /** Can match one text in several ways: the group repeated would try all of their combinations. */
  ambiguous: boolean;
  /** Runs of any length in the current alternative, and the most of any. */
  runs: number;
  mostRuns: number;
}

/**
 * Why a pattern could take time beyond all measure on some text; null for the kind that tokenizers
 * use. A repeated group must match in one way only, and few runs may follow one another.
 */
export function regexRisk(pattern: string): string | null {
  if (pattern.length > maxPattern) return `has ${pattern.length} characters`;
  const open: Group[] = [newGroup()];
  let closed: Group | null = null;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    const group = open.at(-1);
    if (group === undefined) return "closes a group that is not open";
    if (char === "\\") {
      if (/[1-9k]/.test(pattern[i + 1] ?? "")) return "refers back to a group";
      i = endOfEscape(pattern, i);
      closed = null;
    } else if (char === "[") {
      i = endOfClass(pattern, i);
      closed = null;
    } else if (char === "(") {
      open.push(newGroup());
      if (pattern[i + 1] === "?") i++;
    } else if (char === ")") {
      open.pop();
      group.mostRuns = Math.max(group.mostRuns, group.runs);
      closed = group;
      const outer = open.at(-1);
      if (outer !== undefined) {
        outer.ambiguous ||= group.ambiguous;
        outer.runs += group.mostRuns;
      }
    } else if (char === "|") {
      group.ambiguous = true;
      group.mostRuns = Math.max(group.mostRuns, group.runs);
      group.runs = 0;
      closed = null;
    } else {
      const repeat = readRepeat(pattern, i);
      if (repeat === null) {
        closed = null;
        continue;
      }
      const risk = addRepeat(group, closed, repeat);
      if (risk !== null) return risk;
      i = repeat.end - 1;
      // Lazy or possessive: the same repetition.
      if (/[?+]/.test(pattern[i + 1] ?? "")) i++;
      closed = null;
    }
    if (open.some(({ runs }) => runs > maxRuns)) return "lets many runs follow one another";
  }
  return null;
}

function newGroup(): Group {
  return { ambiguous: false, runs: 0, mostRuns: 0 };
}

interface Repeat {
  readonly min: number;
  readonly max: number;
  readonly end: number;
}

function readRepeat(pattern: string, at: number): Repeat | null {
  const char = pattern[at];
  const endless = Number.POSITIVE_INFINITY;
  if (char === "*") return { min: 0, max: endless, end: at + 1 };
  if (char === "+") return { min: 1, max: endless, end: at + 1 };
  if (char === "?") return { min: 0, max: 1, end: at + 1 };
  const counts = /^\{(\d+)(,?)(\d*)\}/.exec(pattern.slice(at, at + 24));
  if (counts === null) return null;
  const min = Number(counts[1]);
  const max = counts[2] === "" ? min : counts[3] === "" ? endless : Number(counts[3]);
  return { min, max, end: at + counts[0].length };
}

function addRepeat(group: Group, repeated: Group | null, { min, max }: Repeat): string | null {
  if (min > maxCount || (Number.isFinite(max) && max > maxCount))
    return `repeats something more than ${maxCount} times`;
  if (max > 1 && repeated?.ambiguous) return "repeats a group that matches in several ways";
  if (min !== max) group.ambiguous = true;
  if (!Number.isFinite(max)) group.runs++;
  return null;
}

/** At its last character: \p{…}, \u{…} or \x. */
function endOfEscape(pattern: string, at: number): number {
  const named = /^\\[pPux]\{[^}]*\}/.exec(pattern.slice(at, at + 64));
  return at + (named === null ? 1 : named[0].length - 1);
}

function endOfClass(pattern: string, at: number): number {
  for (let i = at + 1; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "]" && i > at + 1) return i;
  }
  return pattern.length;
}
