import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import { PipelineCache } from "../gpu/pipelines.ts";
import type { DeviceFeatures } from "../kernels/spec.ts";
import type { ModelConfig } from "../model/config.ts";
import type { ModelWeights } from "../model/weights.ts";
import { type Activations, createActivations } from "./activations.ts";
import { Copies } from "./copies.ts";
import { createVectors, type VectorKind } from "./vectors.ts";

/** What both sides and every stream have in common on one device. */
export interface Shared {
  readonly context: GpuContext;
  readonly pipelines: PipelineCache;
  /** Which kernels are the user's own. */
  readonly copies: Copies;
  readonly features: DeviceFeatures;
  readonly config: ModelConfig;
  readonly activations: Activations;
  /** A vector or table that every setting leaves in f32. */
  vector(kind: VectorKind, name: string): GpuBuffer;
}

export function createShared(
  context: GpuContext,
  features: DeviceFeatures,
  config: ModelConfig,
  master: ModelWeights,
): Shared {
  const vectors = createVectors(context, config, master);
  return {
    context,
    pipelines: new PipelineCache(context),
    copies: new Copies(),
    features,
    config,
    activations: createActivations(context, config),
    vector(kind, name) {
      const buffer = vectors.get(`${kind} ${name}`);
      if (!buffer) throw new Error(`no ${kind} ${name}`);
      return buffer;
    },
  };
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
