import type { GpuContext } from "../gpu/context.ts";
import { Readback } from "../gpu/readback.ts";
import type { DeviceFeatures } from "../kernels/spec.ts";
import { UserError } from "../lib/assert.ts";
import type { LoadedModel } from "../model/files.ts";
import {
  buildPlan,
  familyOf,
  type Plan,
  type PlanMode,
  rowsOf,
  type WeightRef,
  weightRefs,
} from "../model/plan.ts";
import { batchTokens } from "../model/rows.ts";
import { formatSetting, type Setting } from "../quant/setting.ts";
import type { QuantTensor, WeightFormat } from "../quant/types.ts";
import { DevicePacker } from "./device-packer.ts";
import { holdAll } from "./hold-all.ts";
import { createKvCache } from "./kv-cache.ts";
import { lowerPlan } from "./lower.ts";
import type { Program } from "./program.ts";
import type { KernelCopy, Progress, SelfCheck, SettingState, Side } from "./protocol.ts";
import { readSetting } from "./read-setting.ts";
import { Runner } from "./runner.ts";
import { chooseVariants } from "./search.ts";
import { checkPlans } from "./self-check.ts";
import { createShared, type Shared } from "./shared.ts";
import { allocatedSize } from "./size.ts";
import {
  createStream,
  maxTokensPerSubmit,
  type Stream,
  type StreamBuffers,
  type StreamName,
  streamsOf,
} from "./stream.ts";
import type { VariantChooser } from "./variants.ts";
import { quantizePlace, type StoredWeights, WeightStore } from "./weight-store.ts";

const modes: readonly PlanMode[] = ["decode", "prefill", "first", "score"];

interface SideState {
  /** With the file's formats in the place of `native`. */
  readonly setting: Setting;
  readonly held: ReadonlyMap<string, StoredWeights>;
  readonly runners: Readonly<Partial<Record<StreamName, Runner>>>;
  readonly programs: readonly Program[];
  readonly streams: readonly Stream[];
  readonly state: SettingState;
}

/** One model on one device: both sides, their streams, and the weights they share. Dies with the device. */
export class Session {
  readonly shared: Shared;
  readonly loaded: LoadedModel;
  readonly chooser: VariantChooser;
  readonly #store: WeightStore;
  readonly #streams: Readonly<Record<StreamName, StreamBuffers>>;
  readonly #readbacks: Readonly<Record<StreamName, { ids: Readback; rows: Readback }>>;
  readonly #sides = new Map<Side, SideState>();
  #copiedOps: readonly string[] = [];
  readonly #checked = new Map<string, SelfCheck>();
  readonly #firstPositions: number | undefined;

  constructor(
    context: GpuContext,
    features: DeviceFeatures,
    loaded: LoadedModel,
    chooser: VariantChooser,
    firstPositions?: number,
  ) {
    const { config, master } = loaded;
    this.loaded = loaded;
    this.chooser = chooser;
    this.#firstPositions = firstPositions;
    this.shared = createShared(context, features, config, master);
    this.#store = new WeightStore(context, loaded, new DevicePacker(this.shared));
    const stream = (name: StreamName) => createStream(context, config, name);
    this.#streams = {
      reference: stream("reference"),
      candidate: stream("candidate"),
      shadow: stream("shadow"),
    };
    const rowBytes = batchTokens * this.shared.activations.widths.logits * 4;
    const readback = (name: StreamName) => ({
      ids: new Readback(context, `${name} ids`, maxTokensPerSubmit * 4),
      rows: new Readback(context, `${name} rows`, rowBytes),
    });
    this.#readbacks = {
      reference: readback("reference"),
      candidate: readback("candidate"),
      shadow: readback("shadow"),
    };
  }

  /** Shaders that the user changed; from the next `apply` on each computes where the variant does that it was copied from. */
  setCopies(copies: readonly KernelCopy[]): void {
    for (const op of this.#copiedOps) this.chooser.override(op, null);
    this.#copiedOps = copies.map(({ op }) => op);
    this.shared.copies.replace(copies);
    for (const { op, variant } of copies) this.chooser.override(op, variant);
  }

  side(side: Side): SideState {
    const state = this.#sides.get(side);
    if (!state) throw new UserError(`The ${side} has no setting yet; apply one first.`);
    return state;
  }

  runner(name: StreamName): Runner {
    const runner = this.side(name === "shadow" ? "reference" : name).runners[name];
    if (!runner) throw new Error(`no runner for ${name}`);
    return runner;
  }

  /** One matrix under a setting, in the codes that its kernels read. */
  tensor(
    layer: WeightRef["layer"],
    name: WeightRef["matrices"][number],
    format: WeightFormat,
  ): QuantTensor {
    const { config } = this.loaded;
    const rows = rowsOf(config, name);
    const place = { layer, matrices: [name], format, firstRow: 0, rows };
    const [tensor] = quantizePlace(this.loaded, place);
    if (!tensor) throw new Error(`no codes of ${layer}.${name}`);
    return tensor;
  }

  /**
   * Makes `text` the side's setting. New weights are packed and programs made while the old ones stay in place; on any failure, or when
   * cancelled, the side keeps what it had.
   */
  async apply(
    side: Side,
    text: string,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<SettingState> {
    const { config } = this.loaded;
    const begun = performance.now();
    const { asked, setting } = readSetting(this.loaded, text);
    const plans = modes.map((mode) => buildPlan(config, setting, mode));
    const refs = weightRefs(plans);
    const held = new Map<string, StoredWeights>();
    const programs: Program[] = [];
    const old = this.#sides.get(side);
    const kept = old?.setting.kv === setting.kv ? old.streams : null;
    let streams = kept ?? [];
    const { context } = this.shared;
    context.device.pushErrorScope("out-of-memory");
    let scoped = true;
    try {
      const { packedTensors, ...packing } = await holdAll(
        this.#store,
        refs,
        held,
        onProgress,
        signal,
      );
      streams = kept ?? this.#streamsFor(side, setting);
      const memoryError = await context.device.popErrorScope();
      scoped = false;
      if (memoryError) {
        throw new UserError(
          `This GPU has no room for ${formatSetting(asked)}; the old setting stays. Fewer bits, or closing other pages, helps.`,
        );
      }
      const packMs = performance.now() - begun;

      const { checks, compileMs, checkMs } = await this.#prepare(
        formatSetting(asked),
        plans,
        held,
        streams,
        onProgress,
        signal,
      );
      const runners: Partial<Record<StreamName, Runner>> = {};
      for (const stream of streams) {
        const made = await this.#programs(plans, held, stream);
        programs.push(...Object.values(made));
        runners[stream.name] = this.#runner(stream, made);
      }
      signal.throwIfAborted();
      onProgress({ phase: "compile", fraction: null, note: "warm-up" });
      const warming = performance.now();
      await runners[side]?.warmUp();
      const warmMs = performance.now() - warming;

      const state: SettingState = {
        side,
        setting: formatSetting(asked),
        size: allocatedSize(config, held.values(), {
          kvCache: streams[0]?.cache.bytes ?? 0,
          activations: context.bytesByCategory().activations ?? 0,
        }),
        dispatchesPerToken: programs[0]?.dispatches.length ?? 0,
        variants: this.chooser.inUse(),
        copies: this.shared.copies.used(programs),
        family: familyOf(setting, setting.base),
        checks: [...packing.checks, ...checks],
        elapsedMs: {
          total: performance.now() - begun,
          pack: packMs,
          compile: compileMs + warmMs,
          check: checkMs,
        },
        packedTensors,
      };
      this.#sides.set(side, { setting, held, runners, programs, streams, state });
      if (old) this.#release(old.held, old.programs, kept ? [] : old.streams);
      onProgress({ phase: "ready", fraction: 1, note: state.setting });
      return state;
    } catch (error) {
      if (scoped) await context.device.popErrorScope().catch(() => null);
      this.#release(held, programs, kept ? [] : streams);
      throw error;
    }
  }

  /** The side's streams with caches of their own, in the bits of the setting. */
  #streamsFor(side: Side, { kv }: Setting): Stream[] {
    const { context, config } = this.shared;
    return streamsOf[side].map((name) => ({
      ...this.#streams[name],
      cache: createKvCache(context, config, name, kv, this.#firstPositions),
    }));
  }

  /** Picks variants and checks the kernels of a setting, falling back where one fails, until all that is chosen is sound. */
  async #prepare(
    note: string,
    plans: readonly Plan[],
    held: ReadonlyMap<string, StoredWeights>,
    [stream]: readonly Stream[],
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<{ checks: SelfCheck[]; compileMs: number; checkMs: number }> {
    if (!stream) throw new Error("a side without streams");
    const begun = performance.now();
    onProgress({ phase: "compile", fraction: null, note });
    await chooseVariants(this.shared, this.chooser, plans, held, stream, onProgress, signal);
    const compiled = performance.now();
    onProgress({ phase: "self-check", fraction: null, note });
    const checks = await checkPlans(this.shared, this.chooser, plans, this.#checked, signal);
    return { checks, compileMs: compiled - begun, checkMs: performance.now() - compiled };
  }

  async #programs(
    plans: readonly Plan[],
    held: ReadonlyMap<string, StoredWeights>,
    stream: Stream,
  ): Promise<Record<PlanMode, Program>> {
    const made = await Promise.all(
      plans.map((plan) => lowerPlan(this.shared, this.chooser, plan, held, stream)),
    );
    const [decode, prefill, first, score] = made;
    if (!decode || !prefill || !first || !score) throw new Error("a plan is missing");
    return { decode, prefill, first, score };
  }

  #runner(stream: Stream, programs: Record<PlanMode, Program>): Runner {
    const { context, activations, config } = this.shared;
    return new Runner({
      context,
      stream,
      programs,
      logits: activations.buffers.logits.buffer,
      logitsStride: activations.widths.logits,
      vocab: config.vocabSize,
      ...this.#readbacks[stream.name],
    });
  }

  #release(
    held: ReadonlyMap<string, StoredWeights>,
    programs: readonly Program[],
    streams: readonly Stream[],
  ): void {
    for (const { cache } of streams) cache.destroy();
    for (const stored of held.values()) this.#store.release(stored);
    for (const program of programs) program.destroy();
  }
}
