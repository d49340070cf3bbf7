import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
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
  destroy(): void;
}

export function createActivations(context: GpuContext, config: ModelConfig): Activations {
  const widths = activationWidths(config);
  const made: GpuBuffer[] = [];
  const make = (label: string, bytes: number): GpuBuffer => {
    const { STORAGE, UNIFORM, COPY_DST, COPY_SRC } = GPUBufferUsage;
    const usage = STORAGE | UNIFORM | COPY_DST | COPY_SRC;
    const size = Math.max(bytes, uniformWindow);
    const buffer = context.createBuffer({ label, category: "activations", size, usage });
    made.push(buffer);
    return buffer;
  };
  const rows = (label: ActivationName): GpuBuffer => make(label, batchTokens * widths[label] * 4);
  const widest = Math.max(
    ...Object.entries(widths).map(([name, width]) => (name === "logits" ? 0 : width)),
  );
  const buffers: Record<ActivationName, GpuBuffer> = {
    hidden: rows("hidden"),
    normed: rows("normed"),
    qkv: rows("qkv"),
    attended: rows("attended"),
    gateUp: rows("gateUp"),
    mixed: rows("mixed"),
    branch: rows("branch"),
    last: rows("last"),
    logits: rows("logits"),
  };
  return {
    widths,
    buffers,
    rounded: make("rounded", batchTokens * widest * 4),
    codes: make("codes", batchTokens * widest),
    codeScales: make("code scales", (batchTokens * widest * 8) / 32),
    destroy(): void {
      for (const buffer of made) buffer.destroy();
    },
  };
}
