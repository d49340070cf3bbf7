import { exactFamilies } from "../quant/registry.ts";
import type { Setting } from "../quant/setting.ts";
import { formatOf, headFormat } from "../quant/setting.ts";
import type { Layout, WeightFormat } from "../quant/types.ts";
import type { ModelConfig } from "./config.ts";
import { type MatrixName, matrixShape } from "./weights.ts";

/** The tables at both ends; a tied head is one table and goes by "head". */
export type TableName = "embedding" | "head";

/** Matrices whose rows stand under one another in one buffer, because they share their input and their format. */
export interface WeightRef {
  readonly layer: number | "table";
  readonly matrices: readonly (MatrixName | TableName)[];
  readonly format: WeightFormat;
  readonly layout: Layout;
  /** Sum of the matrices' rows, and their shared input width. */
  readonly rows: number;
  readonly cols: number;
}

export type Family = "dequant" | "dp4a" | "bitserial";

/** Activations by role; [tokens][stride] f32, the tail beyond the width is zero. */
export type ActivationName =
  | "hidden"
  | "normed"
  | "qkv"
  | "attended"
  | "gateUp"
  | "mixed"
  | "last"
  | "logits";

export type Step =
  | { readonly op: "embed"; readonly weights: WeightRef; readonly output: ActivationName }
  | {
      readonly op: "rmsnorm";
      readonly gain: string;
      readonly input: ActivationName;
      readonly output: ActivationName;
      readonly lastOnly: boolean;
    }
  | {
      readonly op: "quantize";
      readonly form: "bytes" | "planes" | "fake";
      readonly bits: number;
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
    }
  | { readonly op: "rope"; readonly layer: number }
  | { readonly op: "attention"; readonly layer: number }
  | { readonly op: "swiglu" }
  | { readonly op: "sample" };

/** "decode": one token and a sample; "prefill": a batch into the cache; "first": a batch, its last logits and a sample; "score": all logits. */
export type PlanMode = "decode" | "prefill" | "first" | "score";

export interface Plan {
  readonly mode: PlanMode;
  /** Tokens of a batch at most: 1 or 16. */
  readonly tokens: number;
  readonly steps: readonly Step[];
}

export const batchTokens = 16;

/** Floats of an activation row, by role: padded to 64, because a 2:4 block spans 64 inputs. */
export function activationWidths(config: ModelConfig): Readonly<Record<ActivationName, number>> {
  const { heads, kvHeads, headDim, hiddenSize, intermediateSize, vocabSize } = config;
  const pad = (width: number): number => Math.ceil(width / 64) * 64;
  return {
    hidden: pad(hiddenSize),
    normed: pad(hiddenSize),
    qkv: pad((heads + 2 * kvHeads) * headDim),
    attended: pad(heads * headDim),
    gateUp: pad(2 * quadRows(intermediateSize)),
    mixed: pad(intermediateSize),
    last: pad(hiddenSize),
    logits: pad(vocabSize),
  };
}

/** Rows as the kernels write them: in fours. */
export function quadRows(rows: number): number {
  return Math.ceil(rows / 4) * 4;
}

/**
 * The kernel family of a matrix. Integer kernels need integer codes and integer activations; what has none runs on activations that are
 * rounded and widened again. Of the exact families DP4A is taken unless the setting names the other: they give the same numbers.
 */
export function familyOf(setting: Setting, format: WeightFormat): Family {
  if (setting.activations === 32 || setting.family === "dequant") return "dequant";
  const exact = exactFamilies(format);
  return exact.find((family) => family === setting.family) ?? exact[0] ?? "dequant";
}

export function buildPlan(config: ModelConfig, setting: Setting, mode: PlanMode): Plan {
  const tokens = mode === "decode" ? 1 : batchTokens;
  const steps: Step[] = [];
  const head = headFormat(setting);
  // Gathering and the output head read one table. Bit planes would need a second copy of it, and DP4A gives the same bits, so the head
  // never takes planes.
  const table = (name: TableName): WeightRef => ({
    layer: "table",
    matrices: [config.tiedHead ? "head" : name],
    format: head,
    layout: "packed",
    rows: config.vocabSize,
    cols: config.hiddenSize,
  });

  steps.push({ op: "embed", weights: table("embedding"), output: "hidden" });
  for (let layer = 0; layer < config.layers; layer++) {
    steps.push({
      op: "rmsnorm",
      gain: `${layer}.attention`,
      input: "hidden",
      output: "normed",
      lastOnly: false,
    });
    steps.push(...linears(config, setting, layer, ["q", "k", "v"], "normed", "qkv", "set"));
    steps.push({ op: "rope", layer }, { op: "attention", layer });
    steps.push(...linears(config, setting, layer, ["o"], "attended", "hidden", "add"));
    steps.push({
      op: "rmsnorm",
      gain: `${layer}.mlp`,
      input: "hidden",
      output: "normed",
      lastOnly: false,
    });
    steps.push(...linears(config, setting, layer, ["gate", "up"], "normed", "gateUp", "set"));
    steps.push({ op: "swiglu" });
    steps.push(...linears(config, setting, layer, ["down"], "mixed", "hidden", "add"));
  }
  if (mode === "prefill") return { mode, tokens, steps };

  const all = mode === "score";
  const lastInput = all ? "normed" : "last";
  steps.push({ op: "rmsnorm", gain: "final", input: "hidden", output: lastInput, lastOnly: !all });
  const wanted = familyOf(setting, head);
  const family = wanted === "bitserial" ? "dp4a" : wanted;
  const form = quantizedForm(setting, family);
  if (form)
    steps.push({
      op: "quantize",
      form,
      bits: setting.activations,
      input: lastInput,
      cols: config.hiddenSize,
    });
  steps.push({
    op: "linear",
    weights: table("head"),
    family,
    activationBits: setting.activations,
    input: lastInput,
    output: "logits",
    outputOffset: 0,
    store: "logits",
  });
  if (!all) steps.push({ op: "sample" });
  return { mode, tokens, steps };
}

function quantizedForm(setting: Setting, family: Family): "bytes" | "planes" | "fake" | null {
  if (setting.activations === 32) return null;
  return family === "dp4a" ? "bytes" : family === "bitserial" ? "planes" : "fake";
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
  const steps: Step[] = [];
  let offset = 0;
  let formMade: string | null = null;
  for (const group of groupByFormat(config, setting, layer, names)) {
    const family = familyOf(setting, group.format);
    const form = quantizedForm(setting, family);
    if (form && form !== formMade) {
      steps.push({ op: "quantize", form, bits: setting.activations, input, cols: group.cols });
    }
    formMade = form;
    steps.push({
      op: "linear",
      weights: { ...group, layout: family === "bitserial" ? "planes" : "packed" },
      family,
      activationBits: setting.activations,
      input,
      output,
      outputOffset: offset,
      store,
    });
    offset += quadRows(group.rows);
  }
  return steps;
}

function groupByFormat(
  config: ModelConfig,
  setting: Setting,
  layer: number,
  names: readonly MatrixName[],
): Omit<WeightRef, "layout">[] {
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

export function sameFormat(a: WeightFormat, b: WeightFormat): boolean {
  return a.id === b.id && a.group === b.group && a.sparse === b.sparse && a.method === b.method;
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
  const { id, group, sparse, method } = ref.format;
  return `${ref.layer}.${ref.matrices.join("+")} ${id}-${group ?? "none"}${sparse ? "+2:4" : ""} ${method} ${ref.layout}`;
}
