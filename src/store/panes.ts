import type { GenerateEvent, GenerateResult, Side, TokenComparison } from "../engine/protocol.ts";
import type { Pane } from "./types.ts";

export interface Written {
  readonly panes: Readonly<Record<Side, Pane>>;
  readonly comparisons: readonly (TokenComparison | undefined)[];
}

export const emptyPane: Pane = {
  setting: "",
  asked: "",
  prompt: "",
  tokens: [],
  prefillMs: null,
  decodeMs: 0,
  tokensPerSecond: null,
  stop: null,
};

/** The state after some events of a running generation, in order. */
export function takeEvents(before: Written, events: readonly GenerateEvent[]): Written {
  const panes = { ...before.panes };
  let comparisons = before.comparisons;
  for (const event of events) {
    switch (event.kind) {
      case "prompt":
        panes[event.side] = { ...panes[event.side], prefillMs: event.prefillMs };
        break;
      case "tokens": {
        const pane = panes[event.side];
        const fresh = event.ids.map((id, at) => ({ id, text: event.texts[at] ?? "" }));
        const tokens = [...pane.tokens.slice(0, event.start), ...fresh];
        // The first token belongs to the prefill: only later submits say how fast the model writes.
        const decodeMs = event.start === 0 ? 0 : pane.decodeMs + event.elapsedMs;
        const tokensPerSecond = decodeMs > 0 ? ((tokens.length - 1) * 1000) / decodeMs : null;
        panes[event.side] = { ...pane, tokens, decodeMs, tokensPerSecond };
        break;
      }
      case "comparison":
        comparisons = placed(comparisons, event.start, event.rows);
        break;
      default:
        event satisfies never;
    }
  }
  return { panes, comparisons };
}

/** The engine's own figures replace the running ones once a text is done. */
export function takeResult(before: Written, result: GenerateResult): Written {
  const panes = { ...before.panes };
  for (const { side, stop, prefillMs, tokensPerSecond } of result.sides) {
    const measured = tokensPerSecond > 0 ? tokensPerSecond : null;
    panes[side] = { ...panes[side], stop, prefillMs, tokensPerSecond: measured };
  }
  return { ...before, panes };
}

/**
 * Index of the first token in which the texts differ, or null while they agree. A text that ended
 * while the other went on parts there.
 */
export function partsAt(reference: Pane, candidate: Pane): number | null {
  const [a, b] = [reference.tokens, candidate.tokens];
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    if (a[at]?.id !== b[at]?.id) return at;
  }
  if (a.length === b.length) return null;
  const shorter = a.length < b.length ? reference : candidate;
  return shorter.stop === "stop" ? shared : null;
}

/** The token worth looking at first: where the texts part, else where the models differ most. */
export function mostTelling(
  comparisons: readonly (TokenComparison | undefined)[],
  parts: number | null,
): number | null {
  if (parts !== null && comparisons[parts]) return parts;
  let best: number | null = null;
  comparisons.forEach((row, at) => {
    if (row && row.kl > (best === null ? 0 : (comparisons[best]?.kl ?? 0))) best = at;
  });
  return best;
}

function placed(
  rows: readonly (TokenComparison | undefined)[],
  start: number,
  fresh: readonly TokenComparison[],
): (TokenComparison | undefined)[] {
  const next = [...rows];
  while (next.length < start) next.push(undefined);
  next.splice(start, fresh.length, ...fresh);
  return next;
}
