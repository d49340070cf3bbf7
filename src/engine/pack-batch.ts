import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { Pipeline, PipelineCache } from "../gpu/pipelines.ts";
import { readBuffer } from "../gpu/readback.ts";
import { assemble } from "../kernels/assemble.ts";
import {
  type PackPiece,
  type PackSource,
  packFaults,
  packGrids,
  packParams,
  packRows,
  packShaders,
} from "../kernels/pack.ts";
import { tensorBytes } from "../quant/pack.ts";
import type { Layout, WeightFormat } from "../quant/types.ts";
import { bindGroup } from "./program.ts";

/** Pipelines that pack a format from one kind of source. */
export interface PackPipelines {
  readonly scales: Pipeline | null;
  readonly codes: Pipeline;
}

/** A matrix to be packed. */
export interface PackTarget {
  readonly label: string;
  /** "layers" or "embedding", for the books. */
  readonly category: string;
  readonly format: WeightFormat;
  readonly layout: Layout;
  readonly rows: number;
  readonly cols: number;
}

/** Rows of a target: uploaded for it row by row, or in a packed buffer of floats from a row of it on. */
export interface PackPart {
  readonly pipelines: PackPipelines;
  readonly targetRow: number;
  readonly count: number;
  readonly from: Float32Array | { readonly buffer: GpuBuffer; readonly row: number };
}

export interface PackedBuffers {
  readonly weights: GpuBuffer;
  readonly scales: GpuBuffer | null;
  readonly positions: GpuBuffer | null;
}

/** What packing a matrix found in its weights. */
export interface PackFindings {
  /** A magnitude that the format does not reach. */
  readonly beyond: boolean;
  /** A value that the format only comes near to; f16 alone tells. */
  readonly inexact: boolean;
}

const MOST_JOBS = 4096;
/** Of rows uploaded at a time, and of all that the device has not worked off yet. */
const CHUNK_BYTES = 16 << 20;
const WAITING_BYTES = 64 << 20;
const TILE_ROWS = 32;

export async function packPipelines(
  pipelines: Pick<PipelineCache, "get">,
  format: WeightFormat,
  layout: Layout,
  source: PackSource,
): Promise<PackPipelines> {
  const { scales, codes } = packShaders(format, layout, source);
  const [first, second] = await Promise.all([
    scales && pipelines.get(assemble(scales)),
    pipelines.get(assemble(codes)),
  ]);
  return { scales: first, codes: second };
}

/** Packs matrices on the device and then says what was found in them; what it needs for that goes with it. */
export class PackBatch {
  readonly #context: GpuContext;
  readonly #params: GpuBuffer;
  readonly #faults: GpuBuffer;
  #upload: GpuBuffer | null = null;
  #jobs = 0;
  #waiting = 0;

  constructor(context: GpuContext) {
    this.#context = context;
    const { STORAGE, COPY_SRC } = GPUBufferUsage;
    this.#params = this.#make("params", 128, STORAGE);
    this.#faults = this.#make("faults", MOST_JOBS * 4, STORAGE | COPY_SRC);
  }

  get full(): boolean {
    return this.#jobs === MOST_JOBS;
  }

  /** Gives the buffers, which the device may still be filling, and which of the `findings` are theirs. */
  async pack(
    target: PackTarget,
    parts: readonly PackPart[],
    extraUsage = 0,
  ): Promise<PackedBuffers & { readonly job: number }> {
    const job = this.#jobs++;
    const packed = { ...this.#allocate(target, extraUsage), job };
    for (const part of parts) {
      if (part.from instanceof Float32Array) await this.#packRows(target, packed, part, part.from);
      else this.#submit(target, packed, part, part.from.buffer, part.from.row);
    }
    return packed;
  }

  /** What every job found, once the device is done. */
  async findings(): Promise<readonly PackFindings[]> {
    if (this.#jobs === 0) return [];
    const bytes = await readBuffer(this.#context, this.#faults.buffer, this.#jobs * 4);
    return Array.from(new Uint32Array(bytes), (faults) => ({
      beyond: (faults & packFaults.beyond) !== 0,
      inexact: (faults & packFaults.inexact) !== 0,
    }));
  }

  destroy(): void {
    for (const buffer of [this.#params, this.#faults, this.#upload]) buffer?.destroy();
  }

  #allocate(target: PackTarget, extraUsage: number): PackedBuffers {
    const { label, category, format, rows, cols, layout } = target;
    const bytes = tensorBytes(format, rows, cols, layout);
    const make = (part: keyof typeof bytes): GpuBuffer =>
      this.#context.createBuffer({
        label: `${label} ${part}`,
        category: `${category}.${part}`,
        size: bytes[part],
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | extraUsage,
      });
    return {
      weights: make("weights"),
      scales: bytes.scales > 0 ? make("scales") : null,
      positions: bytes.positions > 0 ? make("positions") : null,
    };
  }

  async #packRows(
    target: PackTarget,
    packed: PackedBuffers & { readonly job: number },
    part: PackPart,
    values: Float32Array,
  ): Promise<void> {
    const { cols } = target;
    const { queue } = this.#context.device;
    const step = TILE_ROWS * Math.max(1, Math.floor(CHUNK_BYTES / (TILE_ROWS * cols * 4)));
    for (let at = 0; at < part.count; at += step) {
      const count = Math.min(step, part.count - at);
      const rows = packRows(values.subarray(at * cols, (at + count) * cols), cols);
      const upload = this.#uploadOf(rows.byteLength);
      const { buffer, byteOffset, byteLength } = rows;
      queue.writeBuffer(upload.buffer, 0, buffer as ArrayBuffer, byteOffset, byteLength);
      const piece = { ...part, targetRow: part.targetRow + at, count };
      this.#submit(target, packed, piece, upload, 0);
      this.#waiting += byteLength;
      if (this.#waiting < WAITING_BYTES) continue;
      // What is written waits in memory of its own until the device takes it.
      await queue.onSubmittedWorkDone();
      this.#waiting = 0;
    }
  }

  #submit(
    target: PackTarget,
    packed: PackedBuffers & { readonly job: number },
    { pipelines, targetRow, count }: Omit<PackPart, "from">,
    source: GpuBuffer,
    sourceRow: number,
  ): void {
    const context = this.#context;
    const piece: PackPiece = { ...target, targetRow, count, sourceRow, job: packed.job };
    context.device.queue.writeBuffer(this.#params.buffer, 0, packParams(piece));
    const grids = packGrids(piece);
    const resources = {
      params: { buffer: this.#params.buffer },
      source: { buffer: source.buffer },
      weights: { buffer: packed.weights.buffer },
      scales: packed.scales ? { buffer: packed.scales.buffer } : undefined,
      positions: packed.positions ? { buffer: packed.positions.buffer } : undefined,
      faults: { buffer: this.#faults.buffer },
    };
    const encoder = context.device.createCommandEncoder({ label: target.label });
    const pass = encoder.beginComputePass({ label: target.label });
    for (const kind of ["scales", "codes"] as const) {
      const pipeline = pipelines[kind];
      if (!pipeline) continue;
      pass.setPipeline(pipeline.pipeline);
      pass.setBindGroup(0, bindGroup(context, pipeline, resources));
      pass.dispatchWorkgroups(...grids[kind]);
    }
    pass.end();
    context.submit(encoder.finish());
  }

  #uploadOf(bytes: number): GpuBuffer {
    if (this.#upload && this.#upload.size >= bytes) return this.#upload;
    this.#upload?.destroy();
    this.#upload = this.#make("rows", bytes, GPUBufferUsage.STORAGE);
    return this.#upload;
  }

  #make(label: string, size: number, usage: number): GpuBuffer {
    return this.#context.createBuffer({
      label: `pack ${label}`,
      category: "packing",
      size,
      usage: usage | GPUBufferUsage.COPY_DST,
    });
  }
}
