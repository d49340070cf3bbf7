import { assemble } from "../kernels/assemble.ts";
import { linearShader } from "../kernels/linear.ts";
import { type LinearVariant, linearVariants } from "../kernels/linear-variants.ts";
import { UserError } from "../lib/assert.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { formatSetting, parseSetting } from "../quant/setting.ts";
import { benchCase, caseOptions, type KernelDevice } from "./kernel-bench.ts";
import type { KernelCaseOptions } from "./kernel-bench-case.ts";
import type {
  KernelBenchRequest,
  KernelQuery,
  KernelRow,
  KernelSource,
  Progress,
} from "./protocol.ts";

/** Every variant of a kernel, timed in turns. */
export async function benchKernel(
  device: KernelDevice,
  { op, format, shape, roofs, caseMs }: KernelBenchRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<readonly KernelRow[]> {
  return await benchCase(device, {
    op,
    setting: parseSetting(format, { native: false }),
    shape,
    roofs: roofs ?? undefined,
    signal,
    ...(caseMs !== undefined && { caseMs }),
    onProgress: (fraction, note) => onProgress({ phase: "measure", fraction, note }),
  });
}

/** The text of every variant that this device can run, best first for one that nobody has measured. */
export async function kernelSources(
  { features }: Pick<KernelDevice, "features">,
  { op, format, shape }: KernelQuery,
): Promise<readonly KernelSource[]> {
  const setting = parseSetting(format, { native: false });
  const options = caseOptions(op, setting, shape);
  const { format: packed, family, activations, tokens } = options;
  return await Promise.all(
    linearVariants(packed, family, tokens, features).map(async (variant) => {
      const key = linearShader(packed, family, "set", variant, features, activations);
      const { code } = assemble(key);
      const name = { op, format: formatSetting(setting), variant: variant.id };
      return { ...name, label: key.label, code, sha256: await sha256Hex(code) };
    }),
  );
}

export function variantOf(
  { features }: Pick<KernelDevice, "features">,
  { format, family, tokens }: KernelCaseOptions,
  id: string,
): LinearVariant {
  const offered = linearVariants(format, family, tokens, features);
  const variant = offered.find((one) => one.id === id);
  if (variant) return variant;
  const ids = offered.map((one) => one.id).join(", ");
  throw new UserError(`There is no variant "${id}" of this kernel here, only ${ids}.`);
}
