import { kvWidths } from "../quant/kv-cache.ts";
import { layerMatrices } from "../quant/overrides.ts";
import { formatRow, formats, usualFormat } from "../quant/registry.ts";
import {
  type ActivationBits,
  defaultHead,
  formatName,
  formatOf,
  formatSetting,
  type KernelFamily,
  parseSetting,
  type Setting,
  SettingError,
} from "../quant/setting.ts";
import type { FormatRow, Group, WeightFormat } from "../quant/types.ts";
import { isNative, nativeFormat } from "../quant/weight-format.ts";
import type { Dial, DialOption, LayerCell } from "./types.ts";

/** What an integer format has and a float lacks: kept while the dials stand on a float. */
export interface IntegerHabit {
  readonly group: Group;
  readonly asymmetric: boolean;
}

export const firstHabit: IntegerHabit = { group: 32, asymmetric: false };

/** Bits that "integer" goes to from a float. */
const WIDEST_INTEGER = 8;

const groups: readonly Group[] = [32, 64, 128, "row"];
const activationBits: readonly ActivationBits[] = [32, 8, 6, 4, 2];
const kernels: readonly { readonly family: KernelFamily; readonly label: string }[] = [
  { family: "auto", label: "auto" },
  { family: "dequant", label: "dequant" },
  { family: "dp4a", label: "dp4a" },
  { family: "bitserial", label: "bit-serial" },
  { family: "lut", label: "tables" },
];
const heads: readonly string[] = ["f32", "f16", "int8-g32", "int6-g32", "int4-g32"];

export function habitOf(setting: Setting, before: IntegerHabit): IntegerHabit {
  const { base } = setting;
  return base.group === undefined
    ? before
    : { group: base.group, asymmetric: lookOf(base).asymmetric };
}

type Look = Pick<
  FormatRow,
  "family" | "label" | "idea" | "asymmetric" | "fixedGroup" | "scales" | "sentence" | "paper"
>;

/** Of a model's own blocks, which need not all be of one kind. */
const nativeLook = {
  family: "native",
  label: "native",
  idea: "blocks of GGUF files",
  asymmetric: false,
  fixedGroup: 32,
  scales: null,
  sentence: "Every matrix in the codes and scales of its file, which are not rounded again.",
  paper: "GGUF, llama.cpp",
} as const satisfies Look;

function lookOf(format: WeightFormat): Look {
  return isNative(format) ? nativeLook : formatRow(format.id);
}

/** Every dial with its positions, what each would give, and why some cannot be had. `blocks` are those of the model's file. */
export function dialsOf(
  setting: Setting,
  habit: IntegerHabit,
  blocks: readonly string[] = [],
): readonly Dial[] {
  return [
    bitsDial(setting, habit, blocks),
    familyDial(setting, habit, blocks),
    symmetryDial(setting),
    groupDial(setting),
    sparsityDial(setting),
    activationsDial(setting),
    kvDial(setting),
    kernelDial(setting),
    headDial(setting, blocks),
    methodDial(setting),
  ];
}

export function cellsOf(setting: Setting, layers: number): readonly LayerCell[] {
  const base = formatName(setting.base);
  return Array.from({ length: layers }, (_, layer) =>
    layerMatrices.map((matrix): LayerCell => {
      const format = formatOf(setting, layer, matrix);
      const name = formatName(format);
      return { layer, matrix, format: name, short: shortName(format), overridden: name !== base };
    }),
  ).flat();
}

/** Formats to give single layers, with the group of the dials. */
export function brushesOf(setting: Setting, blocks: readonly string[] = []): readonly string[] {
  const group = setting.base.group ?? firstHabit.group;
  const brushes = [false, true].flatMap((sparse) =>
    formats
      .filter((row) => row.sparse || !sparse)
      .map((row) => {
        const usual = usualFormat(row);
        return formatName({ ...usual, ...(row.groups.includes(group) && { group }), sparse });
      }),
  );
  return blocks.length > 0 ? [formatName(nativeFormat), ...brushes] : brushes;
}

function bitsDial(setting: Setting, habit: IntegerHabit, [most]: readonly string[]): Dial {
  const { id } = setting.base;
  // Of a file's blocks, what most matrices have.
  const now = formatRow(isNative(setting.base) ? (most ?? "f32") : id).bits;
  const widths = formats.filter(turnable).map(({ bits }) => bits);
  const all = [...new Set([now, ...widths])].sort((a, b) => b - a);
  const options = all.map((bits) =>
    option(setting, String(bits), String(bits), bits === now, () =>
      withBase(setting, ofBits(setting, habit, bits)),
    ),
  );
  return { id: "bits", label: "Bits", options, note: "" };
}

/** Floats and integers, which the bits dial goes through, then every other format by its name; the file's own blocks where it has some. */
function familyDial(setting: Setting, habit: IntegerHabit, blocks: readonly string[]): Dial {
  const row = lookOf(setting.base);
  const bits = isNative(setting.base) ? WIDEST_INTEGER : formatRow(setting.base.id).bits;
  const target = { float: 16, int: Math.min(bits, WIDEST_INTEGER) } as const;
  const options = (["float", "int"] as const).map((family) =>
    option(setting, family, family === "int" ? "integer" : "float", row.family === family, () =>
      withBase(setting, ofBits(setting, habit, target[family])),
    ),
  );
  const others = formats
    .filter((other) => !turnable(other))
    .map((other) => ({
      ...option(setting, other.id, other.label, other.id === setting.base.id, () =>
        withBase(setting, asFormat(setting.base, habit, other)),
      ),
      heading: other.idea,
      about: aboutOf(other),
    }));
  const own = isNative(setting.base);
  const named = blocks.slice(0, 2).map(labelOf).join(", ");
  const native = {
    ...option(setting, "native", `native (${named}${blocks.length > 2 ? ", …" : ""})`, own, () =>
      withBase(setting, nativeFormat),
    ),
    heading: nativeLook.idea,
  };
  const offered = blocks.length > 0 ? [native] : [];
  return {
    id: "family",
    label: "Number format",
    options: [...options, ...offered, ...others],
    note: own ? `${blocks.map(labelOf).join(", ")} as in the file` : row.label,
    about: aboutOf(row),
  };
}

function aboutOf({ sentence, paper }: Pick<FormatRow, "sentence" | "paper">): string {
  return paper ? `${sentence} ${paper}.` : sentence;
}

function labelOf(id: string): string {
  return formatRow(id).label;
}

/** Formats that have a row for every width of theirs and are reached by the bits dial. */
function turnable({ family }: FormatRow): boolean {
  return family === "float" || family === "int";
}

function asFormat(
  { group, sparse, pruned, method }: WeightFormat,
  habit: IntegerHabit,
  row: FormatRow,
): WeightFormat {
  const wanted = row.groups.find((size) => size === (group ?? habit.group));
  return {
    ...usualFormat(row),
    ...(wanted !== undefined && { group: wanted }),
    sparse,
    ...(pruned !== undefined && { pruned }),
    method,
  };
}

function symmetryDial(setting: Setting): Dial {
  const { base } = setting;
  const row = lookOf(base);
  const options = [false, true].map((asymmetric) => {
    const label = asymmetric ? "asymmetric" : "symmetric";
    if (row.family !== "int") {
      return impossible(label, label, `${base.id} has no zero point to move.`);
    }
    const id = integerId(formatRow(base.id).bits, asymmetric);
    return option(setting, label, label, row.asymmetric === asymmetric, () =>
      withBase(setting, { ...base, id }),
    );
  });
  return { id: "symmetry", label: "Symmetry", options, note: "" };
}

function groupDial(setting: Setting): Dial {
  const { base } = setting;
  const options = groups.map((group) => {
    const label = String(group);
    if (base.group === undefined) {
      const { fixedGroup, scales } = lookOf(base);
      const reason = fixedGroup
        ? "a group of its own"
        : scales
          ? "no groups"
          : "no scales, and so no groups";
      return impossible(label, label, `${base.id} has ${reason}.`);
    }
    return option(setting, label, label, base.group === group, () =>
      withBase(setting, { ...base, group }),
    );
  });
  const note =
    base.group === undefined
      ? lookOf(base).fixedGroup
        ? "its own"
        : "none"
      : base.group === "row"
        ? "one scale a row"
        : `one scale for ${base.group}`;
  return { id: "group", label: "Group", options, note };
}

function sparsityDial(setting: Setting): Dial {
  const { base } = setting;
  const { pruned: now, ...dense } = { ...base, sparse: false };
  const shares = [...new Set([50, now ?? 50])].sort((a, b) => a - b);
  const turns: readonly (readonly [label: string, base: WeightFormat])[] = [
    ["dense", dense],
    ["2:4", { ...dense, sparse: true }],
    ...shares.map((pruned) => [`${pruned}%`, { ...dense, pruned }] as const),
  ];
  const options = turns.map(([label, to]) =>
    option(setting, label, label, formatName(to) === formatName(base), () => withBase(setting, to)),
  );
  const note = base.sparse
    ? "two of four are kept"
    : now === undefined
      ? "every weight is kept"
      : `${now} % are zero, stored dense`;
  return { id: "sparsity", label: "Sparsity", options, note };
}

function activationsDial(setting: Setting): Dial {
  const { base, head, overrides, activations, activationGroup } = setting;
  const quantised = [base, head, ...overrides.map(({ format }) => format)].some(
    (format) => lookOf(format).family !== "float",
  );
  const widths = [
    ...activationBits.map((bits) => ({ bits, group: 32 }) as const),
    ...activationBits.slice(1).map((bits) => ({ bits, group: "row" }) as const),
  ];
  const options = widths.map(({ bits, group }) => {
    const label = group === "row" ? `${bits} row` : String(bits);
    const chosen = bits === activations && group === activationGroup;
    if (!quantised && !chosen) {
      return impossible(label, label, "only the inputs of quantised matrices are rounded.");
    }
    return option(setting, label, label, chosen, () => ({
      ...setting,
      activations: bits,
      activationGroup: group,
    }));
  });
  const scale = activationGroup === "row" ? "one scale for a token" : "one scale for 32";
  const note = activations === 32 ? "float" : `integers, ${scale}`;
  return { id: "activations", label: "Activations", options, note };
}

function kvDial(setting: Setting): Dial {
  const options = kvWidths.map((bits) => {
    const label = String(bits);
    return option(setting, label, label, setting.kv === bits, () => ({ ...setting, kv: bits }));
  });
  const note = setting.kv > 8 ? "float" : "integers";
  return { id: "kv", label: "KV cache", options, note };
}

function kernelDial(setting: Setting): Dial {
  const options = kernels.map(({ family, label }) =>
    option(setting, family, label, setting.family === family, () => ({ ...setting, family })),
  );
  return { id: "kernel", label: "Kernel", options, note: "" };
}

function headDial(setting: Setting, blocks: readonly string[]): Dial {
  const now = formatName(setting.head);
  const offered = blocks.length > 0 ? [...heads, formatName(nativeFormat)] : heads;
  const names = offered.includes(now) ? offered : [...offered, now];
  const options = names.map((name) =>
    option(setting, name, name.replace(/-g32$/, ""), name === now, () => ({
      ...setting,
      head: parseSetting(name).base,
    })),
  );
  const usual = formatName(defaultHead(setting.base)) === now;
  return { id: "head", label: "Embedding and head", options, note: usual ? "as usual" : now };
}

function methodDial(setting: Setting): Dial {
  const { base } = setting;
  const options = (["rtn", "clip", "fit"] as const).map((method) =>
    option(setting, method, method === "rtn" ? "round" : method, base.method === method, () =>
      withBase(setting, { ...base, method }),
    ),
  );
  const notes = {
    rtn: "to the nearest code",
    clip: "the best range of 80 a group",
    fit: "scales by least squares",
  } as const;
  const note = notes[base.method];
  return { id: "method", label: "Method", options, note };
}

/** The head follows the layers as long as it is what they usually come with. */
function withBase(setting: Setting, base: WeightFormat): Setting {
  const usual = formatName(setting.head) === formatName(defaultHead(setting.base));
  return { ...setting, base, head: usual ? defaultHead(base) : setting.head };
}

function ofBits({ base }: Setting, habit: IntegerHabit, bits: number): WeightFormat {
  const { sparse, pruned, method } = base;
  const kept = { sparse, ...(pruned !== undefined && { pruned }), method };
  const float = formats.find((row) => row.family === "float" && row.bits === bits);
  if (float) return { id: float.id, ...kept };
  return { id: integerId(bits, habit.asymmetric), group: habit.group, ...kept };
}

function integerId(bits: number, asymmetric: boolean): string {
  const row = formats.find(
    (other) => other.family === "int" && other.bits === bits && other.asymmetric === asymmetric,
  );
  return row?.id ?? `int${bits}`;
}

/** A position is possible when the setting it leads to can be read; if not, the reader says why. */
function option(
  now: Setting,
  value: string,
  label: string,
  chosen: boolean,
  turn: () => Setting,
): DialOption {
  if (chosen) return { value, label, chosen, setting: formatSetting(now), reason: null };
  try {
    const setting = formatSetting(turn());
    parseSetting(setting);
    return { value, label, chosen, setting, reason: null };
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    return impossible(value, label, reasonOf(error));
  }
}

/** The dials stand next to each other: neither the place in the text nor what to type helps here. */
function reasonOf({ message }: SettingError): string {
  return message.replace(/ at character \d+/, "").replace(/; .* would fit\.$/, ".");
}

function impossible(value: string, label: string, reason: string): DialOption {
  return { value, label, chosen: false, setting: null, reason };
}

/** "4", "4a" (asymmetric), "4s" (2:4), "4%" (pruned), "16", "n" (native). */
function shortName(format: WeightFormat): string {
  if (isNative(format)) return "n";
  const { id, sparse, pruned } = format;
  const { bits, asymmetric } = formatRow(id);
  return `${bits}${asymmetric ? "a" : ""}${sparse ? "s" : pruned === undefined ? "" : "%"}`;
}
