import type { GpuContext } from "../gpu/context.ts";
import type { Readback } from "../gpu/readback.ts";
import type { PlanMode } from "../model/plan.ts";
import { batchTokens } from "../model/rows.ts";
import type { Program } from "./program.ts";
import { maxTokensPerSubmit, type Stream } from "./stream.ts";

/** A model of one setting writing into one stream: its programs by mode, and the few writes that steer them. */
export class Runner {
  readonly stream: Stream;
  readonly #context: GpuContext;
  readonly #programs: Readonly<Record<PlanMode, Program>>;
  readonly #logits: GPUBuffer;
  /** Floats of a row of logits, and how many of them are the vocabulary. */
  readonly #logitsStride: number;
  readonly #vocab: number;
  readonly #ids: Readback;
  readonly #rows: Readback;
  /** Next position to be filled. */
  #position = 0;
  #fresh = true;
  /** What stands in the cache from its beginning, as far as it was read in whole batches. */
  readonly #read: number[] = [];

  constructor(options: {
    readonly context: GpuContext;
    readonly stream: Stream;
    readonly programs: Readonly<Record<PlanMode, Program>>;
    readonly logits: GPUBuffer;
    readonly logitsStride: number;
    readonly vocab: number;
    readonly ids: Readback;
    readonly rows: Readback;
  }) {
    this.#context = options.context;
    this.stream = options.stream;
    this.#programs = options.programs;
    this.#logits = options.logits;
    this.#logitsStride = options.logitsStride;
    this.#vocab = options.vocab;
    this.#ids = options.ids;
    this.#rows = options.rows;
  }

  get position(): number {
    return this.#position;
  }

  /** Nothing was read or written yet; the warm-up does not count. */
  get fresh(): boolean {
    return this.#fresh;
  }

  get dispatchesPerToken(): number {
    return this.#programs.decode.dispatches.length;
  }

  program(mode: PlanMode): Program {
    return this.#programs[mode];
  }

  /**
   * Runs a first token and a decoded one over whatever stands in the buffers: drivers finish compiling when a pipeline first runs, and
   * that belongs to making the setting ready, not to its first text.
   */
  async warmUp(): Promise<void> {
    this.reset();
    this.#write([0]);
    const encoder = this.#context.device.createCommandEncoder({
      label: `${this.stream.name} warm-up`,
    });
    const pass = encoder.beginComputePass({ label: `${this.stream.name} warm-up` });
    this.#run("first", pass, 1, 0);
    this.#run("decode", pass, 1, 1);
    pass.end();
    this.#context.submit(encoder.finish());
    await this.#context.device.queue.onSubmittedWorkDone();
    this.#fresh = true;
  }

  /** Forgets the text; the cache is overwritten as the next one goes in. */
  reset(): void {
    this.rewind(0);
  }

  /**
   * Goes back to where `ids` begin to differ from what was read before, and says how many of them need not be read again; the last always
   * is, for what follows it is to be computed. Only whole batches count that a fresh reading would cut at the same places: what then
   * stands in the cache is the same bit for bit. What was sampled is read again, as decoding sums in another order.
   */
  recall(ids: readonly number[]): number {
    const most = Math.min(this.#read.length, ids.length - 1);
    let same = 0;
    while (same < most && ids[same] === this.#read[same]) same++;
    this.rewind(same - (same % batchTokens));
    return this.#position;
  }

  /** Forgets what stands from `position` on: the next ids take its place. */
  rewind(position: number): void {
    this.#position = position;
  }

  /** Goes back (or forward again) to a position that was filled before: what stands there is still in the cache. */
  seek(position: number): void {
    this.#position = position;
  }

  /** Puts ids into the cache without asking for logits. */
  feed(ids: readonly number[]): void {
    for (let at = 0; at < ids.length; at += batchTokens)
      this.#batch("prefill", ids.slice(at, at + batchTokens));
  }

  /**
   * Feeds `ids`, samples the next token and `count` - 1 more, all in one submit; resolves to the sampled ids. With `ids` empty it goes on
   * from the token sampled last. `logits` asks for the rows the samples were drawn from, [count][vocab].
   */
  async generate(
    ids: readonly number[],
    count: number,
    logits: boolean,
  ): Promise<{ ids: number[]; logits: Float32Array | null }> {
    const { device } = this.#context;
    const samples = Math.min(count, maxTokensPerSubmit);
    if (ids.length > 0) {
      const last = ids.length - (((ids.length - 1) % batchTokens) + 1);
      this.feed(ids.slice(0, last));
      this.#write(ids.slice(last));
    } else this.#writeState(1);
    const batch = ids.length > 0 ? ((ids.length - 1) % batchTokens) + 1 : 0;
    this.reserve(this.#position + batch + samples);
    const encoder = device.createCommandEncoder({ label: `${this.stream.name} generate` });
    const pass = encoder.beginComputePass({ label: `${this.stream.name} generate` });
    let position = this.#position;
    if (batch > 0) this.#run("first", pass, batch, position);
    position += batch;
    for (let i = batch > 0 ? 1 : 0; i < samples; i++) this.#run("decode", pass, 1, position++);
    pass.end();
    this.#ids.record(encoder, this.stream.out.buffer, 0, samples * 4);
    if (logits) this.#recordRows(encoder, samples);
    this.#context.submit(encoder.finish());
    // The last sampled token is not in the cache yet: it is the next batch's first.
    this.#position = position;
    const [out, rows] = await Promise.all([
      this.#ids.take(samples * 4),
      logits ? this.#takeRows(samples) : null,
    ]);
    return { ids: [...new Uint32Array(out)], logits: rows };
  }

  /**
   * Feeds at most 16 ids and resolves to the logits after each, [ids.length][vocab]. `byDecode` takes the matrix-vector path of decoding,
   * one id at a time, and throws its sample away.
   */
  async score(ids: readonly number[], byDecode = false): Promise<Float32Array> {
    this.#write(ids);
    const encoder = this.#context.device.createCommandEncoder({
      label: `${this.stream.name} score`,
    });
    const pass = encoder.beginComputePass({ label: `${this.stream.name} score` });
    this.#run(byDecode ? "decode" : "score", pass, ids.length, this.#position);
    pass.end();
    this.#recordRows(encoder, ids.length);
    this.#context.submit(encoder.finish());
    this.#position += ids.length;
    return await this.#takeRows(ids.length);
  }

  #batch(mode: PlanMode, ids: readonly number[]): void {
    this.#write(ids);
    const follows = this.#position === this.#read.length && ids.length === batchTokens;
    if (mode === "prefill" && follows) this.#read.push(...ids);
    const encoder = this.#context.device.createCommandEncoder({
      label: `${this.stream.name} ${mode}`,
    });
    const pass = encoder.beginComputePass({ label: `${this.stream.name} ${mode}` });
    this.#run(mode, pass, ids.length, this.#position);
    pass.end();
    this.#context.submit(encoder.finish());
    this.#position += ids.length;
  }

  #run(mode: PlanMode, pass: GPUComputePassEncoder, tokens: number, position: number): void {
    this.#context.meters.dispatches += this.#programs[mode].record(pass, tokens, position);
  }

  /** Before the programs run: the caches hold so many positions, at once or after they grew. */
  reserve(positions: number): void {
    if (!this.stream.cache.grow(positions)) return;
    for (const program of Object.values(this.#programs)) program.rebind();
  }

  #write(ids: readonly number[]): void {
    this.#fresh = false;
    this.reserve(this.#position + ids.length);
    this.#context.device.queue.writeBuffer(this.stream.tokens.buffer, 0, new Uint32Array(ids));
    this.#writeState(ids.length);
  }

  #writeState(count: number): void {
    // What is read or sampled takes the place of what stood there.
    const left = Math.min(this.#read.length, this.#position);
    this.#read.length = left - (left % batchTokens);
    this.#context.device.queue.writeBuffer(
      this.stream.state.buffer,
      0,
      new Uint32Array([this.#position, count, 0, 0]),
    );
  }

  #recordRows(encoder: GPUCommandEncoder, rows: number): void {
    this.#rows.record(encoder, this.#logits, 0, rows * this.#logitsStride * 4);
  }

  /** Takes the padding out of the rows read back. */
  async #takeRows(rows: number): Promise<Float32Array> {
    const padded = new Float32Array(await this.#rows.take(rows * this.#logitsStride * 4));
    if (this.#logitsStride === this.#vocab) return padded;
    const packed = new Float32Array(rows * this.#vocab);
    for (let row = 0; row < rows; row++) {
      const start = row * this.#logitsStride;
      packed.set(padded.subarray(start, start + this.#vocab), row * this.#vocab);
    }
    return packed;
  }
}
