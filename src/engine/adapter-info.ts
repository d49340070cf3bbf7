import type { GpuContext } from "../gpu/context.ts";
import type { AdapterInfo } from "./protocol.ts";

const shownLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxUniformBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
] as const;

/** The adapter for people and reports; software adapters are named as such. */
export function adapterInfo(
  context: GpuContext,
  runtime: "browser" | "node",
  wgslFeatures: ReadonlySet<string>,
  opened: { readonly name?: string; readonly software?: boolean },
): AdapterInfo {
  const { info } = context.adapter;
  const sizes = info as GPUAdapterInfo & { subgroupMinSize?: number; subgroupMaxSize?: number };
  const spoken = [
    info.description,
    [info.vendor, info.architecture, info.device].filter(Boolean).join(" "),
  ];
  const name = opened.name ?? spoken.find((text) => text !== "") ?? "unnamed adapter";
  const software =
    opened.software ??
    (info.isFallbackAdapter ||
      /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(spoken.join(" ")));
  return {
    name,
    vendor: info.vendor,
    architecture: info.architecture,
    device: info.device,
    description: info.description,
    software,
    runtime,
    features: [...context.device.features].sort(),
    wgslFeatures: [...wgslFeatures].sort(),
    subgroupSize:
      context.has("subgroups") &&
      sizes.subgroupMinSize !== undefined &&
      sizes.subgroupMaxSize !== undefined
        ? { min: sizes.subgroupMinSize, max: sizes.subgroupMaxSize }
        : null,
    limits: Object.fromEntries(shownLimits.map((limit) => [limit, context.device.limits[limit]])),
  };
}
