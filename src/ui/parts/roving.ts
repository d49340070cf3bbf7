import type { KeyboardEvent } from "react";

const steps: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/**
 * Arrow keys among the focusable parts of a group that is one stop of the tab key. The parts carry
 * `data-stop`; with `columns` they form a grid. Returns the part that got the focus.
 */
export function moveFocus(event: KeyboardEvent<HTMLElement>, columns = 1): HTMLElement | null {
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-stop]")];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return null;
  const [right, down] = steps[event.key] ?? [0, 0];
  const edge = event.key === "Home" ? 0 : event.key === "End" ? stops.length - 1 : null;
  const wanted = edge ?? at + right + down * columns;
  if (wanted === at) return null;
  // In a row the ends meet; a grid has edges.
  const target = columns === 1 ? (wanted + stops.length) % stops.length : wanted;
  const next = stops[target];
  if (!next) return null;
  event.preventDefault();
  next.focus();
  return next;
}
