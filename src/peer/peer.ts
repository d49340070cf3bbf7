import type { SpeedSample } from "../engine/protocol.ts";
import { UserError } from "../lib/assert.ts";
import { speedRun } from "../model/speed-run.ts";
import type { Peer, PeerInfo, PeerModel, PeerProvider } from "./protocol.ts";
import { PeerRuns } from "./runs.ts";
import type { Runtime } from "./runtime.ts";

/** The little that differs between a browser's worker and Node. */
export interface PeerHost {
  readonly providers: readonly PeerProvider[];
  readonly version: string;
  /** Loads the program; throws UserError where it cannot run. */
  runtime(provider: PeerProvider): Promise<Runtime>;
}

export function createPeer(open: () => Promise<PeerHost>): Peer {
  return new LocalPeer(open);
}

class LocalPeer implements Peer {
  readonly #openHost: () => Promise<PeerHost>;
  #host: Promise<PeerHost> | undefined;
  readonly #ready = new Map<string, PeerRuns>();
  #queue: Promise<unknown> = Promise.resolve();
  #abort = new AbortController();

  constructor(open: () => Promise<PeerHost>) {
    this.#openHost = open;
  }

  async start(): Promise<PeerInfo> {
    const { version, providers } = await this.#loaded();
    return { name: "ONNX Runtime", version, providers };
  }

  async logits(
    model: PeerModel,
    tokens: readonly number[],
    together: number,
  ): Promise<Float32Array> {
    return await this.#run(async (signal) => {
      const runs = await this.#open(model);
      try {
        const { vocabSize } = model.shape;
        const logits = new Float32Array(tokens.length * vocabSize);
        for (let at = 0; at < tokens.length; ) {
          signal.throwIfAborted();
          const end = at === 0 ? Math.max(1, together) : at + 1;
          logits.set(await runs.logits(tokens.slice(at, end)), at * vocabSize);
          at = end;
        }
        return logits;
      } finally {
        await runs.close();
      }
    });
  }

  async open(name: string, model: PeerModel): Promise<void> {
    await this.#run(async () => {
      await this.#ready.get(name)?.close();
      this.#ready.delete(name);
      this.#ready.set(name, await this.#open(model));
    });
  }

  async speed(name: string, request: Parameters<Peer["speed"]>[1]): Promise<SpeedSample> {
    return await this.#run(async (signal) => {
      const runs = this.#ready.get(name);
      if (!runs) throw new UserError(`ONNX Runtime has no model ${name}; open one first.`);
      return await measure(runs, request, signal);
    });
  }

  async close(): Promise<void> {
    await this.#run(async () => {
      for (const runs of this.#ready.values()) await runs.close();
      this.#ready.clear();
    });
  }

  async cancel(): Promise<void> {
    this.#abort.abort(new UserError("Stopped."));
    this.#abort = new AbortController();
  }

  #loaded(): Promise<PeerHost> {
    this.#host ??= this.#openHost();
    return this.#host;
  }

  async #open(model: PeerModel): Promise<PeerRuns> {
    const host = await this.#loaded();
    try {
      return await PeerRuns.open(await host.runtime(model.provider), model);
    } catch (error) {
      if (error instanceof UserError) throw error;
      const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
      throw new UserError(`ONNX Runtime refuses the model on ${model.provider}: ${reason}`);
    }
  }

  #run<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    const result = this.#queue.then(() => {
      signal.throwIfAborted();
      return task(signal);
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

/**
 * The clock of the engine's own measurement: from the call to the id on the CPU. Each id is read back
 * because the next run takes it as an input; choosing it is an ArgMax in the graph.
 */
async function measure(
  runs: PeerRuns,
  { repeats, warmups = 1, ...lengths }: Parameters<Peer["speed"]>[1],
  signal: AbortSignal,
): Promise<SpeedSample> {
  const { prompt, tokens } = speedRun(runs.model.shape, lengths);
  const prefillMs: number[] = [];
  const decodeMs: number[] = [];
  for (let repeat = -warmups; repeat < repeats; repeat++) {
    runs.reset();
    const begun = performance.now();
    let id = await runs.next(prompt);
    const prefilled = performance.now();
    for (let sampled = 1; sampled < tokens; sampled++) {
      signal.throwIfAborted();
      id = await runs.next([id]);
    }
    if (repeat < 0) continue;
    prefillMs.push(prefilled - begun);
    decodeMs.push((performance.now() - prefilled) / Math.max(1, tokens - 1));
  }
  return {
    prefillMs,
    decodeMs,
    promptTokens: prompt.length,
    tokens,
    warmups,
    cold: null,
    counters: null,
  };
}
