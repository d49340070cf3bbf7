import type {
  AdapterInfo,
  EvaluateSummary,
  ModelInfo,
  Roofs,
  SettingState,
  SpeedSample,
  TokenProfile,
} from "../engine/protocol.ts";
import type { PeerResult } from "./beside.ts";
import { tasksPart } from "./build-tasks.ts";
import { densityOf } from "./density.ts";
import { metricsOf } from "./metrics.ts";
import { moduleRows } from "./modules.ts";
import { peerPart } from "./peer-part.ts";
import type { QualityParts, QualitySummary } from "./quality.ts";
import type { Report, ReportEntry, ReportQuality, ReportSpeed } from "./report.ts";
import { extrasPart, type SpeedExtras } from "./speed-part.ts";
import type { TaskResults } from "./task-run.ts";
import { intervalRule } from "./units.ts";

export const REPORT_VERSION = 2;

/** What every time in a report is. */
const SPEED_RULE =
  "from the call to the token ids on the CPU; warm-ups are not counted; every counted repeat is listed";

/** A setting and what was measured of it; null is what was not. */
export interface MeasuredSetting
  extends Pick<
    SettingState,
    "setting" | "side" | "size" | "variants" | "dispatchesPerToken" | "checks" | "elapsedMs"
  > {
  readonly copies?: SettingState["copies"];
  readonly family: string;
  /** When its kernels were checked, ISO. */
  readonly checkedAt: string;
  readonly firstTokenMs: number | null;
  readonly quality: MeasuredQuality | null;
  readonly speed: SpeedSample | null;
  readonly tasks?: TaskResults | null;
  /** Why the repeats ended, in which order they were taken, and the curves. */
  readonly speedExtras?: SpeedExtras;
  readonly profile: TokenProfile | null;
  readonly peers?: readonly PeerResult[];
}

export interface MeasuredQuality {
  readonly summary: QualitySummary;
  /** Null while it is being measured. */
  readonly parts: QualityParts | null;
  readonly text: { readonly name: string; readonly sha256: string };
  readonly window: number;
  readonly stride: number;
  /** Tokens that would have been scored without a stop. */
  readonly total: number;
  /** Null while it is being measured. */
  readonly ended: EvaluateSummary["ended"] | null;
  /** The share of the KL within which its interval was to be, if it was to stop there. */
  readonly within: number | null;
  readonly bitsPerByte: { readonly reference: number; readonly candidate: number } | null;
}

export interface ReportParts {
  readonly appVersion: string;
  /** The browser's or Node's own words. */
  readonly agent: string;
  readonly time: string;
  readonly adapter: AdapterInfo;
  /** Null where they were not measured. */
  readonly roofs: Roofs | null;
  /** Memory of the device, where the runtime knows it. */
  readonly deviceBytes?: number;
  readonly model: ModelInfo;
  /** The setting that quality is measured against. */
  readonly reference: string;
  readonly settings: readonly ReportEntry[];
}

export function buildReport(parts: ReportParts): Report {
  const { runtime, subgroupSize, features, wgslFeatures, limits, ...names } = parts.adapter;
  const { name, architecture, parameters, layers, hiddenSize, vocabSize, contextLength, sha256 } =
    parts.model;
  return {
    schema: "bitdial-report",
    version: REPORT_VERSION,
    app: { name: "Bitdial", version: parts.appVersion },
    time: parts.time,
    runtime: { kind: runtime, agent: parts.agent },
    adapter: {
      name: names.name,
      vendor: names.vendor,
      architecture: names.architecture,
      device: names.device,
      description: names.description,
      software: names.software,
      features: [...features],
      wgslFeatures: [...wgslFeatures],
      subgroupSize: subgroupSize ? { ...subgroupSize } : null,
      limits: { ...limits },
    },
    roofs: parts.roofs,
    model: { name, architecture, parameters, layers, hiddenSize, vocabSize, contextLength, sha256 },
    reference: parts.reference,
    settings: withFigures(parts),
  };
}

/** What follows from the rows together: no row knows the roofs or the reference by itself. */
export function withFigures(
  parts: Pick<ReportParts, "roofs" | "reference" | "settings" | "deviceBytes"> & {
    readonly model: Pick<ModelInfo, "sha256">;
  },
): ReportEntry[] {
  const { roofs, settings, deviceBytes = null } = parts;
  const reference = settings.find(({ setting }) => setting === parts.reference) ?? null;
  return settings.map((entry) => ({
    ...entry,
    modules: moduleRows(entry, roofs),
    metrics: metricsOf(entry, { roofs, reference, deviceBytes }),
    density: densityOf(entry, parts),
  }));
}

export function reportEntry(measured: MeasuredSetting): ReportEntry {
  const { size, quality, speed, profile, checks } = measured;
  return {
    setting: measured.setting,
    role: measured.side,
    bytes: {
      layerWeights: size.layers.weights,
      layerScales: size.layers.scales,
      layerPositions: size.layers.positions,
      embedding: size.embedding,
      norms: size.norms,
      total: size.weightBytes,
    },
    bitsPerWeight: size.bitsPerWeight,
    layerBitsPerWeight: size.layerBitsPerWeight,
    kernelFamily: measured.family,
    variants: variantsPart(measured),
    dispatchesPerToken: measured.dispatchesPerToken,
    checks: {
      at: measured.checkedAt,
      passed: checks.filter(({ ok }) => ok).length,
      failed: checks.flatMap(({ ok, kernel, format, sentence }) =>
        ok ? [] : [{ kernel, format, sentence: sentence ?? "out of bounds" }],
      ),
    },
    firstTokenMs: measured.firstTokenMs,
    quality: quality && quality.summary.tokens > 0 ? qualityPart(quality) : null,
    speed: speed && speedPart(speed, measured),
    tasks: measured.tasks ? tasksPart(measured.tasks) : null,
    ...(measured.peers && { peers: measured.peers.map(peerPart) }),
    ...profilePart(profile),
    working: { kvCache: size.kvCache, activations: size.activations },
    modules: null,
    metrics: null,
    density: null,
  };
}

/** A kernel that the user changed is named as such. */
function variantsPart({ variants, copies = [] }: MeasuredSetting): Record<string, string> {
  const changed = copies.map(({ op, variant, sha256 }) => [
    op,
    `${variant}, changed copy ${sha256.slice(0, 8)}`,
  ]);
  return { ...variants, ...Object.fromEntries(changed) };
}

function profilePart(profile: TokenProfile | null): Pick<ReportEntry, "kernels" | "token"> {
  if (!profile) return { kernels: null, token: null };
  const { kernels, position, tokensPerSubmit, tokenMs } = profile;
  return {
    kernels: kernels.map((kernel) => {
      const { label, shape, calls, ms, measuredBy, wgslSha256, ...work } = kernel;
      return { label, shape, calls, ms, measuredBy, wgslSha256, work };
    }),
    token: { position, tokensPerSubmit, tokenMs: [...tokenMs] },
  };
}

function speedPart(
  speed: SpeedSample,
  { elapsedMs, speedExtras = {} }: MeasuredSetting,
): ReportSpeed {
  const { cold, counters } = speed;
  return {
    rule: SPEED_RULE,
    promptTokens: speed.promptTokens,
    tokens: speed.tokens,
    warmups: speed.warmups,
    prefillMs: [...speed.prefillMs],
    decodeMs: [...speed.decodeMs],
    cold: cold && { readyMs: elapsedMs.total, ...cold },
    counters: counters && { ...counters },
    ...extrasPart(speedExtras),
  };
}

function qualityPart(measured: MeasuredQuality): ReportQuality {
  const { summary, parts, text, window, stride, total, ended, within, bitsPerByte } = measured;
  const { value, interval, median, p95, p99, max } = summary.kl;
  return {
    text: { ...text },
    window,
    stride,
    tokens: summary.tokens,
    totalTokens: total,
    ended,
    within,
    intervals: intervalRule(summary.drawn),
    nll: summary.nll,
    perplexity: summary.perplexity,
    kl: {
      mean: { value, interval },
      median: atLeast0(median),
      p95: atLeast0(p95),
      p99: atLeast0(p99),
      max: atLeast0(max),
    },
    reverseKl: summary.reverseKl,
    entropyDifference: summary.entropyDifference,
    top1: summary.top1,
    top5: summary.top5,
    bitsPerByte: bitsPerByte && { ...bitsPerByte },
    byContext: parts && [...parts.byContext],
    byClass: parts && [...parts.byClass],
  };
}

/** Rounding may leave a KL of equal models a hair below zero. */
function atLeast0(value: number): number {
  return Math.max(0, value);
}
