export interface Batch<T> {
  push(item: T): void;
  /** Hands over what has gathered now instead of with the next frame. */
  flush(): void;
}

/** Gathers items and hands them over once an animation frame: a fast model must not render per token. */
export function createBatch<T>(
  nextFrame: (run: () => void) => void,
  take: (items: readonly T[]) => void,
): Batch<T> {
  let gathered: T[] = [];
  let waiting = false;

  function flush(): void {
    waiting = false;
    if (gathered.length === 0) return;
    const items = gathered;
    gathered = [];
    take(items);
  }

  return {
    push(item) {
      gathered.push(item);
      if (waiting) return;
      waiting = true;
      nextFrame(flush);
    },
    flush,
  };
}
