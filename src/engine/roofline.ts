import { type GpuBuffer, GpuContext } from "../gpu/context.ts";
import { PipelineCache } from "../gpu/pipelines.ts";
import { readBuffer } from "../gpu/readback.ts";
import { assemble } from "../kernels/assemble.ts";
import {
  type ComputeRoof,
  computeOperations,
  computeParams,
  computeRef,
  computeWords,
  copyBytes,
  copyParams,
  type RoofKind,
  roofShader,
} from "../kernels/roof.ts";
import type { DeviceFeatures } from "../kernels/spec.ts";
import { isNarrow } from "../kernels/variant.ts";
import { type Roof, type Roofs, roofOf } from "../lib/roof.ts";
import { bindGroup, type Dispatch } from "./program.ts";
import { measureDispatch, measureSubmit, type OverheadDevice } from "./roof-overhead.ts";
import { deviceFeatures } from "./shared.ts";
import { RunTimer, timeDispatches } from "./timing.ts";

const SAMPLES = 7;
/** What the longer submit of a sample lasts at least. */
const SAMPLE_MS = 40;

const MIB = 2 ** 20;
/** Each way. Far more than most caches hold; less where a CPU copies, whose memory is the program's as well. */
const COPY_BYTES = 64 * MIB;
const NARROW_COPY_BYTES = 32 * MIB;
const COPY_ROUNDS = 64;

const COMPUTE_ROUNDS = 512;
const FEWEST_GROUPS = 64;
const MOST_GROUPS = 16_384;
/** A dispatch this long has work for every core, and its start and end are lost in it. */
const DISPATCH_MS = 4;

/** Opens a device of its own: an adapter makes one only, so another is needed for what comes after. */
export async function measureAdapterRoofs(
  opened: {
    readonly adapter: GPUAdapter;
    readonly gpu: Pick<GPU, "wgslLanguageFeatures">;
  },
  signal?: AbortSignal,
): Promise<Roofs> {
  const context = await GpuContext.open(opened.adapter);
  try {
    const features = deviceFeatures(context, new Set(opened.gpu.wgslLanguageFeatures));
    return await measureRoofs(context, new PipelineCache(context), features, signal);
  } finally {
    context.close();
  }
}

/** What memory and arithmetic of this device do at best. Throws where a shader computes something else. */
export async function measureRoofs(
  context: GpuContext,
  pipelines: PipelineCache,
  features: DeviceFeatures,
  signal?: AbortSignal,
): Promise<Roofs> {
  const device = { context, pipelines, features, signal };
  return {
    copyGbPerSecond: await copyRoof(device),
    fmaGflops: await computeRoof(device, "fma"),
    dp4aGops: features.packedDot ? await computeRoof(device, "dp4a") : null,
    popcountGops: await computeRoof(device, "popcount"),
    dispatchMicroseconds: await measureDispatch(device),
    submitMicroseconds: await measureSubmit(device),
  };
}

interface Device extends OverheadDevice {
  readonly features: DeviceFeatures;
}

async function copyRoof(device: Device): Promise<Roof> {
  const { context, features } = device;
  const { maxStorageBufferBindingSize, maxBufferSize } = context.device.limits;
  const wanted = isNarrow(features) ? NARROW_COPY_BYTES : COPY_BYTES;
  const most = Math.min(wanted, maxStorageBufferBindingSize, maxBufferSize);
  const groups = Math.floor(most / copyBytes(COPY_ROUNDS, features));
  const bytes = groups * copyBytes(COPY_ROUNDS, features);
  // Memory that nobody has written may be one page of zeros seen everywhere, which a cache holds.
  const words = Uint32Array.from({ length: bytes / 4 }, (_, i) => Math.imul(i, 0x9e3779b9));
  const x = context.upload("x", "roofs", words);
  const y = output(context, bytes);
  const params = uniform(context, copyParams(COPY_ROUNDS));
  try {
    const dispatch = await prepare(device, "copy", { params, x, y }, [groups, 1, 1]);
    const roof = await sample(device, dispatch, 2 * bytes);
    const ends = [0, words.length - CHECKED];
    for (const at of ends) {
      const got = new Uint32Array(await readBuffer(context, y.buffer, CHECKED * 4, at * 4));
      expectWords(dispatch, got, (i) => words[at + i] ?? 0);
    }
    return roof;
  } finally {
    for (const buffer of [x, y, params]) buffer.destroy();
  }
}

async function computeRoof(device: Device, kind: ComputeRoof): Promise<Roof> {
  const { context } = device;
  const params = uniform(context, computeParams(kind, COMPUTE_ROUNDS));
  const y = output(context, computeWords(MOST_GROUPS) * 4);
  try {
    let groups = FEWEST_GROUPS;
    let dispatch = await prepare(device, kind, { params, y }, [groups, 1, 1]);
    while (
      groups < MOST_GROUPS &&
      (await timeDispatches(context, [dispatch], 1, 0)) < DISPATCH_MS
    ) {
      groups *= 2;
      dispatch = { ...dispatch, grid: gridOf([groups, 1, 1]) };
    }
    const roof = await sample(device, dispatch, computeOperations(kind, groups, COMPUTE_ROUNDS));
    const got = new Uint32Array(await readBuffer(context, y.buffer, CHECKED * 4));
    expectWords(dispatch, got, (lane) => computeRef(kind, lane, COMPUTE_ROUNDS));
    return roof;
  } finally {
    for (const buffer of [params, y]) buffer.destroy();
  }
}

/** Words at each end of a result that are held against the CPU; one workgroup's. */
const CHECKED = 64;

/** A number is shown only of a shader that computes what it should. */
function expectWords({ label }: Dispatch, got: Uint32Array, want: (index: number) => number): void {
  const wrong = got.findIndex((word, i) => word !== want(i));
  if (wrong < 0) return;
  throw new Error(`${label} computes something else here: word ${wrong} of its result is wrong.`);
}

async function prepare(
  { context, pipelines, features }: Device,
  kind: RoofKind,
  buffers: Readonly<Record<string, GpuBuffer>>,
  grid: readonly [number, number, number],
): Promise<Dispatch> {
  const pipeline = await pipelines.get(assemble(roofShader(kind, features)));
  const resources = Object.entries(buffers).map(([name, { buffer }]) => [name, { buffer }]);
  const group = bindGroup(context, pipeline, Object.fromEntries(resources));
  return { ...pipeline, shape: "", group, grid: gridOf(grid) };
}

function gridOf(grid: readonly [number, number, number]): Dispatch["grid"] {
  return () => grid;
}

/** In 1e9 a second. */
async function sample(
  { context, signal }: Device,
  dispatch: Dispatch,
  work: number,
): Promise<Roof> {
  const timer = new RunTimer(context, [dispatch], SAMPLE_MS);
  await timer.warmUp();
  for (let i = 0; i < SAMPLES; i++) {
    signal?.throwIfAborted();
    await timer.sample();
  }
  const rate = (ms: number): number => work / ms / 1e6;
  return roofOf(rate(timer.bestMs), timer.samples.map(rate));
}

function uniform(context: GpuContext, words: Uint32Array): GpuBuffer {
  return context.upload("params", "roofs", words, GPUBufferUsage.UNIFORM);
}

function output(context: GpuContext, size: number): GpuBuffer {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  return context.createBuffer({ label: "y", category: "roofs", size, usage });
}
