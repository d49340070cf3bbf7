import { attentionGrid, attentionParams, attentionShader } from "../kernels/attention.ts";
import { embedGrid, embedParams, embedShader } from "../kernels/embed.ts";
import { quantizeGrid, quantizeParams, quantizeShader } from "../kernels/quantize.ts";
import { rmsnormGrid, rmsnormParams, rmsnormShader } from "../kernels/rmsnorm.ts";
import { ropeGrid, ropeParams, ropeShader } from "../kernels/rope.ts";
import { sampleGrid, sampleShader } from "../kernels/sample.ts";
import { swigluGrid, swigluParams, swigluShader } from "../kernels/swiglu.ts";
import { sourceFor } from "../kernels/variant.ts";
import { type ActivationName, quadRows, type Step } from "../model/plan.ts";
import { uniformWindow } from "./activations.ts";
import type { Lowered, StepContext } from "./lower.ts";
import { weightResources } from "./lower-linear.ts";

type OtherStep = Exclude<Step, { op: "linear" }>;

/** Everything but matrix products. */
export function lowerOther(steps: StepContext, step: OtherStep): Lowered {
  const { shared, stream } = steps;
  const { features, config, activations } = shared;
  const { heads, kvHeads, headDim, hiddenSize, intermediateSize } = config;
  const { widths } = activations;
  const bound = (name: ActivationName): GPUBufferBinding => ({
    buffer: activations.buffers[name].buffer,
  });
  // Kernels take few enough values as a uniform, which is then bound as large as they declare it.
  const floats = (name: ActivationName): number => steps.plan.tokens * widths[name];
  const read = (name: ActivationName): GPUBufferBinding =>
    sourceFor(floats(name)) === "uniform" ? { ...bound(name), size: uniformWindow } : bound(name);
  const state = { buffer: stream.state.buffer };

  switch (step.op) {
    case "embed": {
      const { rows, cols, format } = step.weights;
      return {
        key: embedShader(format, features),
        shape: `${rows}x${cols}`,
        params: embedParams({ rows, cols, format, yStride: widths[step.output] }),
        resources: {
          ...weightResources(steps.weights(step)),
          tokens: { buffer: stream.tokens.buffer },
          y: bound(step.output),
        },
        grid: (tokens) => embedGrid(cols, tokens),
      };
    }
    case "rmsnorm": {
      const gain = shared.gains.get(step.gain);
      if (!gain) throw new Error(`no gain ${step.gain}`);
      return {
        key: rmsnormShader({ width: hiddenSize, xFloats: floats(step.input) }, features),
        shape: `${hiddenSize}`,
        params: rmsnormParams({
          width: hiddenSize,
          xStride: widths[step.input],
          yStride: widths[step.output],
          eps: config.normEps,
          lastOnly: step.lastOnly,
        }),
        resources: {
          x: read(step.input),
          gain: { buffer: gain.buffer },
          y: bound(step.output),
          state,
        },
        grid: (tokens) => rmsnormGrid(step.lastOnly ? 1 : tokens),
      };
    }
    case "quantize": {
      const width = widths[step.input];
      const blocks = Math.ceil(step.cols / 32);
      return {
        key: quantizeShader(
          { form: step.form, bits: step.bits, xFloats: floats(step.input) },
          features,
        ),
        shape: `${step.cols}`,
        params: quantizeParams({ blocks, xStride: width, yStride: width }),
        resources: {
          x: read(step.input),
          y: { buffer: activations.rounded.buffer },
          xq: { buffer: activations.codes.buffer },
          xs: { buffer: activations.codeScales.buffer },
        },
        grid: (tokens) => quantizeGrid(blocks, tokens),
      };
    }
    case "rope":
      return {
        key: ropeShader({}, features),
        shape: `${heads}+${kvHeads}x${headDim}`,
        params: ropeParams({
          heads,
          kvHeads,
          headDim,
          stride: widths.qkv,
          capacity: stream.capacity,
        }),
        resources: {
          state,
          table: { buffer: shared.rope.buffer },
          qkv: bound("qkv"),
          ...caches(steps, step.layer),
        },
        grid: (tokens) => ropeGrid({ heads, kvHeads, headDim }, tokens),
      };
    case "attention": {
      const shape = { heads, kvHeads, headDim, batch: steps.plan.tokens };
      return {
        key: attentionShader({ ...shape, qFloats: floats("qkv") }, features),
        shape: `${heads}/${kvHeads}x${headDim}`,
        params: attentionParams({
          ...shape,
          qStride: widths.qkv,
          yStride: widths.attended,
          capacity: stream.capacity,
          scale: 1 / Math.sqrt(headDim),
        }),
        resources: { state, q: read("qkv"), ...caches(steps, step.layer), y: bound("attended") },
        grid: (tokens) => attentionGrid(shape, tokens),
      };
    }
    case "swiglu":
      return {
        key: swigluShader({ xFloats: floats("gateUp") }, features),
        shape: `${intermediateSize}`,
        params: swigluParams({
          width: intermediateSize,
          xStride: widths.gateUp,
          upOffset: quadRows(intermediateSize),
          yStride: widths.mixed,
        }),
        resources: { x: read("gateUp"), y: bound("mixed") },
        grid: (tokens) => swigluGrid(intermediateSize, tokens),
      };
    case "sample":
      return {
        key: sampleShader({ vocab: config.vocabSize }, features),
        shape: `${config.vocabSize}`,
        params: stream.sampling,
        resources: {
          state,
          logits: bound("logits"),
          tokens: { buffer: stream.tokens.buffer },
          seen: { buffer: stream.seen.buffer },
          out: { buffer: stream.out.buffer },
        },
        grid: () => sampleGrid(),
      };
    default:
      return step satisfies never;
  }
}

function caches(
  { stream }: StepContext,
  layer: number,
): { k_cache: GPUBufferBinding; v_cache: GPUBufferBinding } {
  const keys = stream.keys[layer];
  const values = stream.values[layer];
  if (!keys || !values) throw new Error(`no cache for layer ${layer}`);
  return { k_cache: { buffer: keys.buffer }, v_cache: { buffer: values.buffer } };
}
