export type Work = (signal: AbortSignal) => Promise<void>;

/** The engine does one thing at a time, and the latest wish wins. */
export interface Jobs {
  /** Stops what runs, waits until it has stopped, then works, unless a later wish overtook this one. */
  run(work: Work): Promise<void>;
  stop(): Promise<void>;
}

interface Job {
  readonly abort: AbortController;
  readonly settled: Promise<void>;
}

export function createJobs(cancel: () => Promise<void>): Jobs {
  let current: Job | undefined;
  let latest = 0;

  async function stopCurrent(): Promise<void> {
    if (!current) return;
    const { abort, settled } = current;
    abort.abort();
    // A worker that is gone cannot be asked to stop, and need not be.
    await cancel().catch(() => {});
    await settled;
  }

  return {
    async run(work) {
      const mine = ++latest;
      await stopCurrent();
      if (mine !== latest) return;
      const abort = new AbortController();
      const running = work(abort.signal);
      const job = { abort, settled: running.catch(() => {}) };
      current = job;
      try {
        await running;
      } finally {
        if (current === job) current = undefined;
      }
    },
    async stop() {
      latest++;
      await stopCurrent();
    },
  };
}
