import type { GpuContext } from "../gpu/context.ts";
import type { PipelineCache } from "../gpu/pipelines.ts";
import { type PackSource, packShaders } from "../kernels/pack.ts";
import { formatName } from "../quant/setting.ts";
import type { Layout, WeightFormat } from "../quant/types.ts";
import { PackBatch, type PackPipelines, packPipelines } from "./pack-batch.ts";
import { packsAlike } from "./pack-check.ts";
import type { SelfCheck } from "./protocol.ts";

/**
 * Weights from which on the device packs. The first dial of a format took it 170 to 410 ms on busy software adapters, for five million weights
 * and with compiling and checking; the CPU needs 60 to 100 ms of its own time for as many. Once the shaders stand, the device is faster.
 */
export const leastWeights = 1 << 24;

interface Device {
  readonly context: GpuContext;
  readonly pipelines: Pick<PipelineCache, "get">;
}

interface Checked {
  /** null where the device has no packer that gives the CPU's bits. */
  readonly pipelines: PackPipelines | null;
  readonly check: SelfCheck;
}

/** Packs weights on the device where that was found to give what the CPU gives, bit for bit. */
export class DevicePacker {
  readonly #device: Device;
  readonly #checked = new Map<string, Promise<Checked>>();

  constructor(device: Device) {
    this.#device = device;
  }

  begin(): PackBatch {
    return new PackBatch(this.#device.context);
  }

  /** What packs a format (one that has a packer) from a source, checked the first time that it is asked for. */
  pipelines(format: WeightFormat, layout: Layout, source: PackSource): Promise<Checked> {
    const { label } = packShaders(format, layout, source).codes;
    const known = this.#checked.get(label) ?? this.#check(label, format, layout, source);
    this.#checked.set(label, known);
    return known;
  }

  async #check(
    kernel: string,
    format: WeightFormat,
    layout: Layout,
    source: PackSource,
  ): Promise<Checked> {
    const check = { kernel, format: formatName(format), ok: true, error: 0 };
    const fault = await this.#fault(format, layout, source);
    if (typeof fault !== "string") return { pipelines: fault, check };
    const { description, vendor, architecture } = this.#device.context.adapter.info;
    const device = description || `${vendor} ${architecture}`;
    const sentence = `${kernel} ${fault} on ${device}, so that it packs nothing.`;
    return { pipelines: null, check: { ...check, sentence } };
  }

  /** The pipelines, or what is wrong with them here. The CPU can do what they cannot, so no error ends in the device's own handler. */
  async #fault(
    format: WeightFormat,
    layout: Layout,
    source: PackSource,
  ): Promise<PackPipelines | string> {
    const { context, pipelines: cache } = this.#device;
    context.device.pushErrorScope("validation");
    try {
      const pipelines = await packPipelines(cache, format, layout, source);
      const alike = await packsAlike(context, pipelines, format, layout, source);
      return alike ? pipelines : "gives other bits than the CPU";
    } catch (error) {
      return `does not run (${error instanceof Error ? error.message : String(error)})`;
    } finally {
      await context.device.popErrorScope();
    }
  }
}
