import { afterAll, describe, expect, it } from "vitest";
import { openNodeGpu } from "../../src/cli/adapters.ts";
import { GpuContext } from "../../src/gpu/context.ts";
import { PipelineCache } from "../../src/gpu/pipelines.ts";
import { assemble } from "../../src/kernels/assemble.ts";
import { embedShader } from "../../src/kernels/embed.ts";
import { linearShader } from "../../src/kernels/linear.ts";
import type { Family } from "../../src/kernels/linear-variants.ts";
import type { DeviceFeatures, ShaderKey } from "../../src/kernels/spec.ts";
import { exactFamilies } from "../../src/quant/registry.ts";
import type { WeightFormat } from "../../src/quant/types.ts";
import { NO_FEATURES } from "../support/gpu-cases.ts";
import { allFormats, everyVariant } from "../support/linear-cases.ts";

/** Dawn's null backend checks shaders as every WebGPU does, whatever this machine's adapters offer. */
const node = await openNodeGpu("null");
const context = await GpuContext.open(node.adapter);
const pipelines = new PipelineCache(context);
afterAll(() => {
  context.close();
  // Collected before its devices, Dawn in Node crashes.
  expect(node.gpu).toBeDefined();
});

const everything: DeviceFeatures = {
  ...NO_FEATURES,
  f16: true,
  subgroups: true,
  subgroupMin: 4,
  subgroupMax: 64,
  packedDot: true,
};

/** Every variant; stores and activation bits take turns. */
function shaders(format: WeightFormat, features: DeviceFeatures): readonly ShaderKey[] {
  const stores = ["set", "add", "logits"] as const;
  const families: readonly Family[] = ["dequant", ...exactFamilies(format)];
  const linear = families.flatMap((family) =>
    ([1, 16] as const).flatMap((tokens) =>
      everyVariant(format, family, tokens, features).map((variant, i) =>
        linearShader(
          format,
          family,
          stores[i % 3] ?? "set",
          variant,
          features,
          [8, 6, 4, 2][i % 4],
        ),
      ),
    ),
  );
  return [embedShader(format, features), ...linear];
}

describe("every variant compiles", () => {
  // The group is a number in the parameters and no part of the shader.
  const formats = allFormats().filter(({ group }) => group === undefined || group === 32);
  for (const [name, features] of [
    ["with every feature", everything],
    ["with none", NO_FEATURES],
  ] as const) {
    it.each(
      formats.map((format) => ({ format, label: embedShader(format, features).label.slice(6) })),
    )(`$label ${name}`, async ({ format }) => {
      for (const key of shaders(format, features)) await pipelines.get(assemble(key));
    });
  }
});
