import { linearShader, type Store } from "../../src/kernels/linear.ts";
import {
  type CaseRow,
  closeAfterAll,
  type GpuCase,
  gpuCases,
  normals,
  openCaseGpu,
} from "../support/gpu-cases.ts";
import { fittingVariants, type LinearCase, linearRow } from "../support/linear-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

const [rows, cols] = [37, 172];
const stores = ["set", "add", "logits"] as const;

gpuCases(
  "a bias behind a matrix",
  gpu,
  stores.flatMap((store) =>
    ([1, 16] as const).flatMap((tokens) => [
      biased(linear("dequant", store, tokens)),
      biased(linear("dp4a", store, tokens)),
    ]),
  ),
);

function linear(
  family: "dequant" | "dp4a",
  store: "set" | "add" | "logits",
  tokens: 1 | 16,
): LinearCase {
  const format = { id: "int4", group: 32, sparse: false, method: "rtn" } as const;
  const [variant] = fittingVariants(format, family, gpu.features, cols, tokens);
  if (!variant) throw new Error("no variant fits");
  const activationBits = family === "dequant" ? 32 : 8;
  return { format, family, activationBits, store, variant, rows, cols, tokens };
}

/** The case without a bias, with one added to every output that it writes. */
function biased(plain: LinearCase): CaseRow {
  const { format, family, variant, activationBits, tokens } = plain;
  const store: Store = `${plain.store}_bias`;
  const shader = linearShader(format, family, store, variant, gpu.features, activationBits);
  const row = linearRow(plain, gpu.features);
  return {
    name: `${shader.label} ${tokens}x${rows}x${cols}`,
    make(): GpuCase {
      const made = row.make();
      const y = made.expect.y;
      const { params, state } = made.buffers;
      const [step] = made.steps;
      if (!y || !params || !state || !step) throw new Error("the case has no outputs");
      const stride = 4 * (params[7] ?? 0);
      const offset = 4 * (params[8] ?? 0);
      const first = plain.store === "logits" ? (state[2] ?? 0) : 0;
      const bias = normals(9, stride);
      const values = Float64Array.from(y.values);
      const bound = Float64Array.from(values, (_, i) =>
        typeof y.bound === "object" ? (y.bound[i] ?? 0) : (y.bound ?? 0),
      );
      for (let t = 0; t < tokens; t++) {
        for (let n = 0; n < Math.ceil(rows / 4) * 4; n++) {
          const at = (first + t) * stride + offset + n;
          const before = values[at] ?? 0;
          values[at] = before + (bias[offset + n] ?? 0);
          // Up to two more roundings, of numbers no larger than these together.
          bound[at] = (bound[at] ?? 0) + (4 + 2 * Math.abs(before)) * 2 ** -22;
        }
      }
      return {
        steps: [{ ...step, shader }],
        buffers: { ...made.buffers, bias },
        expect: { y: { values, bound } },
      };
    },
  };
}
