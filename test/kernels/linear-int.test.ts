import type { Family } from "../../src/kernels/linear-variants.ts";
import type { DeviceFeatures } from "../../src/kernels/spec.ts";
import { exactFamilies, formatRow } from "../../src/quant/registry.ts";
import { groupNames, type WeightFormat } from "../../src/quant/types.ts";
import { closeAfterAll, gpuCases, NO_FEATURES, openCaseGpu } from "../support/gpu-cases.ts";
import { allFormats, fittingVariants, linearRow } from "../support/linear-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

const widths = [172, 288, 96, 1376, 32, 576];
const heights = [257, 3, 64, 1, 30];

/** One format an id: the groups take turns. */
const formats = allFormats().filter((format) => {
  const { id, group } = format;
  if (exactFamilies(format).length === 0) return false;
  const turn = formatRow(id).bits + (id.endsWith("asym") ? 1 : 0);
  return group === undefined || group === groupNames[turn % 4];
});
const dense = formats.filter(({ sparse }) => !sparse);
const sparse = formats.filter((format) => format.sparse);

/** The variants take turns; all must give the very same sums. */
function row(
  format: WeightFormat,
  family: Family,
  activationBits: number,
  i: number,
  tokens: number,
  features: DeviceFeatures,
) {
  const cols = widths[i % widths.length] ?? 32;
  const rows = cols * tokens > 10_000 ? 14 : (heights[i % heights.length] ?? 1);
  const variants = fittingVariants(format, family, features, cols, tokens);
  const variant = variants[i % variants.length];
  if (!variant) throw new Error("no variant fits");
  return linearRow(
    { format, family, activationBits, store: "set", variant, rows, cols, tokens },
    features,
  );
}

const bits = [8, 4, 2, 6];

gpuCases(
  "every int format, one token",
  gpu,
  dense.flatMap((format, i) =>
    // All activation widths with the formats that settings name most, one each with the others.
    (/^int[2348]/.test(format.id) ? bits.slice(0, 3) : [bits[i % 4] ?? 8]).flatMap((bit, j) =>
      exactFamilies(format).map((family) => row(format, family, bit, i + j, 1, gpu.features)),
    ),
  ),
);
gpuCases(
  "every int format, batches",
  gpu,
  dense.flatMap((format, i) =>
    exactFamilies(format)
      .filter((_, j, all) => format.id === "int4" || (i >> 1) % all.length === j)
      .map((family) =>
        row(format, family, bits[i % 4] ?? 8, i, [3, 17, 16][i % 3] ?? 1, gpu.features),
      ),
  ),
);
gpuCases(
  "2:4",
  gpu,
  sparse.flatMap((format, i) => [
    row(format, "dp4a", bits[i % 4] ?? 8, i, 1, gpu.features),
    ...(i % 3 === 0 ? [row(format, "dp4a", bits[i % 4] ?? 8, i, 9, gpu.features)] : []),
  ]),
);
gpuCases(
  "without packed dot products",
  gpu,
  formats
    .filter(({ id }) => /^int8|^int3$|^mxfp4|^bitmod3/.test(id))
    .map((format, i) => row(format, "dp4a", 8, i, 1 + 2 * (i & 1), NO_FEATURES)),
);
