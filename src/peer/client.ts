import * as Comlink from "comlink";
import type { Peer } from "./protocol.ts";

/** The peer in its worker. */
export interface PeerClient extends Peer {
  /** Ends the worker, whatever it is doing: its calls reject, and its memory and its device are free. */
  end(): void;
}

/** Starts the worker; it loads ONNX Runtime when `start` is called. */
export function connectPeer(): PeerClient {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const remote = Comlink.wrap<Peer>(worker);
  let die: (error: Error) => void = () => {};
  const death = new Promise<never>((_, reject) => {
    die = reject;
  });
  // It may be ended while no call waits.
  death.catch(() => {});
  worker.addEventListener("error", ({ message }) => {
    die(new Error(`ONNX Runtime's worker stopped${message ? ` (${message})` : ""}; try again.`));
  });
  const call = <T>(made: Promise<T>): Promise<T> => Promise.race([made, death]);
  return {
    start: () => call(remote.start()),
    logits: (model, tokens, together) => call(remote.logits(model, tokens, together)),
    open: (name, model) => call(remote.open(name, model)),
    speed: (name, request) => call(remote.speed(name, request)),
    close: () => call(remote.close()),
    cancel: () => call(remote.cancel()),
    end() {
      worker.terminate();
      die(new Error("Stopped."));
    },
  };
}
