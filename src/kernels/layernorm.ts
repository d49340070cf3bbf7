import { type Judged, ULP } from "./judged.ts";
import { normShader, type RmsnormOptions } from "./rmsnorm.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";

/** Takes rmsnorm's parameters and grid. */
export function layernormShader(options: RmsnormOptions, features: DeviceFeatures): ShaderKey {
  return normShader("layernorm", options, features);
}

/** One row: y [width] of x, gain and bias [width]. The bound lets both sums run in any order. */
export function layernormRef(
  x: Float32Array,
  gain: Float32Array,
  bias: Float32Array,
  eps: number,
): Judged {
  const width = x.length;
  let sum = 0;
  let most = 0;
  for (const value of x) {
    sum += value;
    most = Math.max(most, Math.abs(value));
  }
  const mean = sum / width;
  let squares = 0;
  for (const value of x) squares += (value - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / width + Math.fround(eps));
  const off = (width / 2 + 24) * (ULP / 2);
  const values = Float64Array.from(
    x,
    (value, k) => (value - mean) * scale * (gain[k] ?? 0) + (bias[k] ?? 0),
  );
  return {
    values,
    // The mean is off by a share of the largest value, and so is every difference from it.
    bounds: values.map((value, k) => {
      const differences = most * scale * Math.abs(gain[k] ?? 0) * off;
      return 2 * differences + (Math.abs(value) + Math.abs(bias[k] ?? 0)) * off + 2 ** -120;
    }),
  };
}
