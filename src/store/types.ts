import type { EngineClient } from "../engine/client.ts";
import type {
  AdapterInfo,
  CurveSample,
  GpuCounters,
  KernelOp,
  KernelRow,
  KernelSource,
  KernelVerdict,
  LayerErrors,
  LoadPhase,
  MatrixName,
  ModelInfo,
  NextToken,
  Roofs,
  Sampling,
  SettingState,
  Side,
  SizeReport,
  StopReason,
  TextTrace,
  TokenComparison,
  TokenProfile,
} from "../engine/protocol.ts";
import type { MeasuredQuality } from "../lab/build-report.ts";
import type { ReportEntry } from "../lab/report.ts";
import type { SpeedSummary } from "../lab/speed.ts";
import type { SteadySample } from "../lab/steady.ts";
import type { SweepProgress } from "../lab/sweep.ts";
import type { PeerClient } from "../peer/client.ts";
import type { BitRange, PresetName } from "../quant/presets.ts";
import type { BesideState, BesideVerbs } from "./beside-types.ts";
import type { ChatState, ChatVerbs } from "./chat-types.ts";
import type { IntegerHabit } from "./dials.ts";
import type { KernelsState, KernelVerbs } from "./kernel-types.ts";
import type { OpenState, OpenVerbs } from "./open-types.ts";
import type { LabTasksState, OwnVerbs, TextState } from "./own-types.ts";
import type { ReportsState, ReportVerbs } from "./report-types.ts";
import type { Sample } from "./sample.ts";
import type { Lack } from "./support.ts";

export type { BesideRow } from "../lab/beside.ts";
// What the page may know of the layers below comes through here: ui imports nothing under store.
export type { Estimate } from "../lab/quality.ts";
export type { ReportEntry } from "../lab/report.ts";
export type { SpeedSummary, Timing } from "../lab/speed.ts";
export type { CopyDraft, KeptCopy } from "./kernel-types.ts";
export type {
  AdapterInfo,
  CurveSample,
  GpuCounters,
  KernelOp,
  KernelRow,
  KernelSource,
  KernelVerdict,
  LayerErrors,
  LoadPhase,
  MatrixName,
  ModelInfo,
  NextToken,
  Roofs,
  Sampling,
  SettingState,
  Side,
  SizeReport,
  StopReason,
  TextTrace,
  TokenComparison,
  TokenProfile,
};

/** What the store needs from its surroundings, so that tests and other shells can bring their own. */
export interface Surroundings {
  readonly engine: EngineClient;
  /** ONNX Runtime in a worker of its own; its code is fetched only now. */
  connectPeer(): Promise<PeerClient>;
  readonly modelBase: string;
  /** Of Bitdial, and of the browser or runtime: both go into reports. */
  readonly version: string;
  readonly agent: string;
  /** Milliseconds on a steady clock. */
  now(): number;
  wait(ms: number): Promise<void>;
  nextFrame(run: () => void): void;
  /** A file of the page's own origin as text. */
  readText(path: string): Promise<string>;
  /** Why the engine cannot run here, or null. */
  findLack(): Promise<Lack | null>;
  recall(key: string): string | null;
  remember(key: string, value: string): void;
  /** Large things that outlive a reload; null takes them away. A browser that keeps nothing is no error. */
  keep(key: string, value: string | null): Promise<void>;
  kept(key: string): Promise<string | null>;
  /** Whether the browser promised not to clear what the site keeps; null where it does not say. */
  persisted(): Promise<boolean | null>;
  askToPersist(): Promise<boolean>;
  /** Whether the page's content policy lets it talk to a host, by its origin. */
  mayReach(origin: string): boolean;
  /** Adds a host to the policy, which takes a reload; it comes at once. */
  allowHost(origin: string): void;
}

/** "asking": a link names a model that only the user can let the page fetch. */
export type BootStatus =
  | "starting"
  | "loading"
  | "asking"
  | "ready"
  | "cancelled"
  | "failed"
  | "unsupported";
export type Activity =
  | "idle"
  | "applying"
  | "writing"
  | "speed"
  | "quality"
  | "kernels"
  | "sweep"
  | "verify"
  | "chart"
  | "beside";
export type Theme = "system" | "light" | "dark";
export type View = "write" | "dials" | "scores";
/** The page's rooms. */
export type Place = "playground" | "chat" | "lab" | "kernels";

export interface Problem {
  readonly kind: string;
  readonly sentence: string;
  readonly recovering: boolean;
}

/** One position of a dial and what turning to it would mean. */
export interface DialOption {
  readonly value: string;
  readonly label: string;
  readonly chosen: boolean;
  /** Canonical setting after the turn; null when it is impossible, and then `reason` says why. */
  readonly setting: string | null;
  readonly reason: string | null;
  /** Heading that it stands under, where there are many. */
  readonly heading?: string;
  /** What it does, in a sentence, and where it comes from. */
  readonly about?: string;
}

export interface Dial {
  readonly id: DialId;
  readonly label: string;
  readonly options: readonly DialOption[];
  /** The chosen position in words. */
  readonly note: string;
  /** What the chosen one does, in a sentence, and where it comes from. */
  readonly about?: string;
}

export type DialId =
  | "bits"
  | "family"
  | "symmetry"
  | "group"
  | "sparsity"
  | "activations"
  | "kv"
  | "kernel"
  | "method"
  | "head";

/** A cell of the layer grid. */
export interface LayerCell {
  readonly layer: number;
  readonly matrix: MatrixName;
  /** The format it is packed in, as a setting writes it. */
  readonly format: string;
  /** What fits a cell: "4", "8a", "f16". */
  readonly short: string;
  readonly overridden: boolean;
}

export interface SettingFault {
  readonly sentence: string;
  /** Where in the text, and how many characters. */
  readonly index: number;
  readonly length: number;
  readonly expected: readonly string[];
}

export interface WrittenToken {
  readonly id: number;
  readonly text: string;
}

export interface Pane {
  /** Setting that wrote it. */
  readonly setting: string;
  /** What it was asked: prompt, sampling and length as one string, to know when it is still valid. */
  readonly asked: string;
  readonly prompt: string;
  readonly tokens: readonly WrittenToken[];
  readonly prefillMs: number | null;
  /** Of this side's own submits so far. */
  readonly decodeMs: number;
  /** Of this text alone; the scoreboard's figure comes from repeated runs. */
  readonly tokensPerSecond: number | null;
  readonly stop: StopReason | null;
}

/** What is known so far; `ended` is null while it is being measured. */
export type QualityResult = MeasuredQuality;

export interface SpeedResult {
  readonly summary: SpeedSummary;
  readonly samples: { readonly prefillMs: readonly number[]; readonly decodeMs: readonly number[] };
  /** Why its repeats ended, for the report and in words. */
  readonly stopped: Pick<SteadySample, "stopped" | "rule">;
  readonly words: string;
}

/** A setting tried in this session, with everything measured of it. */
export interface SessionRow {
  readonly setting: string;
  readonly side: Side;
  readonly size: SizeReport;
  readonly dispatchesPerToken: number;
  readonly family: string;
  readonly variants: Readonly<Record<string, string>>;
  readonly checks: SettingState["checks"];
  readonly copies: SettingState["copies"];
  /** Time of day, ISO, when the kernels were checked. */
  readonly checkedAt: string;
  readonly elapsedMs: SettingState["elapsedMs"];
  readonly quality: QualityResult | null;
  readonly speed: SpeedResult | null;
  readonly profile: TokenProfile | null;
  /** Speed against position and prompt, measured on demand. */
  readonly curves: CurveSample | null;
  /** From the turn of the dial to the first token of the new text on screen. */
  readonly firstTokenMs: number | null;
  readonly wrote: boolean;
}

export interface BootState {
  readonly boot: BootStatus;
  readonly lack: Lack | null;
  readonly bootSentence: string;
  readonly phase: LoadPhase;
  /** 0..1 of the phase, null while unknown. */
  readonly fraction: number | null;
  readonly note: string;
  readonly adapter: AdapterInfo | null;
  readonly model: ModelInfo | null;
  readonly problem: Problem | null;
  /** A recorded result, where the engine cannot run. */
  readonly sample: Sample | null;
}

export interface DialState {
  /** What stands in the setting's field. */
  readonly draft: string;
  readonly fault: SettingFault | null;
  /** The last valid setting asked for, canonical. */
  readonly setting: string;
  readonly dials: readonly Dial[];
  readonly cells: readonly LayerCell[];
  readonly brushes: readonly string[];
  readonly brush: string;
  /** Bits a weight in the layers that `fillBudget` keeps to; what it said when that was too few. */
  readonly budget: number;
  readonly budgetFault: string | null;
  /** Group and symmetry to come back to from a float. */
  readonly habit: IntegerHabit;
  readonly reference: SettingState | null;
  readonly applied: SettingState | null;
  /** What the engine says of settings the dials could be turned to, by canonical string. */
  readonly estimates: Readonly<Record<string, SizeReport>>;
}

export interface WriteState {
  readonly prompt: string;
  readonly promptTokens: number | null;
  readonly sampling: Sampling;
  readonly maxTokens: number;
  readonly live: boolean;
  readonly panes: Readonly<Record<Side, Pane>>;
  /** By index of the candidate's token. */
  readonly comparisons: readonly (TokenComparison | undefined)[];
  /** Index of the token whose card is shown; null shows the most telling one. */
  readonly picked: number | null;
  readonly writeFault: string | null;
}

export interface MeasureState {
  readonly autoMeasure: boolean;
  readonly measureNote: string;
  /** 0..1, null while unknown. */
  readonly measureFraction: number | null;
  readonly measureFault: string | null;
  /** Of the GPU's buffers, as last asked for. */
  readonly counters: GpuCounters | null;
  readonly variantChoices: Readonly<Record<string, readonly string[]>>;
  /** What the device does at best; null until it was measured. */
  readonly roofs: Roofs | null;
}

export interface SessionState {
  readonly rows: readonly SessionRow[];
  /** Settings ticked for comparison, two at most, oldest first. */
  readonly ticked: readonly string[];
}

/** A list of the registry, or settings that the user names. */
export type SweepChoice = PresetName | "range" | "own";

/** Tokens of the text that are scored; null is all of it, "narrow" as many as a narrow interval takes. */
export type SweepLength = number | null | "narrow";

export interface LabState {
  readonly sweepChoice: SweepChoice;
  /** The user's own settings, commas or lines between them. */
  readonly sweepList: string;
  /** For the choice "range". */
  readonly sweepRange: BitRange;
  readonly sweepTokens: SweepLength;
  readonly sweepStatus: "idle" | "running" | "paused" | "done";
  readonly sweepProgress: (SweepProgress & { readonly leftMs: number | null }) | null;
  /** In the order in which they were measured. */
  readonly sweepEntries: readonly ReportEntry[];
  readonly sweepFault: string | null;
}

export type ChartKind = "curves" | "roofs" | "trace" | "nextToken" | "layerErrors";

/** What the charts that are drawn on demand show, each with the settings it was measured under. */
export interface ChartState {
  /** Being measured. */
  readonly chartKind: ChartKind | null;
  readonly chartFraction: number | null;
  readonly chartFault: { readonly kind: ChartKind; readonly sentence: string } | null;
  readonly trace: {
    readonly reference: string;
    readonly setting: string;
    readonly text: string;
    readonly result: TextTrace;
  } | null;
  readonly nextToken: {
    readonly reference: string;
    readonly setting: string;
    readonly result: NextToken;
  } | null;
  readonly layerErrors: (LayerErrors & { readonly text: string }) | null;
  /** The cell of the layer grid that is to be shown and focused. */
  readonly aim: Aim | null;
}

export interface Aim {
  readonly layer: number;
  readonly matrix: MatrixName;
}

export interface PageState {
  readonly place: Place;
  readonly theme: Theme;
  readonly view: View;
  readonly activity: Activity;
}

export interface Verbs {
  open(): Promise<void>;
  cancelLoading(): void;
  restart(): Promise<void>;
  dismissProblem(): void;

  editSetting(text: string): void;
  /** Writes the field's text in its canonical form. */
  settleDraft(): void;
  turnTo(setting: string): void;
  setBrush(format: string): void;
  paint(layers: readonly number[], matrices: readonly MatrixName[]): void;
  clearLayers(): void;
  setBudget(bits: number): void;
  /** Turns to the setting with a format for every matrix that keeps to the budget. */
  fillBudget(): Promise<void>;

  setPrompt(prompt: string): void;
  setSampling(part: Partial<Sampling>): void;
  setMaxTokens(count: number): void;
  setLive(live: boolean): void;
  generate(): Promise<void>;
  stop(): Promise<void>;
  pick(index: number | null): void;

  setAutoMeasure(on: boolean): void;
  measure(depth: "quick" | "whole"): Promise<void>;
  profile(): Promise<void>;
  readCounters(): Promise<void>;
  /** Measures what the device does at best, and the kernels of the candidate's setting beside it. */
  measureRoofs(): Promise<void>;
  chooseVariant(op: string, variant: string | null): Promise<void>;

  tick(setting: string): void;
  forget(setting: string): void;
  exportReport(kind: ReportKind): Promise<Download>;

  /** Fetches what the verbs from here on do; each of them does so itself, and waits. */
  openLab(): Promise<void>;
  chooseSweep(choice: SweepChoice): void;
  editSweepList(text: string): void;
  setSweepRange(range: Partial<BitRange>): void;
  setSweepTokens(tokens: SweepLength): void;
  /** Measures what the choice has and no entry yet. */
  runSweep(): Promise<void>;
  pauseSweep(): Promise<void>;
  clearSweep(): Promise<void>;
  restoreSweep(): Promise<void>;
  exportSweep(kind: ReportKind): Promise<Download>;

  /** Speed against position and prompt, of both sides. */
  drawCurves(): Promise<void>;
  /** Both sides along the start of the text. */
  traceText(): Promise<void>;
  showNextToken(position: number): Promise<void>;
  drawLayerErrors(): Promise<void>;
  /** Goes to a cell of the layer grid; null forgets it. */
  aimAt(aim: Aim | null): void;

  goTo(place: Place): void;
  setTheme(theme: Theme): void;
  setView(view: View): void;
}

export type ReportKind = "json" | "csv" | "html" | "markdown";

export interface Download {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

export type State = BootState &
  DialState &
  WriteState &
  MeasureState &
  SessionState &
  LabState &
  LabTasksState &
  TextState &
  ReportsState &
  ChartState &
  BesideState &
  KernelsState &
  ChatState &
  PageState &
  OpenState &
  Verbs &
  OpenVerbs &
  OwnVerbs &
  ReportVerbs &
  BesideVerbs &
  KernelVerbs &
  ChatVerbs;
