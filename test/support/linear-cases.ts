import { linearGrid, linearShader } from "../../src/kernels/linear.ts";
import { type HostileShape, hostileRun } from "../../src/kernels/linear-hostile.ts";
import {
  type Family,
  type LinearVariant,
  linearVariants,
} from "../../src/kernels/linear-variants.ts";
import type { DeviceFeatures } from "../../src/kernels/spec.ts";
import { formats } from "../../src/quant/registry.ts";
import type { WeightFormat } from "../../src/quant/types.ts";
import { type CaseRow, type GpuCase, NO_FEATURES } from "./gpu-cases.ts";

export { hostileTensor, packedBuffers } from "../../src/kernels/linear-hostile.ts";

const UNIFORM_FLOATS = 16_384;

/** Every format of the registry with every group, dense and 2:4. */
export function allFormats(): readonly WeightFormat[] {
  return [false, true].flatMap((sparse) =>
    formats
      .filter((row) => row.sparse || !sparse)
      .flatMap(({ id, groups }): WeightFormat[] =>
        groups.length > 0
          ? groups.map((group) => ({ id, group, sparse, method: "rtn" }))
          : [{ id, sparse, method: "rtn" }],
      ),
  );
}

/** Of each format `count` groups, which take turns: a group is a number in the parameters and no part of the shader. */
export function someGroups(all: readonly WeightFormat[], count: number): readonly WeightFormat[] {
  const kindOf = ({ id, sparse }: WeightFormat) => `${id} ${sparse}`;
  const kinds = [...new Set(all.map(kindOf))];
  return kinds.flatMap((kind, turn) =>
    all
      .filter((format) => kindOf(format) === kind)
      .filter((_, i, kin) => (i + turn) % kin.length < count),
  );
}

export interface LinearCase extends HostileShape {
  readonly variant: LinearVariant;
}

/** What linearVariants offers here, on a device with wide subgroups and on one without optional features. */
export function everyVariant(
  format: WeightFormat,
  family: Family,
  tokens: 1 | 16,
  features: DeviceFeatures,
): readonly LinearVariant[] {
  const wide = { ...features, subgroupMin: 32, subgroupMax: 64 };
  const offered = [features, wide, NO_FEATURES].flatMap((has) =>
    linearVariants(format, family, tokens, has),
  );
  return [...new Map(offered.map((variant) => [variant.id, variant])).values()];
}

/** Variants that this shape's activations fit. */
export function fittingVariants(
  format: WeightFormat,
  family: Family,
  features: DeviceFeatures,
  cols: number,
  tokens: number,
): readonly LinearVariant[] {
  const floats = tokens * stride(cols);
  return everyVariant(format, family, tokens === 1 ? 1 : 16, features).filter(
    ({ x }) => x === "storage" || floats <= UNIFORM_FLOATS,
  );
}

/** A kernel run against its reference: bit for bit for integer families, else within linearBound. */
export function linearRow(linear: LinearCase, features: DeviceFeatures): CaseRow {
  const { format, family, activationBits, store, variant, rows, cols, tokens } = linear;
  const shader = linearShader(format, family, store, variant, features, activationBits);
  return {
    name: `${shader.label} ${tokens}x${rows}x${cols}`,
    make() {
      const { buffers, values, bound } = hostileRun(linear);
      return {
        steps: [{ shader, grid: linearGrid(variant, rows, tokens) }],
        buffers,
        expect: { y: { values, bound } },
      } satisfies GpuCase;
    },
  };
}

function stride(width: number): number {
  return Math.ceil(width / 32) * 32;
}
