import { paretoFront } from "../lab/pareto.ts";
import type { ReportEntry } from "../lab/report.ts";
import { type Timing, timing } from "../lab/speed.ts";

/** A measured setting as the lab draws it; NaN is what was not measured. */
export interface LabPoint {
  readonly setting: string;
  readonly role: ReportEntry["role"];
  readonly megabytes: number;
  readonly bitsPerWeight: number;
  /** Nats, with its 95 % interval (the value itself where there is none). */
  readonly kl: number;
  readonly low: number;
  readonly high: number;
  readonly klP99: number;
  readonly perplexity: number;
  /** Perplexity of candidate over reference, with its 95 % interval (the ratio itself where there is none). */
  readonly ratio: number;
  readonly ratioLow: number;
  readonly ratioHigh: number;
  /** There were tokens enough for that interval. */
  readonly sure: boolean;
  readonly top1: number;
  readonly tokens: number;
  readonly decode: Timing | null;
  readonly prefill: Timing | null;
  /**
   * Nothing measured has both less KL and fewer bytes (size), less KL and more tokens a second (speed), less KL and fewer bits a weight
   * (bits), or fewer bytes and more tokens a second (sizeSpeed).
   */
  readonly unbeaten: {
    readonly size: boolean;
    readonly speed: boolean;
    readonly bits: boolean;
    readonly sizeSpeed: boolean;
  };
}

export function labPoints(entries: readonly ReportEntry[]): LabPoint[] {
  const points = entries.map(pointOf);
  const size = paretoFront(
    points.map(({ megabytes, kl }) => [megabytes, kl]),
    ["least", "least"],
  );
  const speed = paretoFront(
    points.map(({ decode, kl }) => [decode?.tokensPerSecond ?? Number.NaN, kl]),
    ["most", "least"],
  );
  const bits = paretoFront(
    points.map(({ bitsPerWeight, kl }) => [bitsPerWeight, kl]),
    ["least", "least"],
  );
  const sizeSpeed = paretoFront(
    points.map(({ decode, megabytes }) => [decode?.tokensPerSecond ?? Number.NaN, megabytes]),
    ["most", "least"],
  );
  return points.map((point, at) => ({
    ...point,
    unbeaten: {
      size: size[at] ?? false,
      speed: speed[at] ?? false,
      bits: bits[at] ?? false,
      sizeSpeed: sizeSpeed[at] ?? false,
    },
  }));
}

function pointOf(entry: ReportEntry): Omit<LabPoint, "unbeaten"> {
  const { setting, role, bytes, bitsPerWeight, quality, speed } = entry;
  // The reference is what it is compared with.
  const kl = quality?.kl.mean.value ?? (role === "reference" ? 0 : Number.NaN);
  const ratio = quality?.perplexity.ratio.value ?? Number.NaN;
  return {
    setting,
    role,
    megabytes: bytes.total / 1e6,
    bitsPerWeight,
    kl,
    low: quality?.kl.mean.interval?.low ?? kl,
    high: quality?.kl.mean.interval?.high ?? kl,
    klP99: quality?.kl.p99 ?? Number.NaN,
    perplexity: quality?.perplexity.candidate.value ?? Number.NaN,
    ratio,
    ratioLow: quality?.perplexity.ratio.interval?.low ?? ratio,
    ratioHigh: quality?.perplexity.ratio.interval?.high ?? ratio,
    sure: quality?.perplexity.ratio.interval != null,
    top1: quality?.top1.value ?? Number.NaN,
    tokens: quality?.tokens ?? 0,
    decode: speed && speed.decodeMs.length > 0 ? timing(speed.decodeMs, 1) : null,
    prefill:
      speed && speed.prefillMs.length > 0 ? timing(speed.prefillMs, speed.promptTokens) : null,
  };
}
