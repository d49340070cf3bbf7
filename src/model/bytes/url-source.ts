import { UserError } from "../../lib/assert.ts";
import { type ByteSource, checkRange, MissingFile, type ReadOptions } from "./source.ts";
import {
  answerProblem,
  Broken,
  isEmptyFile,
  plainLength,
  rangeTotal,
  versionOf,
} from "./url-answer.ts";
import { pause, type Reader, Watch } from "./watch.ts";
import { bodyOf, drain, WholeAnswer } from "./whole-answer.ts";

export interface UrlOptions {
  /** How long nothing may arrive before the request is made again. */
  readonly stallMs?: number;
  /** Requests in a row that may fail; any byte that arrives begins the count anew. */
  readonly tries?: number;
  /** Before the second try; twice as long before each further one. */
  readonly pauseMs?: number;
}

/** The first request asks for this much: small files and most headers need no second one. */
const firstBytes = 64 << 10;
/** Of a server that sends whole files only: up to here the file is kept. */
const keptBytes = 4 << 20;

/**
 * A file at an address, read by ranges. What breaks off goes on where it stopped; a server without
 * ranges is read in order from one answer. A file that changes on the way is an error, never a mix.
 */
export function urlSource(url: string, name: string, options: UrlOptions = {}): ByteSource {
  return new UrlSource(url, name, options);
}

class UrlSource implements ByteSource {
  readonly name: string;
  readonly #url: string;
  readonly #options: Required<UrlOptions>;
  #version: string | null = null;
  #size: number | null = null;
  /** The file's first bytes, or a small file. */
  #head = new Uint8Array();
  /** Set when the server sends whole files only. */
  #whole: WholeAnswer | null = null;
  #opening: Promise<void> | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(url: string, name: string, options: UrlOptions) {
    this.name = name;
    this.#url = url;
    this.#options = { stallMs: 20_000, tries: 5, pauseMs: 300, ...options };
  }

  async size(signal?: AbortSignal): Promise<number> {
    this.#opening ??= this.#open(signal);
    try {
      await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
    return this.#size ?? 0;
  }

  async read(start: number, end: number, options: ReadOptions = {}): Promise<Uint8Array> {
    checkRange(this.name, start, end, await this.size(options.signal));
    options.signal?.throwIfAborted();
    if (end <= this.#head.length) {
      options.onBytes?.(end - start);
      return this.#head.subarray(start, end);
    }
    const whole = this.#whole;
    if (whole === null) return await this.#readRange(start, end, options);
    // One answer, one reader at a time, in the order of the calls.
    const turn = this.#queue.then(() => this.#readWhole(whole, start, end, options));
    this.#queue = turn.catch(() => {});
    return await turn;
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    await this.#insist(signal, async (watch) => {
      const response = await this.#ask(0, firstBytes, watch);
      if (response.status === 416) return this.#keep(new Uint8Array(), 0);
      if (response.status === 206) {
        const total =
          rangeTotal(response, 0, this.name, this.#url) ?? (await this.#askLength(watch));
        const head = await this.#collect(bodyOf(response), Math.min(firstBytes, total), watch);
        return this.#keep(head, total);
      }
      const total = plainLength(response);
      const reader = bodyOf(response);
      if (total !== null && total > keptBytes) {
        this.#whole = new WholeAnswer(reader);
        return this.#keep(new Uint8Array(), total);
      }
      // Small, or compressed on the way, so that only its end tells how long it is.
      const bytes = await drain(reader, watch);
      if (total !== null && bytes.length !== total) throw this.#brokeOff(bytes.length, total);
      return this.#keep(bytes, bytes.length);
    });
  }

  #keep(head: Uint8Array<ArrayBuffer>, total: number): void {
    this.#head = head;
    this.#size = total;
  }

  /** A part of the file, from as many answers as it takes. */
  async #readRange(start: number, end: number, options: ReadOptions): Promise<Uint8Array> {
    const out = new Uint8Array(end - start);
    let got = 0;
    await this.#insist(options.signal, async (watch) => {
      const response = await this.#ask(start + got, end, watch);
      if (response.status !== 206)
        throw this.#unable("sends the whole file where a part is asked for");
      const total = rangeTotal(response, start + got, this.name, this.#url);
      if (total !== null && total !== this.#size) throw this.#changed();
      const reader = bodyOf(response);
      while (got < out.length) {
        const part = await watch.next(reader);
        if (part === null) throw this.#brokeOff(start + got, this.#size ?? 0);
        if (part.length > out.length - got) {
          reader.cancel().catch(() => {});
          throw this.#unable("sends more than it is asked for");
        }
        out.set(part, got);
        got += part.length;
        options.onBytes?.(part.length);
      }
      reader.cancel().catch(() => {});
    });
    return out;
  }

  /** From one answer in order; an earlier place, or a break, begins the answer again. */
  async #readWhole(
    whole: WholeAnswer,
    start: number,
    end: number,
    options: ReadOptions,
  ): Promise<Uint8Array> {
    const out = new Uint8Array(end - start);
    let got = 0;
    await this.#insist(options.signal, async (watch) => {
      try {
        if (whole.reader === null || whole.at > start + got) {
          const response = await this.#ask(0, this.#size ?? firstBytes, watch);
          whole.begin(bodyOf(response));
        }
        while (got < out.length) {
          const part = await whole.next(watch, start + got, out.length - got);
          if (part === null) throw this.#brokeOff(whole.at, this.#size ?? 0);
          out.set(part, got);
          got += part.length;
          options.onBytes?.(part.length);
        }
      } catch (error) {
        whole.leave();
        throw error;
      }
    });
    return out;
  }

  /** Tries until `attempt` is through. Any byte that arrived begins the count of failures anew. */
  async #insist(
    signal: AbortSignal | undefined,
    attempt: (watch: Watch) => Promise<void>,
  ): Promise<void> {
    const { tries, pauseMs, stallMs } = this.#options;
    for (let failures = 0; ; ) {
      const watch = new Watch(signal, stallMs);
      let sentence: string;
      try {
        await attempt(watch);
        return;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof UserError && !(error instanceof Broken)) throw error;
        // Whatever fetch and streams throw for a connection that ends is no sentence of ours.
        sentence =
          error instanceof Broken ? error.message : `the connection to ${this.#url} broke off`;
      } finally {
        watch.end();
      }
      failures = watch.received > 0 ? 1 : failures + 1;
      if (failures >= tries) {
        const named = sentence.startsWith(this.name) ? sentence : `${this.name}: ${sentence}`;
        throw new UserError(`${named}; ${tries} tries failed, check the connection and try again`);
      }
      await pause(pauseMs * 2 ** (failures - 1), signal);
    }
  }

  async #ask(start: number, end: number, watch: Watch): Promise<Response> {
    const headers = { Range: `bytes=${start}-${end - 1}` };
    const response = await this.#fetch({ headers }, watch);
    if (start === 0 && isEmptyFile(response)) return response;
    const problem = answerProblem(response, this.name, this.#url);
    if (problem !== null) {
      response.body?.cancel().catch(() => {});
      if (problem.retry) throw new Broken(problem.sentence);
      throw problem.missing ? new MissingFile(problem.sentence) : new UserError(problem.sentence);
    }
    const version = versionOf(response);
    if (version !== null && version !== (this.#version ?? version)) {
      response.body?.cancel().catch(() => {});
      throw this.#changed();
    }
    this.#version ??= version;
    return response;
  }

  /** The file's length, where `Content-Range` is hidden from pages of other origins. */
  async #askLength(watch: Watch): Promise<number> {
    const response = await this.#fetch({ method: "HEAD" }, watch);
    const total = response.ok ? plainLength(response) : null;
    if (total === null) throw this.#unable("does not say how long the file is");
    return total;
  }

  async #fetch(init: RequestInit, watch: Watch): Promise<Response> {
    try {
      return await fetch(this.#url, { ...init, signal: watch.signal });
    } catch (error) {
      if (error instanceof Broken) throw error;
      throw new Broken(`${this.name} could not be fetched from ${this.#url}`);
    }
  }

  async #collect(reader: Reader, length: number, watch: Watch): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await drain(reader, watch, length);
    if (bytes.length < length) throw this.#brokeOff(bytes.length, length);
    if (bytes.length > length) throw this.#unable("sends more than it is asked for");
    return bytes;
  }

  #brokeOff(at: number, total: number): Broken {
    return new Broken(`${this.name} broke off after ${at} of ${total} bytes`);
  }

  #unable(what: string): UserError {
    return new UserError(
      `${this.name}: the server of ${this.#url} ${what}; load the model from another server or as files`,
    );
  }

  #changed(): UserError {
    return new UserError(
      `${this.name} changed on the server while it was read; load the model again`,
    );
  }
}
