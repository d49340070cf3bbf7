import type { Placing } from "../kernels/place.ts";
import { fullKv, type KvBits } from "../quant/kv-cache.ts";
import { exactFamilies, type Family, formatRow, inputForm, layoutOf } from "../quant/registry.ts";
import type { ActivationGroup, Setting } from "../quant/setting.ts";
import { formatOf, tableFormat } from "../quant/setting.ts";
import type { Layout, WeightFormat } from "../quant/types.ts";
import { sparseParts } from "../quant/weight-format.ts";
import type { ModelConfig } from "./config.ts";
import { cutToBindings } from "./cut.ts";
import { type ActivationName, batchTokens, quadRows } from "./rows.ts";
import {
  biasName,
  type MatrixName,
  matrixShape,
  type NormName,
  qkvNames,
  upNames,
} from "./weights.ts";

/** The tables at both ends; a tied head is one table and goes by "head". */
export type TableName = "embedding" | "head";

/** Matrices whose rows stand under one another in one buffer, because they share their input and their format. */
export interface WeightRef {
  readonly layer: number | "table";
  readonly matrices: readonly (MatrixName | TableName)[];
  readonly format: WeightFormat;
  readonly layout: Layout;
  /** Of one matrix that is larger than a binding may be, the row at which this part of it begins; else 0. */
  readonly firstRow: number;
  /** Sum of the matrices' rows (of a part: its own), and their shared input width. */
  readonly rows: number;
  readonly cols: number;
}

export type Step =
  | { readonly op: "embed"; readonly weights: WeightRef; readonly output: ActivationName }
  | { readonly op: "place"; readonly placing: Placing }
  | {
      readonly op: "norm";
      readonly kind: "rms" | "layer";
      /** "3.attention", "final": names the gain, and the bias of a layer norm. */
      readonly gain: string;
      readonly input: ActivationName;
      readonly output: ActivationName;
      readonly lastOnly: boolean;
      readonly store: "set" | "add";
    }
  | { readonly op: "qknorm"; readonly layer: number }
  | {
      readonly op: "quantize";
      readonly form: "bytes" | "planes" | "fake";
      readonly bits: number;
      readonly group: ActivationGroup;
      readonly input: ActivationName;
      /** Inputs of the matrix that follows: what of the row is rounded. */
      readonly cols: number;
    }
  | {
      readonly op: "linear";
      readonly weights: WeightRef;
      readonly family: Family;
      readonly activationBits: number;
      readonly input: ActivationName;
      readonly output: ActivationName;
      /** Column of the output row at which this result starts. */
      readonly outputOffset: number;
      readonly store: "set" | "add" | "logits";
      /** "3.qkv": a vector as long as the output row; null without a bias. */
      readonly bias: string | null;
    }
  | { readonly op: "rope"; readonly layer: number; readonly kv: KvBits }
  | { readonly op: "append"; readonly layer: number; readonly kv: Exclude<KvBits, 32> }
  | { readonly op: "attention"; readonly layer: number; readonly kv: KvBits }
  | { readonly op: "activate" }
  | { readonly op: "sample" };

/** "decode": one token and a sample; "prefill": a batch into the cache; "first": a batch, its last logits and a sample; "score": all logits. */
export type PlanMode = "decode" | "prefill" | "first" | "score";

export interface Plan {
  readonly mode: PlanMode;
  /** Tokens of a batch at most: 1 or 16. */
  readonly tokens: number;
  readonly steps: readonly Step[];
}

/**
 * The kernel family of a matrix. Integer kernels need integer codes and integer activations; what has none runs on activations that are
 * rounded and widened again. Of the exact families DP4A is taken unless the setting names another: they give the same numbers.
 */
export function familyOf(setting: Setting, format: WeightFormat): Family {
  if (setting.activations === 32 || setting.family === "dequant") return "dequant";
  const exact = exactFamilies(format);
  return exact.find((family) => family === setting.family) ?? exact[0] ?? "dequant";
}

export function buildPlan(config: ModelConfig, setting: Setting, mode: PlanMode): Plan {
  const tokens = mode === "decode" ? 1 : batchTokens;
  const steps: Step[] = [];
  const head = tableFormat(setting, "head");
  // Gathering and the output head read one table. Bit planes would need a second copy of it, and DP4A gives the same bits, so the head
  // never takes planes.
  const table = (asked: TableName): readonly WeightRef[] => {
    const name = config.tiedHead ? "head" : asked;
    const whole: WeightRef = {
      layer: "table",
      matrices: [name],
      format: tableFormat(setting, name),
      layout: "packed",
      firstRow: 0,
      rows: config.vocabSize,
      cols: config.hiddenSize,
    };
    return cutToBindings(whole, () => config.vocabSize);
  };

  // Of a table in parts, each part's step writes the tokens that it holds.
  for (const weights of table("embedding")) steps.push({ op: "embed", weights, output: "hidden" });
  if (config.embeddingScale !== 1)
    steps.push({ op: "place", placing: { scale: config.embeddingScale } });
  if (config.positionOffset !== null) steps.push({ op: "place", placing: "learned" });
  for (let layer = 0; layer < config.layers; layer++)
    steps.push(...layerSteps(config, setting, layer));
  // Of these tokens nobody asks what comes next: once the last layer's keys and values stand in the cache, nothing of them is needed.
  if (mode === "prefill") {
    const last = steps.findLastIndex(({ op }) => op === "attention");
    return { mode, tokens, steps: steps.slice(0, last) };
  }

  const all = mode === "score";
  const lastInput = all ? "normed" : "last";
  steps.push({ ...norm(config, "final", "hidden", lastInput), lastOnly: !all });
  const wanted = familyOf(setting, head);
  const family =
    layoutOf(wanted) === "planes"
      ? (exactFamilies(head).find((one) => one === "dp4a") ?? "dequant")
      : wanted;
  const form = quantizedForm(setting, family);
  if (form)
    steps.push({
      op: "quantize",
      form,
      bits: setting.activations,
      group: setting.activationGroup,
      input: lastInput,
      cols: config.hiddenSize,
    });
  for (const weights of table("head")) {
    steps.push({
      op: "linear",
      weights,
      family,
      activationBits: setting.activations,
      input: lastInput,
      output: "logits",
      outputOffset: weights.firstRow,
      store: "logits",
      bias: config.biases.includes("head") ? "head" : null,
    });
  }
  if (!all) steps.push({ op: "sample" });
  return { mode, tokens, steps };
}

/** Norms before the blocks, behind them, or both; one block after the other, or both on the same stream. */
function layerSteps(config: ModelConfig, setting: Setting, layer: number): Step[] {
  const steps: Step[] = [];
  const has = (name: NormName): boolean => config.norms.includes(name);
  const normed = (name: NormName): ActivationName => {
    if (!has(name)) return "hidden";
    steps.push(norm(config, `${layer}.${name}`, "hidden", "normed"));
    return "normed";
  };
  const multiply = (
    names: readonly MatrixName[],
    input: ActivationName,
    output: ActivationName,
    store: "set" | "add",
  ): void => {
    steps.push(...linears(config, setting, layer, names, input, output, store));
  };
  // The result of a block joins the stream at once, or by way of a norm.
  const join = (name: MatrixName, input: ActivationName, behind: NormName): void => {
    multiply([name], input, has(behind) ? "branch" : "hidden", has(behind) ? "set" : "add");
    if (!has(behind)) return;
    steps.push({ ...norm(config, `${layer}.${behind}`, "branch", "hidden"), store: "add" });
  };

  const attentionInput = normed("attention");
  multiply(qkvNames, attentionInput, "qkv", "set");
  if (config.qkNorm !== null) steps.push({ op: "qknorm", layer });
  const { kv } = setting;
  steps.push({ op: "rope", layer, kv });
  if (kv !== fullKv) steps.push({ op: "append", layer, kv });
  steps.push({ op: "attention", layer, kv });
  // In parallel both blocks read the stream as it was, so the second one's norm comes before the first one's result.
  const early = config.parallel ? (has("mlp") ? normed("mlp") : attentionInput) : null;
  join("o", "attended", "attentionOut");
  multiply(upNames(config), early ?? normed("mlp"), "gateUp", "set");
  steps.push({ op: "activate" });
  join("down", "mixed", "mlpOut");
  return steps;
}

function norm(
  config: ModelConfig,
  gain: string,
  input: ActivationName,
  output: ActivationName,
): Extract<Step, { op: "norm" }> {
  return { op: "norm", kind: config.norm, gain, input, output, lastOnly: false, store: "set" };
}

function quantizedForm(setting: Setting, family: Family): "bytes" | "planes" | "fake" | null {
  if (setting.activations === 32) return null;
  const form = inputForm(family);
  return form === "floats" ? "fake" : form;
}

/** Matrices on one input: neighbours of equal format become one buffer and one dispatch; each form of the input is made once. */
function linears(
  config: ModelConfig,
  setting: Setting,
  layer: number,
  names: readonly MatrixName[],
  input: ActivationName,
  output: ActivationName,
  store: "set" | "add",
): Step[] {
  const bias = names.some((name) => config.biases.includes(name)) ? biasName(layer, names) : null;
  const steps: Step[] = [];
  let offset = 0;
  let formMade: string | null = null;
  for (const group of groupByFormat(config, setting, layer, names)) {
    const family = familyOf(setting, group.format);
    const form = quantizedForm(setting, family);
    if (form && form !== formMade) {
      steps.push({
        op: "quantize",
        form,
        bits: setting.activations,
        group: setting.activationGroup,
        input,
        cols: group.cols,
      });
    }
    formMade = form;
    const layout = layoutOf(family);
    const whole = { ...group, firstRow: 0, layout } as const;
    for (const weights of cutToBindings(whole, (name) => rowsOf(config, name))) {
      steps.push({
        op: "linear",
        weights,
        family,
        activationBits: setting.activations,
        input,
        output,
        outputOffset: offset,
        store,
        bias,
      });
      offset += quadRows(weights.rows);
    }
  }
  return steps;
}

function groupByFormat(
  config: ModelConfig,
  setting: Setting,
  layer: number,
  names: readonly MatrixName[],
): Omit<WeightRef, "layout" | "firstRow">[] {
  const groups: {
    layer: number;
    matrices: MatrixName[];
    format: WeightFormat;
    rows: number;
    cols: number;
  }[] = [];
  for (const name of names) {
    const format = formatOf(setting, layer, name);
    const [rows, cols] = matrixShape(config, name);
    const last = groups.at(-1);
    // Rows that do not fill a quad would shift the next matrix's rows; such matrices stay apart.
    if (last && sameFormat(last.format, format) && last.rows % 4 === 0) {
      last.matrices.push(name);
      last.rows += rows;
    } else groups.push({ layer, matrices: [name], format, rows, cols });
  }
  return groups;
}

/** Rows of a whole matrix. */
export function rowsOf(config: ModelConfig, name: MatrixName | TableName): number {
  return name === "embedding" || name === "head" ? config.vocabSize : matrixShape(config, name)[0];
}

export function sameFormat(a: WeightFormat, b: WeightFormat): boolean {
  const alike = a.id === b.id && a.group === b.group && a.method === b.method;
  return alike && a.sparse === b.sparse && a.pruned === b.pruned && a.fromFile === b.fromFile;
}

/** Every buffer of weights a set of plans reads, each once. */
export function weightRefs(plans: readonly Plan[]): Map<string, WeightRef> {
  const refs = new Map<string, WeightRef>();
  for (const plan of plans) {
    for (const step of plan.steps) {
      if (step.op === "linear" || step.op === "embed")
        refs.set(weightKey(step.weights), step.weights);
    }
  }
  return refs;
}

/** "3.q+k+v int4-g32 rtn packed": equal keys hold equal bytes. */
export function weightKey(ref: WeightRef): string {
  const { id, group, method, fromFile } = ref.format;
  const part = ref.firstRow === 0 ? "" : `@${ref.firstRow}`;
  const stored = `${formatRow(id).stored ?? id}-${group ?? "none"}`;
  const kept = [stored, ...sparseParts(ref.format)].join("+");
  return `${ref.layer}.${ref.matrices.join("+")}${part} ${kept} ${fromFile ? "native" : method} ${ref.layout}`;
}
