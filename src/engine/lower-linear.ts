import type { GpuBuffer } from "../gpu/context.ts";
import { formatLabel, linearGrid, linearParams, linearShader } from "../kernels/linear.ts";
import { type Family, type LinearVariant, linearVariants } from "../kernels/linear-variants.ts";
import type { Step } from "../model/plan.ts";
import { formatRow } from "../quant/registry.ts";
import type { WeightFormat } from "../quant/types.ts";
import { uniformWindow } from "./activations.ts";
import type { Lowered, StepContext } from "./lower.ts";
import type { Resources } from "./program.ts";
import type { Shared } from "./shared.ts";
import type { Choosing } from "./variants.ts";
import type { StoredWeights } from "./weight-store.ts";

export type LinearStep = Extract<Step, { op: "linear" }>;

/** The names a step's kernel goes by: the op itself, and the class that shares a measured choice with it. */
export function linearNames(step: LinearStep, tokens: number): { op: string; opClass: string } {
  const { format } = step.weights;
  const kernel = tokens === 1 ? "matvec" : "matmul";
  const { family: kind } = formatRow(format.id);
  const sparse = format.sparse ? "-2:4" : "";
  return {
    op: linearOp(kernel, format, step.family, step.activationBits),
    opClass: `${kernel}/${kind}${sparse}/${step.family}`,
  };
}

export function linearOp(
  kernel: "matvec" | "matmul",
  format: WeightFormat,
  family: Family,
  activationBits: number,
): string {
  return `${kernel}/${formatLabel(format)}/${family}${family === "dequant" ? "" : `-a${activationBits}`}`;
}

/** Variants of a step that fit this device and the width of its input, best first. */
export function linearCandidates(
  shared: Shared,
  step: LinearStep,
  tokens: number,
): readonly LinearVariant[] {
  const window = tokens * shared.activations.widths[step.input] * 4;
  return linearVariants(
    step.weights.format,
    step.family,
    tokens === 1 ? 1 : 16,
    shared.features,
  ).filter((variant) => variant.x !== "uniform" || window <= uniformWindow);
}

export function chosenVariant(
  shared: Shared,
  chooser: Choosing,
  step: LinearStep,
  tokens: number,
): LinearVariant {
  const { op, opClass } = linearNames(step, tokens);
  const candidates = linearCandidates(shared, step, tokens);
  const id = chooser.choose(
    op,
    opClass,
    candidates.map((variant) => variant.id),
  );
  const variant = candidates.find((candidate) => candidate.id === id);
  if (!variant)
    throw new Error(
      `No variant of ${op} computes correctly on this device; choose another format or kernel family.`,
    );
  return variant;
}

export function lowerLinear(steps: StepContext, step: LinearStep): Lowered {
  const variant = chosenVariant(steps.shared, steps.chooser, step, steps.plan.tokens);
  return lowerLinearAs(steps, step, variant);
}

/** The step with a variant of the caller's choice. */
export function lowerLinearAs(
  steps: StepContext,
  step: LinearStep,
  variant: LinearVariant,
): Lowered {
  const { shared, stream, plan } = steps;
  const { activations, features } = shared;
  const { rows, cols, format } = step.weights;
  const store = step.bias === null ? step.store : (`${step.store}_bias` as const);
  const bias = step.bias === null ? undefined : shared.vector("bias", step.bias);
  const rounded = step.family === "dequant" && step.activationBits !== 32;
  const input = rounded ? activations.rounded : activations.buffers[step.input];
  const bindInput = ({ buffer }: GpuBuffer): GPUBufferBinding =>
    variant.x === "uniform" ? { buffer, size: uniformWindow } : { buffer };
  return {
    key: linearShader(format, step.family, store, variant, features, step.activationBits),
    shape: `${rows}x${cols}`,
    params: linearParams({
      rows,
      cols,
      tokens: plan.tokens,
      xStride: activations.widths[step.input],
      yStride: activations.widths[step.output],
      yOffset: step.outputOffset,
      format,
    }),
    resources: {
      ...weightResources(steps.weights(step)),
      x: bindInput(input),
      xq: bindInput(activations.codes),
      xs: bindInput(activations.codeScales),
      y: { buffer: activations.buffers[step.output].buffer },
      state: { buffer: stream.state.buffer },
      bias: bias && { buffer: bias.buffer },
    },
    grid: (tokens) => linearGrid(variant, rows, tokens),
  };
}

export function weightResources(stored: StoredWeights): Resources {
  return {
    weights: { buffer: stored.weights.buffer },
    scales: stored.scales ? { buffer: stored.scales.buffer } : undefined,
    positions: stored.positions ? { buffer: stored.positions.buffer } : undefined,
  };
}
