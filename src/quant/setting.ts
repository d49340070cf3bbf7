import { type ActivationGroup, SPAN } from "./activations.ts";
import { fullKv, type KvBits, kvWidths } from "./kv-cache.ts";
import {
  canonicalOverrides,
  layerMatrices,
  type MatrixName,
  type Override,
  overrideOf,
} from "./overrides.ts";
import { type ExactFamily, exactFamilies, exactNames, type Family } from "./registry.ts";
import { type Piece, SettingError, trimmed } from "./setting-error.ts";
import type { WeightFormat } from "./types.ts";
import {
  cutFormat,
  type FormatText,
  formatName,
  formatStem,
  isNative,
  isSparsePart,
  methodSuffix,
  readFormat,
  sparsePart,
  sparseParts,
} from "./weight-format.ts";

export type { ActivationGroup, KvBits, MatrixName, Override };
export { formatName, SettingError };

export type ActivationBits = 32 | 8 | 6 | 4 | 2;
/** "auto": the fastest kernel family that is exact for the setting. */
export type KernelFamily = "auto" | Family;

/** All the dials at once: plain data that, with the model, says everything about the weights. */
export interface Setting {
  /** Of every two-dimensional weight inside the layers that no override names. */
  readonly base: WeightFormat;
  /** Bits of the inputs of every quantised matrix; 32: left in f32. */
  readonly activations: ActivationBits;
  /** Inputs that share a scale; 32 where activations are left in f32. */
  readonly activationGroup: ActivationGroup;
  /** Of cached keys and values; 32: left in f32. */
  readonly kv: KvBits;
  readonly family: KernelFamily;
  /** Of the embedding and the output head. */
  readonly head: WeightFormat;
  /** Of the embedding alone, where a file stores it otherwise than the head; only resolveNative sets it. */
  readonly embedding?: WeightFormat;
  readonly overrides: readonly Override[];
}

const activationBits = [8, 6, 4, 2] as const;
const families: readonly Family[] = ["dequant", ...exactNames];
const fullActivations: ActivationBits = 32;
const smallerKv = kvWidths.filter((bits) => bits !== fullKv);
/** Keeps a slip of the keyboard from asking for a billion layers. */
const LAYER_LIMIT = 1000;

/**
 * Reads a setting, case and spaces around its pieces set aside; parts may come in any order. An
 * override names its whole format, `+2:4` and `@clip` included, and takes nothing from the base.
 * With `layers`, layers that the model lacks are refused, and `native` where its file is said to have no blocks. Throws SettingError.
 */
export function parseSetting(text: string, options: ModelLimits = {}): Setting {
  const sections = cutSections(text);
  const [main = { text: "", index: 0 }, ...rest] = sections;
  const cut = cutFormat(main);
  const base = readHere(cut, options);
  const dials = readParts(cut.parts, exactOf(base));
  let head: WeightFormat | undefined;
  const overrides: Override[] = [];
  for (const section of rest) {
    const [target, format] = cutAssignment(section);
    if (target.text === "head") {
      if (head) throw new SettingError(target, "is given twice", []);
      head = readHead(format, options);
    } else {
      overrides.push({ ...readTarget(target, options.layers), format: readPlain(format, options) });
    }
  }
  checkFamily(cut, base, dials, overrides);
  return {
    base,
    activations: dials.activations,
    activationGroup: dials.activationGroup,
    kv: dials.kv,
    family: dials.family,
    head: head ?? defaultHead(base),
    overrides: canonicalOverrides(base, overrides),
  };
}

/** The canonical string: defaults left out, overrides merged as canonicalOverrides says. */
export function formatSetting(setting: Setting): string {
  const { base, activations, activationGroup, kv, family, head, overrides } = setting;
  const parts = [
    ...sparseParts(base),
    ...(activations === fullActivations
      ? []
      : [`a${activations}${activationGroup === "row" ? "-row" : ""}`]),
    ...(kv === fullKv ? [] : [`kv${kv}`]),
    ...(family === "auto" ? [] : [family]),
  ];
  const main = [formatStem(base), ...parts].join("+") + methodSuffix(base);
  const headName = formatName(head);
  const sections = [main];
  if (headName !== formatName(defaultHead(base))) sections.push(`head=${headName}`);
  for (const { first, last, matrix, format } of canonicalOverrides(base, overrides)) {
    const layers = first === last ? `${first}` : `${first}-${last}`;
    sections.push(`${layers}${matrix === null ? "" : `.${matrix}`}=${formatName(format)}`);
  }
  return sections.join(";");
}

/** The format of one matrix of one layer. */
export function formatOf(setting: Setting, layer: number, matrix: MatrixName): WeightFormat {
  return overrideOf(setting.overrides, layer, matrix) ?? setting.base;
}

/** The format of the output head, or of the embedding; a tied one is the head. */
export function tableFormat(
  { head, embedding }: Setting,
  name: "embedding" | "head",
): WeightFormat {
  return name === "embedding" ? (embedding ?? head) : head;
}

/** What head is when a setting leaves it out. */
export function defaultHead(base: WeightFormat): WeightFormat {
  const same = base.id === "f32" || base.id === "f16" || isNative(base);
  if (same) return { id: base.id, sparse: false, method: "rtn" };
  return { id: "int8", group: 32, sparse: false, method: "rtn" };
}

/** What a model has for settings to name. */
export interface ModelLimits {
  readonly layers?: number;
  /** Whether its file has blocks that `native` could leave as they are. */
  readonly native?: boolean;
}

function readHere(cut: FormatText, { native }: ModelLimits): WeightFormat {
  const format = readFormat(cut);
  if (native === false && isNative(format)) {
    const problem = "leaves the blocks of a GGUF file as they are, and there are none here";
    throw new SettingError(cut.name, problem, ["f32", "f16"]);
  }
  return format;
}

/** Pieces between semicolons, in lower case, without spaces around them. */
function cutSections(text: string): Piece[] {
  // ASCII letters only: other ones may change length, and positions must stay true.
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return Array.from(lower.matchAll(/(?<=^|;)[^;]*/g), (match) => trimmed(match[0], match.index));
}

function cutAssignment(section: Piece): [Piece, Piece] {
  const at = section.text.indexOf("=");
  if (at < 0) {
    const examples = ["head=int4-g32", "0-1=int8-g32", "5.down=int6-g32"];
    throw new SettingError(section, "does not say which layers get which format", examples);
  }
  return [
    trimmed(section.text.slice(0, at), section.index),
    trimmed(section.text.slice(at + 1), section.index + at + 1),
  ];
}

type Dials = Pick<Setting, "activations" | "activationGroup" | "kv" | "family">;

/** Parts behind the base format; those of sparsity are readFormat's. */
function readParts(parts: readonly Piece[], exact: readonly Family[]): Dials {
  let activations: ActivationBits | undefined;
  let activationGroup: ActivationGroup = SPAN;
  let kv: KvBits | undefined;
  let family: KernelFamily | undefined;
  let sparse = false;
  for (const part of parts) {
    const bits = activationBits.find((count) => part.text.replace(/-row$/, "") === `+a${count}`);
    const cached = smallerKv.find((count) => part.text === `+kv${count}`);
    const named = families.find((name) => part.text === `+${name}`);
    const isSparse = isSparsePart(part);
    const taken = (bits && activations) || (cached && kv) || (named && family);
    if (taken || (isSparse && sparse)) {
      throw new SettingError(part, "sets a dial that is set already", []);
    }
    if (!bits && !cached && !named && !isSparse) {
      throw new SettingError(part, "is not a part", [
        ...(sparse ? [] : [`+${sparsePart}`, "+50%"]),
        ...(activations ? [] : activationBits.map((count) => `+a${count}`)),
        ...(activations ? [] : ["+a8-row"]),
        ...(kv ? [] : smallerKv.map((count) => `+kv${count}`)),
        ...(family ? [] : ["dequant", ...exact].map((name) => `+${name}`)),
      ]);
    }
    activations = bits ?? activations;
    if (bits && part.text.endsWith("-row")) activationGroup = "row";
    kv = cached ?? kv;
    family = named ?? family;
    sparse ||= isSparse;
  }
  return {
    activations: activations ?? fullActivations,
    activationGroup,
    kv: kv ?? fullKv,
    family: family ?? "auto",
  };
}

/** The format of an override: a weight format with nothing but its sparsity and a method. */
function readPlain(piece: Piece, limits: ModelLimits): WeightFormat {
  const cut = cutFormat(piece);
  const format = readHere(cut, limits);
  const fits = [`+${sparsePart}`, "+50%"];
  for (const [i, part] of cut.parts.entries()) {
    if (!isSparsePart(part)) throw new SettingError(part, "is not a part of an override", fits);
    if (i > 0) throw new SettingError(part, "is given twice", []);
  }
  return format;
}

function readHead(piece: Piece, limits: ModelLimits): WeightFormat {
  const cut = cutFormat(piece);
  const format = readHere(cut, limits);
  const [part] = cut.parts;
  if (part) throw new SettingError(part, "does not apply to the embedding and the head", []);
  return format;
}

function readTarget(target: Piece, layers = LAYER_LIMIT): Omit<Override, "format"> {
  const [, layerText = "", lastText, matrixText] =
    /^(\d+)(?:-(\d+))?(?:\.([^.]*))?$/.exec(target.text) ?? [];
  if (layerText === "") {
    const fits = ["head", `0-${layers - 1}`, ...layerMatrices.map((name) => `0.${name}`)];
    throw new SettingError(target, "names no layers", fits);
  }
  const first = Number(layerText);
  const last = lastText === undefined ? first : Number(lastText);
  if (last >= layers) {
    throw new SettingError(target, "names a layer that is not there", [`0-${layers - 1}`]);
  }
  if (first > last) throw new SettingError(target, "runs backwards", [`${last}-${first}`]);
  if (matrixText === undefined) return { first, last, matrix: null };
  const matrix = layerMatrices.find((name) => name === matrixText);
  if (matrix) return { first, last, matrix };
  const at = target.text.indexOf(".");
  const wrong = { text: target.text.slice(at), index: target.index + at };
  throw new SettingError(
    wrong,
    "is not a matrix of a layer",
    layerMatrices.map((name) => `.${name}`),
  );
}

/** The exact families of a format, 2:4 set aside; which of a file's blocks are integers only the file knows. */
function exactOf(base: WeightFormat): readonly ExactFamily[] {
  return isNative(base) ? exactNames : exactFamilies({ ...base, sparse: false });
}

/** What is wrong with a format of whole levels that a family has no kernel for. */
const lacking = {
  dp4a: "has no bytes of",
  bitserial: "has no bit planes of",
  lut: "needs weights that are sums of signs, not",
} as const;

/** Refuses kernel families that do not exist for the formats, pointing at the part. */
function checkFamily(
  cut: FormatText,
  base: WeightFormat,
  { family, activations }: Dials,
  overrides: readonly Override[],
): void {
  const piece = cut.parts.find((part) => part.text === `+${family}`);
  if (!piece || family === "dequant" || family === "auto") return;
  const dense = exactOf(base);
  if (!dense.includes(family)) {
    const problem = dense.length > 0 ? lacking[family] : "needs integer weights, not";
    const fits = [...dense, "dequant"].map((name) => `+${name}`);
    throw new SettingError(piece, `${problem} ${base.id}`, fits);
  }
  if (activations === fullActivations) {
    const fits = activationBits.map((count) => `+a${count}${piece.text}`);
    throw new SettingError(piece, "needs integer activations", fits);
  }
  if (
    family === "bitserial" &&
    [base, ...overrides.map((one) => one.format)].some((f) => f.sparse)
  ) {
    throw new SettingError(piece, "has no kernel for 2:4", ["+dp4a", "+dequant"]);
  }
}
