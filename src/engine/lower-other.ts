import type { GpuBuffer } from "../gpu/context.ts";
import { activateGrid, activateParams, activateShader } from "../kernels/activate.ts";
import { appendGrid, appendParams, appendShader } from "../kernels/append.ts";
import {
  attentionGrid,
  attentionParams,
  attentionShader,
  mergeGrid,
  mergeShader,
} from "../kernels/attention.ts";
import { embedGrid, embedParams, embedShader } from "../kernels/embed.ts";
import { layernormShader } from "../kernels/layernorm.ts";
import { placeGrid, placeParams, placeShader } from "../kernels/place.ts";
import { type QknormShape, qknormGrid, qknormParams, qknormShader } from "../kernels/qknorm.ts";
import { quantizeGrid, quantizeParams, quantizeShader } from "../kernels/quantize.ts";
import { rmsnormGrid, rmsnormParams, rmsnormShader } from "../kernels/rmsnorm.ts";
import { ropeGrid, ropeParams, ropeShader } from "../kernels/rope.ts";
import { sampleGrid, sampleShader } from "../kernels/sample.ts";
import { swigluGrid, swigluParams, swigluShader } from "../kernels/swiglu.ts";
import { sourceFor } from "../kernels/variant.ts";
import type { LayerKind, ModelConfig } from "../model/config.ts";
import type { Step } from "../model/plan.ts";
import { type ActivationName, quadRows } from "../model/rows.ts";
import { kvDim, queryDim } from "../model/weights.ts";
import { fullKv } from "../quant/kv-cache.ts";
import { uniformWindow } from "./activations.ts";
import type { Lowered, StepContext } from "./lower.ts";
import { weightResources } from "./lower-linear.ts";
import type { Resources } from "./program.ts";

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
      const { rows, cols, format, firstRow } = step.weights;
      return {
        key: embedShader(format, features),
        shape: `${rows}x${cols}`,
        params: embedParams({ rows, cols, format, firstRow, yStride: widths[step.output] }),
        resources: {
          ...weightResources(steps.weights(step)),
          tokens: { buffer: stream.tokens.buffer },
          y: bound(step.output),
        },
        grid: (tokens) => embedGrid(cols, tokens),
      };
    }
    case "place":
      return {
        key: placeShader(step.placing, features),
        shape: `${hiddenSize}`,
        params: placeParams(hiddenSize, widths.hidden),
        resources: {
          state,
          x: bound("hidden"),
          table: step.placing === "learned" ? whole(shared.vector("positions", "all")) : undefined,
        },
        grid: (tokens) => placeGrid(hiddenSize, tokens),
      };
    case "norm": {
      const layered = step.kind === "layer";
      const shader = layered ? layernormShader : rmsnormShader;
      const xFloats = floats(step.input);
      return {
        key: shader({ width: hiddenSize, xFloats, store: step.store }, features),
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
          gain: whole(shared.vector("gain", step.gain)),
          bias: layered ? whole(shared.vector("shift", step.gain)) : undefined,
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
          { form: step.form, bits: step.bits, group: step.group, xFloats: floats(step.input) },
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
    case "qknorm": {
      const shape = qknormShape(config);
      return {
        key: qknormShader(shape, features),
        shape: `${shape.queries}x${shape.queryWidth}+${shape.keys}x${shape.keyWidth}`,
        params: qknormParams(shape, widths.qkv, config.normEps),
        resources: {
          state,
          gain: whole(shared.vector("gain", `${step.layer}.q+k`)),
          qkv: bound("qkv"),
        },
        grid: (tokens) => qknormGrid(shape, tokens),
      };
    }
    case "rope": {
      const { rotary } = layerKind(config, step.layer);
      const dims = rotary === null ? 0 : (config.rotary[rotary]?.dims ?? 0);
      return {
        key: ropeShader({ headDim, dims, later: step.kv !== fullKv }, features),
        shape: `${heads}+${kvHeads}x${headDim}`,
        params: ropeParams({
          heads,
          kvHeads,
          headDim,
          stride: widths.qkv,
          capacity: stream.cache.capacity,
        }),
        resources: {
          state,
          table: rotary === null ? undefined : whole(shared.vector("rotary", String(rotary))),
          qkv: bound("qkv"),
          ...caches(steps, step.layer),
        },
        grid: (tokens) => ropeGrid({ heads, kvHeads, headDim }, tokens),
      };
    }
    case "append":
      return {
        key: appendShader({ headDim, kv: step.kv }, features),
        shape: `${kvHeads}x${headDim}`,
        params: appendParams({
          heads,
          kvHeads,
          stride: widths.qkv,
          capacity: stream.cache.capacity,
        }),
        resources: { state, qkv: bound("qkv"), ...caches(steps, step.layer) },
        grid: (tokens) => appendGrid(kvHeads, tokens),
      };
    case "attention": {
      const { window } = layerKind(config, step.layer);
      const shape = { heads, kvHeads, headDim, batch: steps.plan.tokens, window, kv: step.kv };
      const outputs = { state, y: bound("attended"), spans: { buffer: activations.spans.buffer } };
      const grid = (tokens: number, position: number) =>
        attentionGrid(shape, tokens, position, features);
      return {
        key: attentionShader({ ...shape, qFloats: floats("qkv") }, features),
        shape: `${heads}/${kvHeads}x${headDim}`,
        params: attentionParams({
          ...shape,
          qStride: widths.qkv,
          yStride: widths.attended,
          capacity: stream.cache.capacity,
          scale: config.attentionScale,
        }),
        resources: { ...outputs, q: read("qkv"), ...caches(steps, step.layer) },
        grid,
        rest: {
          key: mergeShader(shape),
          resources: outputs,
          grid: (tokens, position) => mergeGrid(shape, tokens, grid(tokens, position)),
        },
      };
    }
    case "activate": {
      const { activation, gated } = config;
      // The rows that fill a quad up are zero, and stay so.
      const width = quadRows(intermediateSize);
      const options = { activation, xFloats: floats("gateUp") };
      const strides = { width, xStride: widths.gateUp, yStride: widths.mixed };
      return {
        key: gated ? swigluShader(options, features) : activateShader(options, features),
        shape: `${intermediateSize}`,
        params: gated ? swigluParams({ ...strides, upOffset: width }) : activateParams(strides),
        resources: { x: read("gateUp"), y: bound("mixed") },
        grid: (tokens) => (gated ? swigluGrid(width, tokens) : activateGrid(width, tokens)),
      };
    }
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

function caches({ stream }: StepContext, layer: number): Resources {
  const cache = stream.cache.layers[layer];
  if (!cache) throw new Error(`no cache for layer ${layer}`);
  const { keys, values, scales } = cache;
  return {
    k_cache: whole(keys),
    v_cache: whole(values),
    kv_scales: scales ? whole(scales) : undefined,
  };
}

function whole({ buffer }: GpuBuffer): GPUBufferBinding {
  return { buffer };
}

function layerKind({ layerKinds }: ModelConfig, layer: number): LayerKind {
  const kind = layerKinds[layer];
  if (!kind) throw new Error(`no layer ${layer}`);
  return kind;
}

/** Each head by itself, or all queries and all keys. */
function qknormShape(config: ModelConfig): QknormShape {
  const { heads, kvHeads, headDim } = config;
  if (config.qkNorm === "head")
    return { queries: heads, keys: kvHeads, queryWidth: headDim, keyWidth: headDim };
  return { queries: 1, keys: 1, queryWidth: queryDim(config), keyWidth: kvDim(config) };
}
