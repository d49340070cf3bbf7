import { Broken } from "./url-answer.ts";

export type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** One request: ends when the user cancels, or when nothing arrives for too long. */
export class Watch {
  /** For fetch. */
  readonly signal: AbortSignal;
  received = 0;
  readonly #stop = new AbortController();
  readonly #user: AbortSignal | undefined;
  readonly #stallMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fail: (error: unknown) => void = () => {};

  constructor(user: AbortSignal | undefined, stallMs: number) {
    this.#user = user;
    this.#stallMs = stallMs;
    this.signal = this.#stop.signal;
    user?.throwIfAborted();
    user?.addEventListener("abort", this.#onAbort);
    this.#restart();
  }

  /** The next part of a body, null at its end. Waits no longer than the user or the clock lets it. */
  async next(reader: Reader): Promise<Uint8Array | null> {
    this.#user?.throwIfAborted();
    this.#restart();
    const ended = new Promise<never>((_resolve, reject) => {
      this.#fail = reject;
    });
    try {
      const { done, value } = await Promise.race([reader.read(), ended]);
      this.#restart();
      if (done) return null;
      this.received += value.length;
      return value;
    } catch (error) {
      // Not awaited: a server that hangs would hold this up as well.
      reader.cancel().catch(() => {});
      throw error;
    } finally {
      this.#fail = () => {};
    }
  }

  /** Leaves a body that is still open to whoever reads on. */
  end(): void {
    clearTimeout(this.#timer);
    this.#user?.removeEventListener("abort", this.#onAbort);
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#abort(new Broken(`nothing arrived for ${this.#stallMs / 1000} s`)),
      this.#stallMs,
    );
  }

  readonly #onAbort = (): void => this.#abort(this.#user?.reason);

  #abort(reason: unknown): void {
    this.#fail(reason);
    this.#stop.abort(reason);
  }
}

export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
  });
  signal?.throwIfAborted();
}
