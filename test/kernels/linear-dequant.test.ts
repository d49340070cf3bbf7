import { closeAfterAll, gpuCases, openCaseGpu } from "../support/gpu-cases.ts";
import {
  allFormats,
  everyVariant,
  fittingVariants,
  type LinearCase,
  linearRow,
  someGroups,
} from "../support/linear-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

const widths = [32, 64, 96, 172, 256, 288, 576, 768, 1376, 1536];
const heights = [257, 3, 64, 1];
const stores = ["set", "add", "logits"] as const;

/** Every format with a shape, for batches one that none of the tiles divide. */
function cover(batches: boolean) {
  return someGroups(allFormats(), batches || gpu.adapter === "swiftshader" ? 1 : 2).map(
    (format, i) => {
      const cols = widths[(i * 7) % widths.length] ?? 32;
      const tokens = !batches ? 1 : cols <= 256 ? 64 : cols <= 768 ? 17 : 3;
      // Rows so that the reference stays affordable.
      const rows = cols * tokens > 4000 ? 14 : (heights[i % heights.length] ?? 1);
      const fitting = fittingVariants(format, "dequant", gpu.features, cols, tokens);
      // The smaller tile where both are offered: compiling is what takes the time here.
      const variant = fitting.find((one) => one.tokens === 8) ?? fitting[0];
      if (!variant) throw new Error("no variant fits");
      return linearRow(
        {
          format,
          family: "dequant",
          activationBits: 32,
          store: "set",
          variant,
          rows,
          cols,
          tokens,
        },
        gpu.features,
      );
    },
  );
}

/** Every variant and store with a few formats that differ in kind. */
function variants(tokens: 1 | 16) {
  const chosen = allFormats().filter(({ id, group, sparse }) =>
    sparse
      ? id === "f32" || (id === "int4" && group === 32)
      : id === "f16" || (id === "int5-asym" && group === 64),
  );
  return chosen.flatMap((format) =>
    everyVariant(format, "dequant", tokens, gpu.features).map((variant, i) => {
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
      return linearRow(shape, gpu.features);
    }),
  );
}

gpuCases("every format, one token", gpu, cover(false));
gpuCases("every format, batches", gpu, cover(true));
gpuCases("variants, one token", gpu, variants(1));
gpuCases("variants, batches", gpu, variants(16));
