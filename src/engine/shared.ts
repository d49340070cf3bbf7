import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import { PipelineCache } from "../gpu/pipelines.ts";
import { ropeTable } from "../kernels/rope.ts";
import type { DeviceFeatures } from "../kernels/spec.ts";
import { UserError } from "../lib/assert.ts";
import type { ModelConfig } from "../model/config.ts";
import { rotaryFrequencies, rotaryMagnitude } from "../model/rotary.ts";
import type { ModelWeights } from "../model/weights.ts";
import { type Activations, createActivations } from "./activations.ts";

/** What both sides and every stream have in common on one device. */
export interface Shared {
  readonly context: GpuContext;
  readonly pipelines: PipelineCache;
  readonly features: DeviceFeatures;
  readonly config: ModelConfig;
  readonly activations: Activations;
  /** "3.attention", "3.mlp", "final" -> [hidden] f32. */
  readonly gains: ReadonlyMap<string, GpuBuffer>;
  /** [position][headDim / 2] (cos, sin). */
  readonly rope: GpuBuffer;
}

export function createShared(
  context: GpuContext,
  features: DeviceFeatures,
  config: ModelConfig,
  master: ModelWeights,
): Shared {
  const gains = new Map<string, GpuBuffer>();
  const gain = (name: string, values: Float32Array): void => {
    gains.set(name, context.upload(`gain ${name}`, "norms", values));
  };
  for (let layer = 0; layer < config.layers; layer++) {
    gain(`${layer}.attention`, master.norm(layer, "attention"));
    gain(`${layer}.mlp`, master.norm(layer, "mlp"));
  }
  gain("final", master.finalNorm);
  const [rotary] = config.rotary;
  if (!rotary || !runsOnGpu(config)) {
    throw new UserError(
      `The CPU computes ${config.architecture}, but the kernels for it are not there yet; choose a Llama model.`,
    );
  }
  const table = ropeTable(rotaryFrequencies(rotary), rotaryMagnitude(rotary), config.contextLength);
  return {
    context,
    pipelines: new PipelineCache(context),
    features,
    config,
    activations: createActivations(context, config),
    gains,
    rope: context.upload("rope table", "activations", table),
  };
}

/** Models built as Llama is, without biases. */
function runsOnGpu(config: ModelConfig): boolean {
  const { norm, norms, parallel, gated, activation, rotary, headDim } = config;
  const blocks = norm === "rms" && norms.join() === "attention,mlp" && !parallel;
  const turned = rotary.length === 1 && rotary[0]?.dims === headDim;
  const alike = config.layerKinds.every((kind) => kind.window === null && kind.rotary === 0);
  return blocks && turned && alike && gated && activation === "silu" && config.biases.length === 0;
}

/** What the device offers the kernels. */
export function deviceFeatures(
  context: GpuContext,
  wgslFeatures: ReadonlySet<string>,
): DeviceFeatures {
  const { limits } = context.device;
  const info = context.adapter.info as GPUAdapterInfo & {
    subgroupMinSize?: number;
    subgroupMaxSize?: number;
  };
  const subgroups = context.has("subgroups");
  return {
    f16: context.has("shader-f16"),
    subgroups,
    subgroupMin: subgroups ? (info.subgroupMinSize ?? 4) : 0,
    subgroupMax: subgroups ? (info.subgroupMaxSize ?? 128) : 0,
    packedDot: wgslFeatures.has("packed_4x8_integer_dot_product"),
    maxUniformBytes: limits.maxUniformBufferBindingSize,
    maxInvocations: limits.maxComputeInvocationsPerWorkgroup,
  };
}
