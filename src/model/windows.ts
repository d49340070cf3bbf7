/** A stretch of the text that is run at once, and which of its predictions count. */
export interface Window {
  /** First id of the window, and one past its last. */
  readonly start: number;
  readonly end: number;
  /** The first position (in the whole text) whose prediction by this window is scored; targets run from here to `end` - 1. */
  readonly scoreFrom: number;
}

/**
 * The perplexity protocol: windows of `size` ids start at 0, `stride`, 2 `stride` ... and the last one ends at the last id; each scores
 * only the targets that no earlier window scored. Target t is predicted from ids start..t-1, so the text's first id is never one.
 */
export function evaluationWindows(length: number, size: number, stride: number): Window[] {
  const windows: Window[] = [];
  let scored = 1;
  for (let start = 0; scored < length; start += stride) {
    const end = Math.min(start + size, length);
    // A stride longer than the window would leave targets that no window sees.
    windows.push({ start, end, scoreFrom: Math.max(scored, start + 1) });
    scored = end;
  }
  return windows;
}
