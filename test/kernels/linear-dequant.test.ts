import { linearVariants } from "../../src/kernels/linear.ts";
import type { DeviceFeatures } from "../../src/kernels/spec.ts";
import { closeAfterAll, gpuCases, NO_FEATURES, openCaseGpu } from "../support/gpu-cases.ts";
import { allFormats, fittingVariants, type LinearCase, linearRow } from "../support/linear-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

const widths = [32, 64, 96, 172, 256, 288, 576, 768, 1376, 1536];
const heights = [257, 3, 64, 1];
const stores = ["set", "add", "logits"] as const;

/** Every format with a shape, and with shapes and batches that none of the tiles divide. */
function cover(tokens: readonly number[], features: DeviceFeatures) {
  return allFormats().map((format, i) => {
    const cols = widths[(i * 7) % widths.length] ?? 32;
    const batch = tokens[i % tokens.length] ?? 1;
    // Rows so that the reference stays affordable.
    const rows = cols * batch > 30_000 ? 14 : (heights[i % heights.length] ?? 1);
    const [variant] = fittingVariants(format, "dequant", features, cols, batch);
    if (!variant) throw new Error("no variant fits");
    return linearRow(
      { format, family: "dequant", activationBits: 32, store: "set", variant, rows, cols, tokens: batch },
      features,
    );
  });
}

/** Every variant and store with a few formats that differ in kind. */
function variants(tokens: 1 | 16, features: DeviceFeatures) {
  const chosen = allFormats().filter(({ id, group, sparse }) =>
    sparse ? id === "f32" || (id === "int4" && group === 32) : id === "f16" || (id === "int5-asym" && group === 64),
  );
  return chosen.flatMap((format) =>
    linearVariants(format, "dequant", tokens, features).map((variant, i) => {
      const shape: LinearCase = {
        format,
        family: "dequant",
        activationBits: 32,
        store: stores[(i + (format.sparse ? 1 : 0)) % 3] ?? "set",
        variant,
        rows: 133,
        cols: 416,
        tokens: tokens === 1 ? 1 : 17,
      };
      return linearRow(shape, features);
    }),
  );
}

gpuCases("every format, one token", gpu, cover([1], gpu.features));
gpuCases("every format, batches", gpu, cover([17, 3, 16, 64], gpu.features));
gpuCases("variants, one token", gpu, variants(1, gpu.features));
gpuCases("variants, batches", gpu, variants(16, gpu.features));
gpuCases("one token without optional features", gpu, variants(1, NO_FEATURES));
