import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { PipelineCache, ShaderSource } from "../gpu/pipelines.ts";
import { readBuffer } from "../gpu/readback.ts";
import { assemble } from "../kernels/assemble.ts";
import { linearGrid, linearParams, linearShader } from "../kernels/linear.ts";
import { type Family, type LinearVariant, linearVariants } from "../kernels/linear-variants.ts";
import type { DeviceFeatures } from "../kernels/spec.ts";
import { createRng } from "../lib/rng.ts";
import { packTensor } from "../quant/pack.ts";
import { quantizeTensor } from "../quant/quantize.ts";
import { layoutOf } from "../quant/registry.ts";
import type { ActivationBits } from "../quant/setting.ts";
import type { PackedTensor, QuantTensor, WeightFormat } from "../quant/types.ts";
import { uniformWindow } from "./activations.ts";
import { copySource } from "./copies.ts";
import { kernelFault } from "./kernel-bench-check.ts";
import { type Inputs, inputsOf } from "./kernel-bench-inputs.ts";
import { bindGroup, type Dispatch, type Resources, recordDispatch } from "./program.ts";
import type { KernelCopy, KernelShape } from "./protocol.ts";

export interface KernelCaseOptions {
  readonly format: WeightFormat;
  readonly family: Family;
  /** Of the integer families. */
  readonly activations: ActivationBits;
  /** One token to a dispatch, or tiles of them. */
  readonly tokens: 1 | 16;
  readonly shape: KernelShape;
}

/** A variant ready to run: more than one dispatch where its activations do not fit one binding. */
export interface PreparedKernel {
  readonly label: string;
  readonly variant: LinearVariant;
  readonly dispatches: readonly Dispatch[];
}

const OFFSET_ALIGNMENT = 256;
/** A 2:4 block spans 64 inputs, so the engine pads its rows of activations to that. */
const ROW_FLOATS = 64;

/** One op, format and shape: random weights and activations on the device, and every variant that fits. */
export class KernelCase {
  readonly options: KernelCaseOptions;
  /** What the peer is given as well. */
  readonly tensor: QuantTensor;
  readonly inputs: Inputs;
  readonly y: GpuBuffer;
  readonly yStride: number;
  readonly #packed: PackedTensor;
  readonly #context: GpuContext;
  readonly #pipelines: PipelineCache;
  readonly #features: DeviceFeatures;
  readonly #buffers: Readonly<Record<string, GpuBuffer>>;
  readonly #made: GpuBuffer[] = [];

  constructor(
    context: GpuContext,
    pipelines: PipelineCache,
    features: DeviceFeatures,
    options: KernelCaseOptions,
  ) {
    const { format, family, shape } = options;
    const { m, n, k } = shape;
    this.#context = context;
    this.#pipelines = pipelines;
    this.#features = features;
    this.options = options;
    this.tensor = quantizeTensor(randomWeights(n, k), n, k, format);
    this.#packed = packTensor(this.tensor, layoutOf(family));
    this.inputs = inputsOf(options, padded(k));
    this.yStride = padded(n);
    const { weights, scales, positions } = this.#packed;
    const parts = { weights, scales, positions, ...this.inputs.buffers };
    const { STORAGE, UNIFORM, COPY_DST, COPY_SRC } = GPUBufferUsage;
    const buffers: Record<string, GpuBuffer> = {};
    for (const [label, data] of Object.entries(parts)) {
      if (!data) continue;
      // A uniform binding of any token's activations reaches this far beyond them.
      const size = data.byteLength + (label in this.inputs.buffers ? uniformWindow : 0);
      const usage = STORAGE | UNIFORM | COPY_DST;
      const buffer = context.createBuffer({ label, category: "bench", size, usage });
      context.device.queue.writeBuffer(buffer.buffer, 0, data as Uint32Array<ArrayBuffer>);
      buffers[label] = this.#own(buffer);
    }
    this.#buffers = buffers;
    const size = m * this.yStride * 4;
    const usage = STORAGE | COPY_DST | COPY_SRC;
    this.y = this.#own(context.createBuffer({ label: "y", category: "bench", size, usage }));
  }

  /** Variants whose activations can be bound on this device. */
  variants(): readonly LinearVariant[] {
    const { format, family, tokens } = this.options;
    return linearVariants(format, family, tokens, this.#features).filter(
      (variant) => this.#batch(variant) > 0,
    );
  }

  /** The assembled shader of a variant, or a changed copy of it. */
  source(variant: LinearVariant, copy?: Pick<KernelCopy, "code" | "sha256">): ShaderSource {
    const { format, family, activations } = this.options;
    const key = linearShader(format, family, "set", variant, this.#features, activations);
    return copy ? copySource(key, copy) : assemble(key);
  }

  async prepare(variant: LinearVariant, source = this.source(variant)): Promise<PreparedKernel> {
    const pipeline = await this.#pipelines.get(source);
    const { device } = this.#context;
    device.pushErrorScope("validation");
    const dispatches = this.#batches(variant).map(({ first, count }): Dispatch => {
      const group = bindGroup(this.#context, pipeline, this.#resources(variant, first, count));
      const grid = linearGrid(variant, this.options.shape.n, count);
      return { ...pipeline, shape: "", group, grid: () => grid };
    });
    const error = await device.popErrorScope();
    if (error) throw new Error(`${source.label}: ${error.message.split("\n")[0]}`);
    return { label: source.label, variant, dispatches };
  }

  /** What is wrong with the numbers that a kernel computes here, or undefined. */
  async check(kernel: PreparedKernel): Promise<string | undefined> {
    const { device } = this.#context;
    const { m } = this.options.shape;
    // NaN where the kernel writes nothing.
    device.queue.writeBuffer(this.y.buffer, 0, new Uint32Array(m * this.yStride).fill(0x7fc00000));
    const encoder = device.createCommandEncoder({ label: kernel.label });
    recordKernel(encoder, kernel, 1);
    this.#context.submit(encoder.finish());
    const y = new Float32Array(
      await readBuffer(this.#context, this.y.buffer, m * this.yStride * 4),
    );
    return kernelFault(this.options, this.tensor, this.inputs, y, this.yStride);
  }

  /** Bytes that one run must move: weights with scales and positions, activations in, results out. */
  get bytes(): number {
    const { m, n } = this.options.shape;
    const { weights, scales, positions } = this.#packed;
    const packed = [weights, scales, positions].map((part) => part?.byteLength ?? 0);
    return packed.reduce((sum, bytes) => sum + bytes, this.inputs.bytes + m * n * 4);
  }

  /** A multiplication and an addition for each weight and token; pruned weights are counted too. */
  get flops(): number {
    const { m, n, k } = this.options.shape;
    return 2 * m * n * k;
  }

  writeInputs(): void {
    for (const [name, data] of Object.entries(this.inputs.buffers)) {
      const buffer = this.#buffers[name];
      if (buffer)
        this.#context.device.queue.writeBuffer(buffer.buffer, 0, data as Uint32Array<ArrayBuffer>);
    }
  }

  destroy(): void {
    for (const buffer of this.#made) buffer.destroy();
  }

  #own(buffer: GpuBuffer): GpuBuffer {
    this.#made.push(buffer);
    return buffer;
  }

  #resources(variant: LinearVariant, first: number, count: number): Resources {
    const { shape, format } = this.options;
    const { tokenBytes, xStride } = this.inputs;
    const words = linearParams({
      rows: shape.n,
      cols: shape.k,
      tokens: count,
      xStride,
      yStride: this.yStride,
      yOffset: 0,
      format,
    });
    const params = this.#context.upload("params", "bench", words, GPUBufferUsage.UNIFORM);
    this.#own(params);
    const resources: Record<string, GPUBufferBinding> = { params: { buffer: params.buffer } };
    for (const [name, { buffer }] of Object.entries(this.#buffers)) {
      const bytes = tokenBytes[name];
      if (bytes === undefined) resources[name] = { buffer };
      else {
        const window = variant.x === "uniform" ? { size: uniformWindow } : {};
        resources[name] = { buffer, offset: first * bytes, ...window };
      }
    }
    resources.y = { buffer: this.y.buffer, offset: first * this.yStride * 4 };
    return resources;
  }

  #batches(variant: LinearVariant): { first: number; count: number }[] {
    const { m } = this.options.shape;
    const batch = this.#batch(variant);
    return Array.from({ length: Math.ceil(m / batch) }, (_, i) => {
      return { first: i * batch, count: Math.min(batch, m - i * batch) };
    });
  }

  /** Tokens of a dispatch: all, or as many whole tiles as a uniform binding holds; 0 if not even one. */
  #batch({ x, tokens }: LinearVariant): number {
    const { m } = this.options.shape;
    if (x === "storage") return m;
    const sizes = Object.values(this.inputs.tokenBytes);
    const limit = Math.floor(uniformWindow / Math.max(...sizes));
    if (m <= limit) return m;
    const aligned = (batch: number): boolean =>
      sizes.every((bytes) => (batch * bytes) % OFFSET_ALIGNMENT === 0);
    let batch = limit - (limit % tokens);
    while (batch > 0 && !aligned(batch)) batch -= tokens;
    return batch;
  }
}

/** Records a kernel `repeats` times in one pass. */
export function recordKernel(
  encoder: GPUCommandEncoder,
  { label, dispatches }: PreparedKernel,
  repeats: number,
): void {
  const pass = encoder.beginComputePass({ label });
  for (let i = 0; i < repeats; i++) {
    for (const dispatch of dispatches) recordDispatch(pass, dispatch, 0, 0);
  }
  pass.end();
}

/** [n][k], scaled so that outputs are as large as inputs. */
function randomWeights(n: number, k: number): Float32Array {
  const rng = createRng(n * 65537 + k);
  const sigma = 1 / Math.sqrt(k);
  return Float32Array.from({ length: n * k }, () => sigma * rng.gauss());
}

function padded(width: number): number {
  return Math.ceil(width / ROW_FLOATS) * ROW_FLOATS;
}
