import type { WeightFormat } from "./types.ts";
import { formatName } from "./weight-format.ts";

/** The matrices of a layer, by name, in their order in the layer. */
export type MatrixName = "q" | "k" | "v" | "o" | "gate" | "up" | "down";
export const layerMatrices: readonly MatrixName[] = ["q", "k", "v", "o", "gate", "up", "down"];

/** Gives layers `first` to `last`, or one matrix of each, another format. A later one wins. */
export interface Override {
  readonly first: number;
  readonly last: number;
  /** null: every matrix of the layer. */
  readonly matrix: MatrixName | null;
  readonly format: WeightFormat;
}

/** The format that the last override of a matrix sets, or undefined. */
export function overrideOf(
  overrides: readonly Override[],
  layer: number,
  matrix: MatrixName,
): WeightFormat | undefined {
  return overrides.findLast(
    (one) =>
      one.first <= layer && layer <= one.last && (one.matrix === null || one.matrix === matrix),
  )?.format;
}

/**
 * The one list that stands for all lists with the same effect: in each layer the format of most
 * matrices, where it saves a part against naming them (of equals the first in the layer's order),
 * then the matrices that differ from it. Neighbouring layers merge; whole layers come first, all by
 * first layer, then in the order of a layer. What equals the base is left out.
 */
export function canonicalOverrides(
  base: WeightFormat,
  overrides: readonly Override[],
): readonly Override[] {
  const whole: Override[] = [];
  const single: Override[] = [];
  const baseName = formatName(base);
  for (const layer of coveredLayers(overrides)) {
    const formats = layerMatrices.map((name) => overrideOf(overrides, layer, name) ?? base);
    const usual = usualFormat(formats, baseName) ?? base;
    if (formatName(usual) !== baseName) append(whole, layer, null, usual);
    for (const [i, matrix] of layerMatrices.entries()) {
      const format = formats[i] ?? base;
      if (formatName(format) !== formatName(usual)) append(single, layer, matrix, format);
    }
  }
  const order = (one: Override) => (one.matrix === null ? 0 : layerMatrices.indexOf(one.matrix));
  single.sort((a, b) => a.first - b.first || order(a) - order(b));
  return [...whole, ...single];
}

/** The format worth naming for a whole layer: one part for it must save more than one. */
function usualFormat(formats: readonly WeightFormat[], baseName: string): WeightFormat | undefined {
  const names = formats.map(formatName);
  const count = (name: string) => names.filter((other) => other === name).length;
  let most = count(baseName) + 1;
  let usual: WeightFormat | undefined;
  for (const format of formats) {
    const times = count(formatName(format));
    if (formatName(format) !== baseName && times > most) {
      most = times;
      usual = format;
    }
  }
  return usual;
}

function append(
  list: Override[],
  layer: number,
  matrix: MatrixName | null,
  format: WeightFormat,
): void {
  const name = formatName(format);
  const at = list.findIndex(
    (one) => one.last === layer - 1 && one.matrix === matrix && formatName(one.format) === name,
  );
  const before = list[at];
  if (before) list[at] = { ...before, last: layer };
  else list.push({ first: layer, last: layer, matrix, format });
}

function coveredLayers(overrides: readonly Override[]): number[] {
  const layers = new Set<number>();
  for (const { first, last } of overrides) {
    for (let layer = first; layer <= last; layer++) layers.add(layer);
  }
  return [...layers].sort((a, b) => a - b);
}
