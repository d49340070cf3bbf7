import type { ModelConfig } from "../model/config.ts";
import { withContext } from "../model/files.ts";
import { buildPlan, type PlanMode, type WeightRef, weightRefs } from "../model/plan.ts";
import { kvDim, vectorCount } from "../model/weights.ts";
import { type FileFormats, resolveNative } from "../quant/native.ts";
import { formatSetting, parseSetting, type Setting } from "../quant/setting.ts";
import { activationBytes } from "./activations.ts";
import type { LoadChoice, ModelNeeds, SizeReport } from "./protocol.ts";
import { refBytes, sizeReport } from "./size.ts";

interface SizedModel {
  readonly config: ModelConfig;
  /** How its file stores it, where that is blocks. */
  readonly formats: FileFormats | null;
}

/** What a device allows, as far as it says. */
export interface Allowance {
  /** Of one buffer as kernels see it. */
  readonly bufferBytes: number;
  /** Of the machine; null where the browser does not say. */
  readonly memoryBytes: number | null;
  /** What the page itself will hold of the weights. */
  readonly masterBytes: number;
}

const modes: readonly PlanMode[] = ["decode", "prefill", "first", "score"];
/** One cache for each side, and one to compare the candidate's text under the reference. */
const streams = 3;

interface Largest {
  readonly name: string;
  readonly bytes: number;
}

/** What a model takes under two settings, what of it this device refuses, and what would fit instead. */
export function modelNeeds(model: SizedModel, choice: LoadChoice, allowed: Allowance): ModelNeeds {
  const needs = measured(model, choice, allowed);
  const fine = needs.faults.length === 0 && needs.doubts.length === 0;
  const instead = fine ? null : findFit(model, choice, allowed);
  return { ...needs, instead };
}

function measured(
  model: SizedModel,
  asked: LoadChoice,
  { bufferBytes, memoryBytes, masterBytes }: Allowance,
): Omit<ModelNeeds, "instead"> {
  const config = withContext(model.config, asked.context);
  const settings = {
    reference: settingFor(asked.reference, model),
    candidate: settingFor(asked.candidate, model),
  };
  const other = { kvCache: cacheBytes(config), activations: scratchBytes(config) };
  const refs = {
    reference: refsOf(config, computed(settings.reference, model)),
    candidate: refsOf(config, computed(settings.candidate, model)),
  };
  const size = (of: "reference" | "candidate"): SizeReport =>
    sizeReport(config, refs[of].values(), refBytes, other);
  const [reference, candidate] = [size("reference"), size("candidate")];
  const both = new Map([...refs.reference, ...refs.candidate]);
  const weights = sum([...both.values()].map(bytesOfRef));
  const gpu = {
    weights,
    norms: reference.norms,
    kvCache: streams * other.kvCache,
    activations: other.activations,
  };
  const total = sum(Object.values(gpu));
  const largest = { ...largestBuffer(config, both), allowed: bufferBytes };
  return {
    choice: {
      reference: formatSetting(settings.reference),
      candidate: formatSetting(settings.candidate),
      context: config.contextLength,
    },
    reference,
    candidate,
    gpu: { ...gpu, total },
    masterBytes,
    largest,
    memoryBytes,
    faults: largest.bytes > bufferBytes ? [tooLarge(largest)] : [],
    doubts: doubtsOf(total + masterBytes, memoryBytes),
  };
}

/** A setting made for a deeper model keeps what this one has layers for. */
function settingFor(text: string, { config, formats }: SizedModel): Setting {
  const setting = parseSetting(text, { native: formats !== null });
  return { ...setting, overrides: setting.overrides.filter(({ last }) => last < config.layers) };
}

function computed(setting: Setting, { formats }: SizedModel): Setting {
  return formats ? resolveNative(setting, formats) : setting;
}

function refsOf(config: ModelConfig, setting: Setting): ReadonlyMap<string, WeightRef> {
  return weightRefs(modes.map((mode) => buildPlan(config, setting, mode)));
}

function bytesOfRef(ref: WeightRef): number {
  const { weights, scales, positions } = refBytes(ref);
  return weights + scales + positions;
}

/** Of one text at its longest. */
function cacheBytes(config: ModelConfig): number {
  return config.layers * 2 * layerCacheBytes(config);
}

function layerCacheBytes(config: ModelConfig): number {
  return kvDim(config) * config.contextLength * 4;
}

function scratchBytes(config: ModelConfig): number {
  return sum(Object.values(activationBytes(config))) + sum(rotaryBytes(config));
}

function rotaryBytes({ rotary, contextLength }: ModelConfig): number[] {
  return rotary.map(({ dims }) => contextLength * dims * 4);
}

function largestBuffer(config: ModelConfig, refs: ReadonlyMap<string, WeightRef>): Largest {
  const vectors = vectorCount(config) > 0 && config.positionOffset !== null;
  const buffers: Largest[] = [
    { name: "a layer's cache", bytes: layerCacheBytes(config) },
    { name: "the logits", bytes: activationBytes(config).logits },
    { name: "the table of rotations", bytes: Math.max(0, ...rotaryBytes(config)) },
    {
      name: "the learned positions",
      bytes: vectors ? config.contextLength * config.hiddenSize * 4 : 0,
    },
  ];
  for (const ref of refs.values()) {
    const parts = refBytes(ref);
    const name =
      ref.layer === "table" ? "the table of tokens" : `${ref.layer}.${ref.matrices.join("+")}`;
    buffers.push({ name, bytes: Math.max(parts.weights, parts.scales, parts.positions) });
  }
  return buffers.reduce((most, buffer) => (buffer.bytes > most.bytes ? buffer : most));
}

function tooLarge({ name, bytes, allowed }: ModelNeeds["largest"]): string {
  return `${capital(name)} takes ${megabytes(bytes)} MB in one buffer, and this device allows ${megabytes(allowed)} MB.`;
}

function doubtsOf(bytes: number, memoryBytes: number | null): string[] {
  // Browsers round what they tell of the memory, and never tell more than a few gigabytes.
  if (memoryBytes === null || bytes < memoryBytes * 0.6) return [];
  return [
    `All in all it takes ${megabytes(bytes)} MB, much of this machine's memory (about ${megabytes(memoryBytes)} MB, as the browser says): loading may fail.`,
  ];
}

/** Candidates for what would fit, from near what was asked to far. */
function findFit(model: SizedModel, asked: LoadChoice, allowed: Allowance): LoadChoice | null {
  const contexts = [asked.context, 2048, 1024, 512].filter((context) => context <= asked.context);
  const references = [asked.reference, "f16", "f16;head=int8-g32", "f16;head=int4-g32"];
  const candidates = [asked.candidate, ...["int8-g32", "int4-g32"].map(withHead)];
  function withHead(head: string): string {
    const setting = settingFor(asked.candidate, model);
    return formatSetting({ ...setting, head: parseSetting(head).base });
  }
  for (const context of contexts) {
    for (const reference of references) {
      for (const candidate of candidates) {
        const choice = { reference, candidate, context };
        const needs = measured(model, choice, allowed);
        if (needs.faults.length === 0 && needs.doubts.length === 0) return needs.choice;
      }
    }
  }
  return null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value.toFixed(value >= 10 ? 0 : 1);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
