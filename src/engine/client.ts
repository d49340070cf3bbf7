import * as Comlink from "comlink";
import type { Engine, EngineProblem } from "./protocol.ts";
import workerAddress from "./worker.ts?worker&url";

/** The engine in its worker. Calls that were under way when the worker died or was replaced reject. */
export interface EngineClient extends Engine {
  /** Ends the worker, whatever it is doing; the next call starts a new one, which must be started and loaded again. */
  restart(): void;
}

/** A worker that begins as a blob is bound by the page's content policy; one with an address of its own would not be. */
function startWorker(): Worker {
  const address = new URL(workerAddress, import.meta.url).href;
  const begin = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(begin), { type: "module" });
}

interface Link {
  readonly worker: Worker;
  readonly remote: Comlink.Remote<Engine>;
  /** Never resolves; rejects when the worker is gone. Calls race it, for a dead worker answers nobody. */
  readonly death: Promise<never>;
  die(error: Error): void;
}

const { proxy } = Comlink;

export function connectEngine(): EngineClient {
  let link: Link | undefined;
  let report: (problem: EngineProblem) => void = () => {};

  function open(): Link {
    const worker = startWorker();
    let die: (error: Error) => void = () => {};
    const death = new Promise<never>((_, reject) => {
      die = reject;
    });
    // Someone may listen later or never: not an unhandled rejection.
    death.catch(() => {});
    const opened: Link = { worker, remote: Comlink.wrap(worker), death, die };
    worker.addEventListener("error", (event) => {
      const reason = event.message ? ` (${event.message})` : "";
      fail(opened, `The engine's worker stopped${reason}. Restart the engine to go on.`);
    });
    return opened;
  }

  function fail(dead: Link, sentence: string): void {
    if (link !== dead) return;
    close(sentence);
    report({ kind: "internal", sentence, recovering: false });
  }

  function close(sentence: string): void {
    link?.worker.terminate();
    link?.die(new Error(sentence));
    link = undefined;
  }

  async function call<T>(make: (remote: Comlink.Remote<Engine>) => Promise<T>): Promise<T> {
    link ??= open();
    return await Promise.race([make(link.remote), link.death]);
  }

  return {
    start: (options, onProblem) => {
      report = onProblem;
      return call((engine) => engine.start(options, proxy(onProblem)));
    },
    load: (source, onProgress) => call((engine) => engine.load(source, proxy(onProgress))),
    preview: (source, onProgress) => call((engine) => engine.preview(source, proxy(onProgress))),
    needs: (ticket, choice) => call((engine) => engine.needs(ticket, choice)),
    loadPreviewed: (ticket, how, onProgress) =>
      call((engine) => engine.loadPreviewed(ticket, how, proxy(onProgress))),
    kept: () => call((engine) => engine.kept()),
    forget: (id) => call((engine) => engine.forget(id)),
    apply: (side, setting, onProgress) =>
      call((engine) => engine.apply(side, setting, proxy(onProgress))),
    estimate: (setting) => call((engine) => engine.estimate(setting)),
    budget: (setting, bits, onProgress) =>
      call((engine) => engine.budget(setting, bits, proxy(onProgress))),
    renderChat: (messages) => call((engine) => engine.renderChat(messages)),
    tokenize: (text) => call((engine) => engine.tokenize(text)),
    generate: (request, onEvent) => call((engine) => engine.generate(request, proxy(onEvent))),
    evaluate: (request, onChunk) => call((engine) => engine.evaluate(request, proxy(onChunk))),
    scoreChoices: (request, onProgress) =>
      call((engine) => engine.scoreChoices(request, proxy(onProgress))),
    speed: (request, onProgress) => call((engine) => engine.speed(request, proxy(onProgress))),
    curves: (request, onProgress) => call((engine) => engine.curves(request, proxy(onProgress))),
    profile: (side, rounds) => call((engine) => engine.profile(side, rounds)),
    trace: (request, onProgress) => call((engine) => engine.trace(request, proxy(onProgress))),
    distribution: (request) => call((engine) => engine.distribution(request)),
    layerErrors: (request, onProgress) =>
      call((engine) => engine.layerErrors(request, proxy(onProgress))),
    roofs: () => call((engine) => engine.roofs()),
    logits: (side, tokens, stepwise) => call((engine) => engine.logits(side, tokens, stepwise)),
    exportOnnx: (setting, output, attention) =>
      call((engine) => engine.exportOnnx(setting, output, attention)),
    setVariant: (op, variant) => call((engine) => engine.setVariant(op, variant)),
    variants: () => call((engine) => engine.variants()),
    benchKernel: (request, onProgress) =>
      call((engine) => engine.benchKernel(request, proxy(onProgress))),
    kernelSources: (query) => call((engine) => engine.kernelSources(query)),
    judgeKernel: (request, onProgress) =>
      call((engine) => engine.judgeKernel(request, proxy(onProgress))),
    setCopies: (copies) => call((engine) => engine.setCopies(copies)),
    counters: () => call((engine) => engine.counters()),
    loseDevice: () => call((engine) => engine.loseDevice()),
    cancel: async () => {
      if (link) await call((engine) => engine.cancel());
    },
    dispose: async () => {
      if (link) await call((engine) => engine.dispose());
    },
    restart: () => close("The engine was restarted."),
  };
}
