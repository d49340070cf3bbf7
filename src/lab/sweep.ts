import type { ColdRun, Engine, Progress, SettingState, Side } from "../engine/protocol.ts";
import { reportEntry } from "./build-report.ts";
import { measureQuality, type QualityRequest } from "./measure-quality.ts";
import type { ReportEntry } from "./report.ts";
import { measureUntilSteady, type SteadySample, type StopRule } from "./steady.ts";
import type { MeasureTasks } from "./task-run.ts";

/** What a sweep measures of every setting. */
export interface SweepRequest {
  /** Canonical strings; the reference may be among them and is then measured for speed alone. */
  readonly settings: readonly string[];
  readonly reference: string;
  /** Null measures no quality. */
  readonly quality: QualityRequest | null;
  /** Null measures no speed. */
  readonly speed: {
    readonly promptTokens: number;
    readonly tokens: number;
    readonly rule: StopRule;
  } | null;
  /** Asks a candidate questions; absent or null asks none. */
  readonly tasks?: MeasureTasks | null;
}

export interface SweepProgress {
  readonly setting: string;
  /** Settings done, of how many. */
  readonly done: number;
  readonly count: number;
  /** 0..1 of all settings. */
  readonly fraction: number;
  readonly note: string;
}

export interface SweepHooks {
  /** Called as soon as a setting is measured, so that nothing is lost that was. */
  readonly onEntry: (entry: ReportEntry) => void | Promise<void>;
  readonly onProgress: (progress: SweepProgress) => void;
  readonly onState?: (state: SettingState) => void;
  readonly signal: AbortSignal;
}

/** Visits of each kernel: a third of what a profile alone takes, since a sweep has many settings. */
const PROFILE_ROUNDS = 2;

/** Of a setting's share of the progress: where each part begins, without tasks and with them. */
const BEGINS = {
  plain: { tasks: 0.7, speed: 0.7 },
  tasks: { tasks: 0.35, speed: 0.85 },
} as const;

/**
 * Measures settings one after another, quality before speed: a reload then loses one setting at most, and a machine that slows down
 * meanwhile is the price, which is why entries say in which order they were taken. Ends early, without a word, when
 * aborted.
 */
export async function sweep(
  engine: Engine,
  request: SweepRequest,
  { onEntry, onProgress, onState, signal }: SweepHooks,
): Promise<void> {
  const { settings, reference } = request;
  const quiet = (): void => undefined;
  onState?.(await engine.apply("reference", reference, quiet));
  for (const [done, setting] of settings.entries()) {
    if (signal.aborted) return;
    const tell = (part: number, note: string): void =>
      onProgress({
        setting,
        done,
        count: settings.length,
        fraction: (done + part) / settings.length,
        note,
      });
    tell(0, "packing");
    const side: Side = setting === reference ? "reference" : "candidate";
    const state = await engine.apply(side, setting, quiet);
    onState?.(state);
    const checkedAt = new Date().toISOString();
    const begins = BEGINS[request.tasks ? "tasks" : "plain"];
    const cold = request.speed && (await coldRun(engine, side, request.speed));
    if (signal.aborted) return;
    const quality =
      request.quality && side === "candidate"
        ? await measureQuality(engine, request.quality, (_, scored, total) =>
            tell((scored / total) * begins.tasks, `${counted(scored)} of ${counted(total)} tokens`),
          )
        : null;
    if (signal.aborted) return;
    const tasks =
      request.tasks && side === "candidate"
        ? await request.tasks({
            signal,
            tell: (part, note) => tell(begins.tasks + part * (begins.speed - begins.tasks), note),
          })
        : null;
    if (signal.aborted) return;
    tell(begins.speed, "speed");
    const steady =
      request.speed &&
      (await measureSpeed(engine, side, request.speed, signal, (part) =>
        tell(begins.speed + part * (1 - begins.speed), "speed"),
      ));
    if (signal.aborted) return;
    const profile = steady && (await engine.profile(side, PROFILE_ROUNDS));
    const speed = steady && { ...steady.sample, cold };
    const speedExtras = { stopped: steady, order: "one after another" } as const;
    await onEntry(
      reportEntry({
        ...state,
        checkedAt,
        firstTokenMs: null,
        quality,
        tasks,
        speed,
        speedExtras,
        profile,
      }),
    );
  }
}

type SpeedPart = NonNullable<SweepRequest["speed"]>;

/** Before anything else runs under the setting: nothing is cold after its quality was measured. */
async function coldRun(
  engine: Engine,
  side: Side,
  { promptTokens, tokens }: SpeedPart,
): Promise<ColdRun | null> {
  const request = { side, promptTokens, tokens, repeats: 0 };
  return (await engine.speed(request, () => undefined)).cold;
}

async function measureSpeed(
  engine: Engine,
  side: Side,
  { promptTokens, tokens, rule }: SpeedPart,
  signal: AbortSignal,
  tell: (part: number) => void,
): Promise<SteadySample | null> {
  const request = { side, promptTokens, tokens };
  const told = ({ fraction }: Progress): void => tell(fraction ?? 0);
  return await measureUntilSteady(engine, request, rule, told, signal);
}

function counted(tokens: number): string {
  return tokens.toLocaleString("en-US");
}
