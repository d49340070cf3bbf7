import type { InferenceSession, Tensor } from "onnxruntime-web";
import { UserError } from "../lib/assert.ts";
import { graphNames, kvParts } from "./names.ts";
import type { PeerModel } from "./protocol.ts";
import type { Runtime } from "./runtime.ts";

/** Far below any score, and still a number: the product with 0 would otherwise be none. */
const UNSEEN = -1e9;

/** A model in an ONNX Runtime session, with a cache that grows from run to run and stays on the GPU. */
export class PeerRuns {
  readonly model: PeerModel;
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  #cache: Readonly<Record<string, Tensor>> = {};
  #length = 0;

  private constructor(runtime: Runtime, session: InferenceSession, model: PeerModel) {
    this.#runtime = runtime;
    this.#session = session;
    this.model = model;
    this.reset();
  }

  static async open(runtime: Runtime, model: PeerModel): Promise<PeerRuns> {
    const location = model.provider === "webgpu" ? "gpu-buffer" : "cpu";
    const session = await runtime.InferenceSession.create(model.graph, {
      executionProviders: [model.provider],
      preferredOutputLocation: Object.fromEntries(
        cacheNames(model).map(({ present }) => [present, location] as const),
      ),
      logSeverityLevel: 3,
    });
    return new PeerRuns(runtime, session, model);
  }

  /** A new text. */
  reset(): void {
    const { kvHeads, headDim } = this.model.shape;
    this.#drop();
    this.#cache = Object.fromEntries(
      cacheNames(this.model).map(({ past }) => [
        past,
        new this.#runtime.Tensor("float32", new Float32Array(), [1, kvHeads, 0, headDim]),
      ]),
    );
    this.#length = 0;
  }

  /** Logits of each of `ids`, [ids][vocab]. */
  async logits(ids: readonly number[]): Promise<Float32Array> {
    const { data } = await this.#run(ids, graphNames.logits);
    if (!(data instanceof Float32Array)) throw new UserError("ONNX Runtime gave no f32 logits.");
    return data;
  }

  /** The likeliest id after `ids`. */
  async next(ids: readonly number[]): Promise<number> {
    const { data } = await this.#run(ids, graphNames.next);
    return Number(data[0]);
  }

  async close(): Promise<void> {
    this.#drop();
    await this.#session.release();
  }

  async #run(ids: readonly number[], wanted: string): Promise<Tensor> {
    const { Tensor } = this.#runtime;
    const values = BigInt64Array.from(ids, BigInt);
    const results = await this.#session.run({
      [graphNames.ids]: new Tensor("int64", values, [1, ids.length]),
      ...this.#place(ids.length),
      ...this.#cache,
    });
    const result = results[wanted];
    if (!result) throw new UserError(`ONNX Runtime gave no ${wanted}.`);
    this.#drop();
    const kept: Record<string, Tensor> = {};
    for (const { past, present } of cacheNames(this.model)) {
      const tensor = results[present];
      if (tensor) kept[past] = tensor;
    }
    this.#cache = kept;
    this.#length += ids.length;
    return result;
  }

  /** Where `count` tokens stand, as the graph's attention wants to know it. */
  #place(count: number): Record<string, Tensor> {
    const { Tensor } = this.#runtime;
    const total = this.#length + count;
    if (this.model.attention === "fused") {
      return {
        [graphNames.lengths]: new Tensor("int32", Int32Array.of(total - 1), [1]),
        [graphNames.total]: new Tensor("int32", Int32Array.of(total), []),
      };
    }
    const { heads, kvHeads } = this.model.shape;
    const shared = heads / kvHeads;
    const mask = new Float32Array(count * shared * total);
    for (let row = 0; row < count * shared; row++) {
      const seen = this.#length + Math.floor(row / shared) + 1;
      mask.fill(UNSEEN, row * total + seen, (row + 1) * total);
    }
    return {
      [graphNames.position]: new Tensor("int64", BigInt64Array.of(BigInt(this.#length)), [1]),
      [graphNames.mask]: new Tensor("float32", mask, [count * shared, total]),
    };
  }

  #drop(): void {
    for (const tensor of Object.values(this.#cache)) tensor.dispose();
    this.#cache = {};
  }
}

function cacheNames({ shape }: PeerModel): { past: string; present: string }[] {
  return Array.from({ length: shape.layers }, (_, layer) =>
    kvParts.map((part) => ({
      past: graphNames.past(layer, part),
      present: graphNames.present(layer, part),
    })),
  ).flat();
}
