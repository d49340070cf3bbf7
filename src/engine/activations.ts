import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import { spanFloats } from "../kernels/attention.ts";
import type { ModelConfig } from "../model/config.ts";
import { type ActivationName, activationWidths, batchTokens } from "../model/rows.ts";

/** The largest uniform binding of default WebGPU limits; kernels that read activations as a uniform declare this much. */
export const uniformWindow = 65_536;

/** Scratch buffers of a forward pass, shared by every stream: passes follow one another on the queue. */
export interface Activations {
  /** Floats of a row, by role. */
  readonly widths: Readonly<Record<ActivationName, number>>;
  /** [16][width] f32 each. */
  readonly buffers: Readonly<Record<ActivationName, GpuBuffer>>;
  /** Rounded and widened copy of an input. */
  readonly rounded: GpuBuffer;
  /** Integer codes of an input, and (scale, sum) of each block of 32. */
  readonly codes: GpuBuffer;
  readonly codeScales: GpuBuffer;
  /** What attention over spans of the positions leaves to be merged. */
  readonly spans: GpuBuffer;
  destroy(): void;
}

type Scratch = ActivationName | "rounded" | "codes" | "codeScales" | "spans";

/** Bytes of each buffer. */
export function activationBytes(config: ModelConfig): Readonly<Record<Scratch, number>> {
  const widths = activationWidths(config);
  const rows = (name: ActivationName): number => batchTokens * widths[name] * 4;
  const widest = Math.max(
    ...Object.entries(widths).map(([name, width]) => (name === "logits" ? 0 : width)),
  );
  const bytes: Record<Scratch, number> = {
    hidden: rows("hidden"),
    normed: rows("normed"),
    qkv: rows("qkv"),
    attended: rows("attended"),
    gateUp: rows("gateUp"),
    mixed: rows("mixed"),
    branch: rows("branch"),
    last: rows("last"),
    logits: rows("logits"),
    rounded: batchTokens * widest * 4,
    codes: batchTokens * widest,
    codeScales: (batchTokens * widest * 8) / 32,
    spans: spanFloats(config.headDim) * 4,
  };
  for (const name of Object.keys(bytes) as Scratch[])
    bytes[name] = Math.max(bytes[name], uniformWindow);
  return bytes;
}

export function createActivations(context: GpuContext, config: ModelConfig): Activations {
  const bytes = activationBytes(config);
  const made: GpuBuffer[] = [];
  const make = (label: Scratch): GpuBuffer => {
    const { STORAGE, UNIFORM, COPY_DST, COPY_SRC } = GPUBufferUsage;
    const usage = STORAGE | UNIFORM | COPY_DST | COPY_SRC;
    const size = bytes[label];
    const buffer = context.createBuffer({ label, category: "activations", size, usage });
    made.push(buffer);
    return buffer;
  };
  const buffers: Record<ActivationName, GpuBuffer> = {
    hidden: make("hidden"),
    normed: make("normed"),
    qkv: make("qkv"),
    attended: make("attended"),
    gateUp: make("gateUp"),
    mixed: make("mixed"),
    branch: make("branch"),
    last: make("last"),
    logits: make("logits"),
  };
  return {
    widths: activationWidths(config),
    buffers,
    rounded: make("rounded"),
    codes: make("codes"),
    codeScales: make("codeScales"),
    spans: make("spans"),
    destroy(): void {
      for (const buffer of made) buffer.destroy();
    },
  };
}
