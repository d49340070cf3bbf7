import { GpuContext, type GpuFault } from "../gpu/context.ts";
import { UserError } from "../lib/assert.ts";
import type { Roofs } from "../lib/roof.ts";
import { adapterInfo } from "./adapter-info.ts";
import { chatOf, modelInfo, type ReadModel, readModel } from "./model-loader.ts";
import type { Models, ModelsHost } from "./models.ts";
import type {
  AdapterInfo,
  ChatMessage,
  Engine,
  EngineOptions,
  EngineProblem,
  KernelCopy,
  ModelInfo,
  Progress,
  SettingState,
  Side,
} from "./protocol.ts";
import { readSetting } from "./read-setting.ts";
import type { Session } from "./session.ts";
import type { VariantMemory } from "./variants.ts";

/** The little that differs between a browser's worker and Node. */
export interface EngineHost extends ModelsHost {
  readonly runtime: "browser" | "node";
  /** Throws an Error with a sentence for the user when there is no adapter to be had. */
  openAdapter(): Promise<{
    adapter: GPUAdapter;
    wgslFeatures: ReadonlySet<string>;
    name?: string;
    software?: boolean;
  }>;
  readonly memory: VariantMemory;
}

export function createEngine(host: EngineHost): Engine {
  return new LocalEngine(host);
}

type Computing = typeof import("./computing.ts");

class LocalEngine implements Engine {
  readonly #host: EngineHost;
  #options: EngineOptions = {};
  #onProblem: (problem: EngineProblem) => void = () => undefined;
  #context: GpuContext | null = null;
  #info: AdapterInfo | null = null;
  #wgslFeatures: ReadonlySet<string> = new Set();
  #computing: Computing | null = null;
  #model: ReadModel | null = null;
  #session: Session | null = null;
  /** Fetched when a model is looked at. */
  #models: Promise<Models> | null = null;
  readonly #settings = new Map<Side, string>();
  #copies: readonly KernelCopy[] = [];
  readonly #roofs = new WeakMap<GpuContext, Roofs>();
  #lost = false;
  #losses = 0;
  #disposed = false;
  #recovery: Promise<void> | null = null;
  /** Calls run one after another; `cancel` stops the one that runs and those that wait. */
  #queue: Promise<unknown> = Promise.resolve();
  #abort = new AbortController();

  constructor(host: EngineHost) {
    this.#host = host;
  }

  async start(
    options: EngineOptions,
    onProblem: (problem: EngineProblem) => void,
  ): Promise<AdapterInfo> {
    this.#options = options;
    this.#onProblem = onProblem;
    await this.#open();
    return this.#adapter();
  }

  async load(
    source: Parameters<Engine["load"]>[0],
    onProgress: (progress: Progress) => void,
  ): Promise<ModelInfo> {
    if (source.kind === "kept")
      throw new UserError("A kept model is looked at before it is loaded.");
    return await this.#run("loading the model", async (signal) => {
      const model = await readModel(source, this.#meanwhile(onProgress), signal);
      return await this.#take(model, signal);
    });
  }

  async preview(
    source: Parameters<Engine["preview"]>[0],
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["preview"]> {
    const models = await this.#openModels();
    return await this.#run("looking at the model", (signal) =>
      models.preview(source, onProgress, signal),
    );
  }

  async needs(...[ticket, choice]: Parameters<Engine["needs"]>): ReturnType<Engine["needs"]> {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device().device.limits;
    const bufferBytes = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    return (await this.#openModels()).needs(ticket, choice, bufferBytes);
  }

  async loadPreviewed(
    ticket: number,
    how: Parameters<Engine["loadPreviewed"]>[1],
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["loadPreviewed"]> {
    const models = await this.#openModels();
    return await this.#run("loading the model", async (signal) => {
      const watched = this.#meanwhile(onProgress);
      const { read, ...kept } = await models.read(ticket, how, watched, signal);
      return { model: await this.#take(read, signal), ...kept };
    });
  }

  async kept(): ReturnType<Engine["kept"]> {
    return await (await this.#openModels()).kept();
  }

  async forget(id: string | null): Promise<void> {
    await (await this.#openModels()).forget(id);
  }

  #openModels(): Promise<Models> {
    this.#models ??= import("./models.ts").then(({ Models }) => new Models(this.#host));
    return this.#models;
  }

  /** What computes is fetched while the weights come. */
  #meanwhile(onProgress: (progress: Progress) => void): (progress: Progress) => void {
    return (progress) => {
      // Should it fail, the wait for it in #take says so.
      if (progress.fraction) this.#compute().catch(() => undefined);
      onProgress(progress);
    };
  }

  /** From here on the model runs; the one before is let go. */
  async #take(model: ReadModel, signal: AbortSignal): Promise<ModelInfo> {
    await this.#compute();
    signal.throwIfAborted();
    this.#model = model;
    this.#settings.clear();
    await this.#reopen();
    return modelInfo(model);
  }

  async apply(
    side: Side,
    setting: string,
    onProgress: (progress: Progress) => void,
  ): Promise<SettingState> {
    return await this.#run("applying the setting", async (signal) => {
      const state = await this.#ready().apply(side, setting, onProgress, signal);
      this.#settings.set(side, state.setting);
      return state;
    });
  }

  async estimate(setting: string): ReturnType<Engine["estimate"]> {
    const { model } = this.#loaded();
    const { estimateSize } = await this.#compute();
    return estimateSize(model.config, readSetting(model, setting).setting);
  }

  async budget(
    setting: string,
    bits: number,
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["budget"]> {
    return await this.#run("filling the budget", async (signal) => {
      const { model } = this.#loaded();
      const { fillBudget } = await import("./budget.ts");
      return await fillBudget(model, setting, bits, onProgress, signal);
    });
  }

  async renderChat(messages: readonly ChatMessage[]): Promise<string> {
    return chatOf(this.#loaded()).render(messages, true);
  }

  async tokenize(text: string): Promise<readonly number[]> {
    return this.#loaded().model.tokenizer.encode(text);
  }

  async generate(
    request: Parameters<Engine["generate"]>[0],
    onEvent: Parameters<Engine["generate"]>[1],
  ): ReturnType<Engine["generate"]> {
    return await this.#run("writing", async (signal) => {
      const { generateIn } = await this.#compute();
      return await generateIn(this.#ready(), request, onEvent, signal);
    });
  }

  async evaluate(
    request: Parameters<Engine["evaluate"]>[0],
    onChunk: Parameters<Engine["evaluate"]>[1],
  ): ReturnType<Engine["evaluate"]> {
    return await this.#run("measuring quality", async (signal) => {
      const parts = { ...this.#bothSides(), cancelled: () => signal.aborted };
      const { evaluate } = await this.#compute();
      return await evaluate(parts, request, onChunk);
    });
  }

  async scoreChoices(
    request: Parameters<Engine["scoreChoices"]>[0],
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["scoreChoices"]> {
    return await this.#run("scoring choices", async (signal) => {
      const session = this.#ready();
      const { config, tokenizer } = session.loaded;
      const parts = {
        runner: (side: Side) => session.runner(side),
        tokenizer,
        vocab: config.vocabSize,
        contextLength: config.contextLength,
        cancelled: () => signal.aborted,
      };
      const { scoreChoices } = await import("./choices.ts");
      return await scoreChoices(parts, request, onProgress);
    });
  }

  async trace(
    request: Parameters<Engine["trace"]>[0],
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["trace"]> {
    return await this.#run("reading the text", async (signal) => {
      const { traceText } = await import("./trace.ts");
      return await traceText(this.#bothSides(), request, onProgress, signal);
    });
  }

  async distribution(
    request: Parameters<Engine["distribution"]>[0],
  ): ReturnType<Engine["distribution"]> {
    return await this.#run("reading the text", async (signal) => {
      const { nextToken } = await import("./trace.ts");
      return await nextToken(this.#bothSides(), request, signal);
    });
  }

  async layerErrors(
    request: Parameters<Engine["layerErrors"]>[0],
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["layerErrors"]> {
    return await this.#run("measuring errors", async (signal) => {
      const session = this.#ready();
      const { setting, state } = session.side("candidate");
      const { layerErrors } = await import("./layer-errors.ts");
      const errors = await layerErrors(session.loaded, setting, request, onProgress, signal);
      return { setting: state.setting, ...errors };
    });
  }

  #bothSides() {
    const session = this.#ready();
    const { config, tokenizer } = session.loaded;
    return {
      reference: session.runner("reference"),
      candidate: session.runner("candidate"),
      tokenizer,
      vocab: config.vocabSize,
      contextLength: config.contextLength,
    };
  }

  async speed(
    request: Parameters<Engine["speed"]>[0],
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["speed"]> {
    return await this.#run("measuring speed", async (signal) => {
      const { measureSpeed } = await this.#compute();
      return await measureSpeed(this.#ready(), request, onProgress, signal);
    });
  }

  async curves(
    request: Parameters<Engine["curves"]>[0],
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["curves"]> {
    return await this.#run("measuring speed", async (signal) => {
      const { measureCurves } = await import("./curves.ts");
      return await measureCurves(this.#ready(), request, onProgress, signal);
    });
  }

  async profile(side: Side, rounds?: number): ReturnType<Engine["profile"]> {
    return await this.#run("measuring kernels", async (signal) => {
      const { profileToken } = await import("./profile.ts");
      return await profileToken(this.#ready(), side, signal, rounds);
    });
  }

  async roofs(): ReturnType<Engine["roofs"]> {
    return await this.#run("measuring what the device does at best", async (signal) => {
      const { context, pipelines, features } = await this.#bare();
      const known = this.#roofs.get(context);
      if (known) return known;
      const { measureRoofs } = await import("./roofline.ts");
      const roofs = await measureRoofs(context, pipelines, features, signal);
      this.#roofs.set(context, roofs);
      return roofs;
    });
  }

  async logits(side: Side, tokens: readonly number[], stepwise: boolean): Promise<Float32Array> {
    return await this.#run("computing logits", async () => {
      const session = this.#ready();
      const runner = session.runner(side);
      const { vocabSize } = session.loaded.config;
      const logits = new Float32Array(tokens.length * vocabSize);
      runner.reset();
      const step = stepwise ? 1 : 16;
      for (let at = 0; at < tokens.length; at += step) {
        logits.set(await runner.score(tokens.slice(at, at + step), stepwise), at * vocabSize);
      }
      return logits;
    });
  }

  async exportOnnx(...kind: Parameters<Engine["exportOnnx"]>): Promise<Uint8Array> {
    return await this.#run("writing the ONNX graph", async () => {
      // Few ask for it: its code comes when they do.
      const { exportOnnx } = await import("./export-onnx.ts");
      return exportOnnx(this.#ready(), ...kind);
    });
  }

  async setVariant(op: string, variant: string | null): Promise<void> {
    await this.#run("choosing a kernel", async () => this.#ready().chooser.override(op, variant));
  }

  async variants(): Promise<Readonly<Record<string, readonly string[]>>> {
    return this.#ready().chooser.offered();
  }

  async benchKernel(
    request: Parameters<Engine["benchKernel"]>[0],
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["benchKernel"]> {
    return await this.#run("measuring a kernel", async (signal) => {
      const { benchKernel } = await import("./kernel-calls.ts");
      return await benchKernel(await this.#bare(), request, onProgress, signal);
    });
  }

  async kernelSources(
    query: Parameters<Engine["kernelSources"]>[0],
  ): ReturnType<Engine["kernelSources"]> {
    // Nothing of the device is busy with this: it need not wait for what is.
    const { kernelSources } = await import("./kernel-calls.ts");
    return await kernelSources(await this.#bare(), query);
  }

  async judgeKernel(
    request: Parameters<Engine["judgeKernel"]>[0],
    onProgress: (progress: Progress) => void,
  ): ReturnType<Engine["judgeKernel"]> {
    return await this.#run("checking a changed kernel", async (signal) => {
      const { judgeKernel } = await import("./kernel-judge.ts");
      return await judgeKernel(await this.#bare(), request, onProgress, signal);
    });
  }

  async setCopies(copies: Parameters<Engine["setCopies"]>[0]): Promise<void> {
    await this.#run("changing kernels", async () => {
      this.#copies = copies;
      this.#session?.setCopies(copies);
    });
  }

  async counters(): ReturnType<Engine["counters"]> {
    return { ...this.#device().meters };
  }

  async loseDevice(): Promise<void> {
    this.#device().device.destroy();
  }

  async cancel(): Promise<void> {
    this.#abort.abort(new UserError("Stopped."));
    this.#abort = new AbortController();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.cancel();
    await this.#queue.catch(() => undefined);
    this.#context?.close();
    this.#context = null;
    this.#session = null;
  }

  /** Runs `task` after those before it. What goes wrong leaves as one sentence; a loss waits for the engine to be back. */
  #run<T>(doing: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    const result = this.#queue.then(async () => {
      await this.#recovery;
      const losses = this.#losses;
      try {
        return await task(signal);
      } catch (error) {
        if (error instanceof UserError || signal.aborted) throw error;
        // The device reports its loss a moment after the call that ran into it.
        for (let tries = 0; tries < 25 && this.#losses === losses; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        if (this.#losses > losses) {
          await this.#recovery;
          throw new UserError(
            `The GPU device was lost while ${doing}; it is back with the same model and setting: try again.`,
          );
        }
        throw error;
      }
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #open(): Promise<void> {
    const opened = await this.#host.openAdapter();
    const { adapter, wgslFeatures } = opened;
    const context = await GpuContext.open(adapter, {
      ...(this.#options.withoutFeatures && { withoutFeatures: this.#options.withoutFeatures }),
      ...(this.#options.defaultLimits && { defaultLimits: true }),
      onFault: (fault) => {
        if (this.#context === context) this.#fault(fault);
      },
    });
    const without = new Set(this.#options.withoutFeatures ?? []);
    this.#wgslFeatures = new Set([...wgslFeatures].filter((name) => !without.has(name)));
    this.#context = context;
    this.#lost = false;
    this.#info = adapterInfo(context, this.#host.runtime, this.#wgslFeatures, opened);
  }

  /** A session on a fresh device when there was one before, so that nothing of the old model stays. */
  async #reopen(): Promise<void> {
    if (this.#session) {
      this.#session = null;
      const old = this.#context;
      this.#context = null;
      old?.close();
      await this.#open();
    }
    this.#session = await this.#newSession();
  }

  async #compute(): Promise<Computing> {
    this.#computing ??= await import("./computing.ts");
    return this.#computing;
  }

  async #newSession(): Promise<Session> {
    const { deviceFeatures, Session, VariantChooser } = await this.#compute();
    const context = this.#device();
    const info = this.#adapter();
    const chooser = new VariantChooser(
      this.#host.memory,
      `${info.vendor}/${info.architecture}/${info.name}`,
    );
    const features = deviceFeatures(context, this.#wgslFeatures);
    const { model } = this.#loaded();
    const session = new Session(context, features, model, chooser, this.#options.firstPositions);
    session.setCopies(this.#copies);
    return session;
  }

  /** The device, for what needs no model. */
  async #bare() {
    const { deviceFeatures, PipelineCache } = await this.#compute();
    const context = this.#device();
    return {
      context,
      pipelines: new PipelineCache(context),
      features: deviceFeatures(context, this.#wgslFeatures),
    };
  }

  #fault(fault: GpuFault): void {
    if (this.#disposed) return;
    if (fault.kind !== "lost") {
      const sentence =
        fault.kind === "out-of-memory"
          ? "The GPU ran out of memory; choose fewer bits or close other pages that use it."
          : `The GPU refused a command, so results may be wrong; ${this.#startOver()}. (${fault.message.split("\n")[0]})`;
      this.#onProblem({ kind: fault.kind, sentence, recovering: false });
      return;
    }
    if (this.#lost) return;
    this.#lost = true;
    this.#losses++;
    this.#onProblem({
      kind: "lost",
      sentence: "The GPU device was lost; bringing it back with the same model and setting.",
      recovering: true,
    });
    this.#recovery = this.#recover().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const sentence = `The GPU device was lost and did not come back: ${reason} To try again, ${this.#startOver()}.`;
      this.#onProblem({ kind: "lost", sentence, recovering: false });
    });
  }

  #startOver(): string {
    return this.#host.runtime === "node" ? "start the command again" : "reload the page";
  }

  async #recover(): Promise<void> {
    this.#session = null;
    this.#context?.close();
    await this.#open();
    if (this.#model) {
      const session = await this.#newSession();
      const signal = new AbortController().signal;
      for (const [side, setting] of this.#settings)
        await session.apply(side, setting, () => undefined, signal);
      this.#session = session;
    }
    this.#onProblem({ kind: "lost", sentence: "The GPU device is back.", recovering: false });
  }

  #device(): GpuContext {
    if (!this.#context) throw new UserError("There is no GPU device; start the engine first.");
    return this.#context;
  }

  #adapter(): AdapterInfo {
    if (!this.#info) throw new UserError("There is no GPU adapter; start the engine first.");
    return this.#info;
  }

  #loaded(): ReadModel {
    if (!this.#model) throw new UserError("No model is loaded yet; load one first.");
    return this.#model;
  }

  #ready(): Session {
    if (!this.#session) throw new UserError("No model is loaded yet; load one first.");
    return this.#session;
  }
}
