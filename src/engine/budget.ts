import { UserError } from "../lib/assert.ts";
import type { LoadedModel } from "../model/files.ts";
import { type MatrixName, matrixNames, matrixShape } from "../model/weights.ts";
import { type BudgetChoice, budgetFormats, spendBudget } from "../quant/budget.ts";
import { tensorBytes } from "../quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../quant/quantize.ts";
import { formatName, formatSetting, type Setting } from "../quant/setting.ts";
import type { WeightFormat } from "../quant/types.ts";
import type { Budget, Progress } from "./protocol.ts";
import { readSetting } from "./read-setting.ts";
import { estimateSize } from "./size.ts";

interface Place {
  readonly layer: number;
  readonly matrix: MatrixName;
}

/**
 * A format for every matrix of every layer so that the layers take at most `bits` a weight and the weights' errors, each matrix's relative
 * to its own size, sum up to little. Everything else of the setting stays. Needs no text: how much a matrix matters is not asked.
 */
export async function fillBudget(
  model: LoadedModel,
  text: string,
  bits: number,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Budget> {
  const { config, master } = model;
  const { asked } = readSetting(model, text);
  if (!(bits > 0)) throw new UserError(`A budget of ${bits} bits a weight holds nothing.`);
  const formats = budgetFormats(asked.base);
  const places = Array.from({ length: config.layers }, (_, layer) =>
    matrixNames(config).map((matrix): Place => ({ layer, matrix })),
  ).flat();
  const choices: BudgetChoice[][] = [];
  let weights = 0;
  for (const [done, { layer, matrix }] of places.entries()) {
    onProgress({ phase: "measure", fraction: done / places.length, note: `${layer}.${matrix}` });
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal.throwIfAborted();
    const [rows, cols] = matrixShape(config, matrix);
    weights += rows * cols;
    const values = master.matrix(layer, matrix);
    choices.push(formats.map((format) => choiceOf(values, rows, cols, format)));
  }
  const chosen = spendBudget(choices, (bits * weights) / 8);
  if (!chosen) {
    const least = choices.reduce((sum, [first]) => sum + (first?.bytes ?? 0), 0);
    const [first] = formats;
    const needed = ((least * 8) / weights).toFixed(2);
    throw new UserError(
      `${bits} bits a weight are too few: ${first ? formatName(first) : "any format"} everywhere already takes ${needed}.`,
    );
  }
  const filled = formatSetting(settingOf(asked, places, chosen));
  return { setting: filled, size: estimateSize(config, readSetting(model, filled).setting) };
}

function choiceOf(
  values: Float32Array,
  rows: number,
  cols: number,
  format: WeightFormat,
): BudgetChoice {
  const kept = dequantizeTensor(quantizeTensor(values, rows, cols, format));
  let [noise, power] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    noise += (value - (kept[i] ?? 0)) ** 2;
    power += value * value;
  }
  const bytes = tensorBytes(format, rows, cols, "packed");
  return {
    format,
    bytes: bytes.weights + bytes.scales + bytes.positions,
    // Of as many weights as it has: an error in a large matrix is one in many products.
    error: power === 0 ? 0 : (noise / power) * values.length,
  };
}

/** With the format of most matrices as base, so that few are named apart. */
function settingOf(
  setting: Setting,
  places: readonly Place[],
  chosen: readonly BudgetChoice[],
): Setting {
  const uses = new Map<string, number>();
  for (const { format } of chosen) {
    uses.set(formatName(format), (uses.get(formatName(format)) ?? 0) + 1);
  }
  const most = Math.max(...uses.values());
  const usual = chosen.find(({ format }) => uses.get(formatName(format)) === most);
  return {
    ...setting,
    base: usual?.format ?? setting.base,
    overrides: places.map(({ layer, matrix }, at) => ({
      first: layer,
      last: layer,
      matrix,
      format: chosen[at]?.format ?? setting.base,
    })),
  };
}
