import { sha256Hex } from "../lib/sha256.ts";
import { tokensPerSubmit } from "./measure.ts";
import type { Dispatch, Program } from "./program.ts";
import type { KernelTime, ModuleName, Side, TokenProfile } from "./protocol.ts";
import type { Runner } from "./runner.ts";
import { greedy, writeSampling } from "./sampling.ts";
import type { Session } from "./session.ts";
import { modulesOf, stepWork, type TokenPlace } from "./step-work.ts";
import { RunTimer } from "./timing.ts";

/** Kernels and whole tokens take turns, so that a machine that is busy for a while is so for all of them. */
const USUAL_ROUNDS = 7;
/** A text's place in a model whose context is far longer than most texts: its cache need not be made to find out. */
const MOST_POSITION = 512;
/** Submits of whole tokens in a round. */
const SUBMITS = 2;
/** What the longer submit of a kernel's sample lasts at least. */
const SAMPLE_MS = 5;

/** Dispatches of one kernel and shape in one module: they are timed together, each with its own weights. */
interface Kind {
  readonly module: ModuleName;
  readonly dispatches: Dispatch[];
  readonly work: { bytes: number; operations: number; roofOperations: number };
  readonly arithmetic: KernelTime["arithmetic"];
}

/** Where the time of one greedily decoded token in the middle of the context, or at 512, goes, and how long it takes from outside. */
export async function profileToken(
  session: Session,
  side: Side,
  signal: AbortSignal,
  rounds = USUAL_ROUNDS,
): Promise<TokenProfile> {
  const { context } = session.shared;
  const runner = session.runner(side);
  const position = Math.min(session.loaded.config.contextLength >> 1, MOST_POSITION);
  runner.reserve(position + tokensPerSubmit);
  const kinds = kindsOf(session, runner.program("decode"), placeOf(runner, position));
  writeSampling(session.shared, runner.stream, greedy, []);
  const stand = (): void => {
    const state = new Uint32Array([position, 1, 0, 0]);
    context.device.queue.writeBuffer(runner.stream.state.buffer, 0, state);
  };
  const timers = kinds.map(
    ({ dispatches }) => new RunTimer(context, dispatches, SAMPLE_MS, position),
  );
  await timeTokens(runner, position);
  for (const timer of timers) {
    signal.throwIfAborted();
    stand();
    await timer.warmUp();
  }
  const tokenMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    tokenMs.push(...(await timeTokens(runner, position)));
    for (const timer of timers) {
      signal.throwIfAborted();
      stand();
      await timer.sample();
    }
  }
  runner.reset();
  const kernels = await Promise.all(
    kinds.map(async (kind, at) => {
      const timer = timers[at];
      if (!timer) throw new Error("a kernel was not timed");
      return await kernelTime(kind, timer);
    }),
  );
  return {
    kernels: kernels.sort((a, b) => b.ms - a.ms),
    position,
    tokenMs,
    tokensPerSubmit,
  };
}

function placeOf({ stream }: Runner, position: number): TokenPlace {
  const { bytes, layers, capacity } = stream.cache;
  return { position, cacheBytes: bytes / layers.length / capacity };
}

function kindsOf({ loaded }: Session, program: Program, place: TokenPlace): Kind[] {
  const { steps } = program.plan;
  const modules = modulesOf(steps);
  const kinds = new Map<string, Kind>();
  for (const [index, step] of steps.entries()) {
    const [dispatch, module] = [program.dispatches[index], modules[index]];
    if (!dispatch || !module) throw new Error("a step of the plan has no dispatch");
    const { arithmetic, ...work } = stepWork(loaded.config, step, place);
    const key = `${module} ${dispatch.label} ${dispatch.shape}`;
    const kind = kinds.get(key);
    if (!kind) {
      kinds.set(key, { module, dispatches: [dispatch], work, arithmetic });
      continue;
    }
    kind.dispatches.push(dispatch);
    kind.work.bytes += work.bytes;
    kind.work.operations += work.operations;
    kind.work.roofOperations += work.roofOperations;
  }
  return [...kinds.values()];
}

/** Around `position`, from the call to the ids on the CPU. */
async function timeTokens(runner: Runner, position: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < SUBMITS; i++) {
    runner.seek(position - tokensPerSubmit / 2);
    const begun = performance.now();
    await runner.generate([], tokensPerSubmit, false);
    times.push((performance.now() - begun) / tokensPerSubmit);
  }
  return times;
}

async function kernelTime(kind: Kind, { bestMs, measuredBy }: RunTimer): Promise<KernelTime> {
  const { module, dispatches, work, arithmetic } = kind;
  const [first] = dispatches;
  if (!first) throw new Error("a kernel without dispatches");
  return {
    label: first.label,
    shape: first.shape,
    module,
    calls: dispatches.length,
    ms: bestMs,
    measuredBy,
    ...work,
    arithmetic,
    wgslSha256: await sha256Hex(first.code),
  };
}
