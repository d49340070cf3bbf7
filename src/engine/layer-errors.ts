import { UserError } from "../lib/assert.ts";
import type { LoadedModel } from "../model/files.ts";
import { matmul } from "../model/matmul.ts";
import { createReference } from "../model/reference.ts";
import { type MatrixName, matrixNames, matrixShape } from "../model/weights.ts";
import { dequantizeActivations, quantizeActivations } from "../quant/activations.ts";
import { dequantizeTensor } from "../quant/quantize.ts";
import { formatName, formatOf, type Setting, tableFormat } from "../quant/setting.ts";
import type { QuantTensor } from "../quant/types.ts";
import type { LayerError, LayerErrors, Progress } from "./protocol.ts";
import { quantizePlace } from "./weight-store.ts";

/** Of the progress: running the text, before the matrices are looked at. */
const FORWARD_SHARE = 0.4;
/** Tokens that the CPU runs before messages (a stop among them) are let in. */
const FORWARD_TOKENS = 4;

type Place = MatrixName | "head";

/**
 * What a setting does to each matrix, on the CPU, where sums are exact: the weights' own signal to noise, and how far the matrix's output
 * on a real text is from the master's. Every matrix gets the master's input, so that no error of the layers before it is counted to it.
 */
export async function layerErrors(
  model: LoadedModel,
  setting: Setting,
  { text, maxTokens }: { readonly text: string; readonly maxTokens: number },
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Omit<LayerErrors, "setting">> {
  const { config, master, tokenizer } = model;
  const ids = tokenizer.encode(text).slice(0, Math.min(maxTokens, config.contextLength));
  if (ids.length === 0) throw new UserError("The text is empty; errors need a token to look at.");
  const inputs = new Map<string, Float32Array[]>();
  const reference = createReference(config, master, {
    contextLength: ids.length,
    quantizeInput(input, matrix, layer) {
      const key = `${layer}.${matrix}`;
      inputs.set(key, [...(inputs.get(key) ?? []), input.slice()]);
      return input;
    },
  });
  const pause = async (fraction: number): Promise<void> => {
    onProgress({ phase: "measure", fraction, note: "errors by layer" });
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal.throwIfAborted();
  };
  for (let at = 0; at < ids.length; at += FORWARD_TOKENS) {
    await pause((at / ids.length) * FORWARD_SHARE);
    reference.forward(ids.slice(at, at + FORWARD_TOKENS), at);
  }
  const places = [
    ...Array.from({ length: config.layers }, (_, layer) =>
      matrixNames(config).map((matrix) => ({ layer, matrix: matrix as Place })),
    ).flat(),
    { layer: config.layers, matrix: "head" as const },
  ];
  const cells: LayerError[] = [];
  for (const { layer, matrix } of places) {
    await pause(FORWARD_SHARE + (cells.length / places.length) * (1 - FORWARD_SHARE));
    const format =
      matrix === "head" ? tableFormat(setting, "head") : formatOf(setting, layer, matrix);
    const [rows, cols] =
      matrix === "head" ? [config.vocabSize, config.hiddenSize] : matrixShape(config, matrix);
    const weights = matrix === "head" ? master.head : master.matrix(layer, matrix);
    const input = joined(inputs.get(`${layer}.${matrix}`) ?? [], cols);
    const place = {
      layer: matrix === "head" ? "table" : layer,
      format,
      firstRow: 0,
      rows,
    } as const;
    const [codes] = quantizePlace(model, { ...place, matrices: [matrix] });
    if (!codes) throw new Error(`no codes of ${layer}.${matrix}`);
    const errors = matrixErrors(weights, codes, input, setting);
    cells.push({
      layer: matrix === "head" ? null : layer,
      matrix,
      format: formatName(format),
      ...errors,
    });
  }
  return { tokens: ids.length, cells };
}

/** Of codes in the place of weights [rows, cols], on input [tokens, cols]; activations of 32 bits are not rounded. */
export function matrixErrors(
  weights: Float32Array,
  codes: QuantTensor,
  input: Float32Array,
  rounding: Pick<Setting, "activations" | "activationGroup">,
): Pick<LayerError, "snrDb" | "outputError"> {
  const { rows, cols } = codes;
  const packed = dequantizeTensor(codes);
  const noise = squaredDistance(weights, packed);
  const expected = matmul(input, weights, rows, cols);
  const found = matmul(rounded(input, cols, rounding), packed, rows, cols);
  const power = squares(expected);
  return {
    // Without any noise there is no ratio.
    snrDb: noise === 0 ? null : 10 * Math.log10(squares(weights) / noise),
    outputError: power === 0 ? 0 : Math.sqrt(squaredDistance(expected, found) / power),
  };
}

function rounded(
  input: Float32Array,
  cols: number,
  { activations, activationGroup }: Pick<Setting, "activations" | "activationGroup">,
): Float32Array {
  if (activations === 32) return input;
  const output = new Float32Array(input.length);
  for (let at = 0; at < input.length; at += cols) {
    const row = quantizeActivations(input.subarray(at, at + cols), activations, activationGroup);
    output.set(dequantizeActivations(row), at);
  }
  return output;
}

function joined(rows: readonly Float32Array[], cols: number): Float32Array {
  const all = new Float32Array(rows.length * cols);
  for (const [at, row] of rows.entries()) all.set(row, at * cols);
  return all;
}

function squares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum;
}
