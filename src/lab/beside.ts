import type {
  Engine,
  ModelInfo,
  SettingState,
  SpeedRequest,
  SpeedSample,
} from "../engine/protocol.ts";
import { UserError } from "../lib/assert.ts";
import { fixedIds } from "../lib/fixed-ids.ts";
import type { Attention, Peer, PeerProvider } from "../peer/protocol.ts";
import { measureInTurns, type SteadySample, type StopRule } from "./steady.ts";

export interface BesideRequest {
  readonly model: ModelInfo;
  readonly settings: readonly string[];
  readonly providers: readonly PeerProvider[];
  readonly speed: Pick<SpeedRequest, "promptTokens" | "tokens">;
  readonly rule: StopRule;
}

export interface BesideWatch {
  readonly signal: AbortSignal;
  onProgress(fraction: number, note: string): void;
  /** The engine's candidate holds another setting. */
  onState(state: SettingState): void;
  /** A setting or provider that the peer cannot run, as a sentence. */
  onLack(sentence: string): void;
}

/** How far the peer's logits lie from ours. */
export interface Agreement {
  /** The first `together` of them in one run, the rest token by token on the cache. */
  readonly positions: number;
  readonly together: number;
  readonly maxDifference: number;
  /** Share of positions with the same likeliest token. */
  readonly sameTop1: number;
}

export interface PeerResult {
  readonly provider: PeerProvider;
  readonly version: string;
  readonly attention: Attention;
  readonly agreement: Agreement;
  /** What the peer's one-operator attention gave where it was not taken. */
  readonly fusedDifference: number | null;
  readonly sample: SpeedSample;
}

export interface BesideRow {
  readonly state: SettingState;
  readonly steady: SteadySample;
  readonly peers: readonly PeerResult[];
}

type Opened = Omit<PeerResult, "sample"> & { readonly name: string };

interface Turn {
  readonly setting: string;
  readonly opened: Opened | null;
}

/** Both compute in f32 from the same codes: beyond this, somebody computes something else. */
export const AGREEMENT_BOUND = 5e-3;

const TOGETHER = 48;
const POSITIONS = 64;

/**
 * Our engine and the peer on the same weights: first how far their logits lie apart, then how fast each
 * is, in turns in one run.
 */
export async function measureBeside(
  engine: Engine,
  peer: Peer,
  request: BesideRequest,
  watch: BesideWatch,
): Promise<BesideRow[]> {
  const { settings, providers, speed, rule } = request;
  const { version } = await peer.start();
  const states = new Map<string, SettingState>();
  const turns: Turn[] = [];
  const steps = settings.length * (providers.length + 1);
  const apply = async (setting: string): Promise<void> => {
    const state = await engine.apply("candidate", setting, () => {});
    states.set(setting, state);
    watch.onState(state);
  };
  try {
    for (const setting of settings) {
      watch.signal.throwIfAborted();
      await apply(setting);
      turns.push({ setting, opened: null });
      for (const provider of providers) {
        watch.onProgress((0.4 * turns.length) / steps, `${setting}, logits on ${provider}`);
        const opened = await openPeer(engine, peer, request, { setting, provider, version }, watch);
        if (opened) turns.push({ setting, opened });
      }
    }
    const measured = await measureInTurns(
      turns,
      rule,
      async ({ setting, opened }, repeats, taken) => {
        watch.signal.throwIfAborted();
        const who = opened ? `ONNX Runtime on ${opened.provider}` : "Bitdial";
        const fraction = 0.4 + 0.6 * Math.min(1, taken / rule.leastRepeats);
        watch.onProgress(fraction, `${setting}, ${who}, ${taken} repeats so far`);
        if (opened) return await peer.speed(opened.name, { ...speed, repeats });
        await apply(setting);
        return await engine.speed({ ...speed, repeats, side: "candidate" }, () => {});
      },
      watch.signal,
    );
    return rowsOf(turns, states, measured);
  } finally {
    // A peer whose worker was ended has nothing left to close.
    await peer.close().catch(() => {});
  }
}

function rowsOf(
  turns: readonly Turn[],
  states: ReadonlyMap<string, SettingState>,
  measured: ReadonlyMap<Turn, SteadySample>,
): BesideRow[] {
  return turns.flatMap((turn) => {
    const state = states.get(turn.setting);
    const steady = measured.get(turn);
    if (turn.opened || !state || !steady) return [];
    const peers = turns.flatMap((other): PeerResult[] => {
      const theirs = measured.get(other);
      if (!other.opened || !theirs || other.setting !== turn.setting) return [];
      const { name: _, ...result } = other.opened;
      return [{ ...result, sample: theirs.sample }];
    });
    return [{ state, steady, peers }];
  });
}

/** The peer's model ready to be timed, with its agreement; null, and a sentence to the watch, where it cannot run. */
async function openPeer(
  engine: Engine,
  peer: Peer,
  { model }: BesideRequest,
  wanted: { readonly setting: string; readonly provider: PeerProvider; readonly version: string },
  watch: BesideWatch,
): Promise<Opened | null> {
  const { setting, provider, version } = wanted;
  try {
    const tokens = fixedIds(Math.min(POSITIONS, model.contextLength), model.vocabSize);
    const ours = await engine.logits("candidate", tokens, false);
    const agreementWith = async (attention: Attention): Promise<Agreement> => {
      watch.signal.throwIfAborted();
      const graph = await engine.exportOnnx(setting, "all", attention);
      const peerModel = { graph, shape: model, provider, output: "all", attention } as const;
      const theirs = await peer.logits(peerModel, tokens, TOGETHER);
      return agreementOf(ours, theirs, model.vocabSize);
    };
    // Some drivers' subgroups are narrower than the peer's one-operator attention takes for granted.
    const fused = await agreementWith("fused");
    const fits = fused.maxDifference <= AGREEMENT_BOUND;
    const agreement = fits ? fused : await agreementWith("plain");
    const attention = fits ? "fused" : "plain";
    const graph = await engine.exportOnnx(setting, "next", attention);
    const name = `${setting} ${provider}`;
    await peer.open(name, { graph, shape: model, provider, output: "next", attention });
    const fusedDifference = fits ? null : fused.maxDifference;
    return { name, provider, version, attention, agreement, fusedDifference };
  } catch (error) {
    watch.signal.throwIfAborted();
    watch.onLack(error instanceof Error ? error.message : String(error));
    return null;
  }
}

export function agreementOf(
  ours: Float32Array,
  theirs: Float32Array,
  vocabSize: number,
): Agreement {
  if (ours.length !== theirs.length) {
    throw new UserError(
      `ONNX Runtime gave ${theirs.length} logits where ${ours.length} were asked for.`,
    );
  }
  const positions = ours.length / vocabSize;
  let maxDifference = 0;
  let same = 0;
  for (let at = 0; at < ours.length; at += vocabSize) {
    let [our, their] = [at, at];
    for (let i = at; i < at + vocabSize; i++) {
      const difference = Math.abs((ours[i] ?? 0) - (theirs[i] ?? 0));
      // Written so that NaN counts as no agreement at all.
      if (!(difference <= maxDifference))
        maxDifference = Number.isNaN(difference) ? Infinity : difference;
      if ((ours[i] ?? 0) > (ours[our] ?? 0)) our = i;
      if ((theirs[i] ?? 0) > (theirs[their] ?? 0)) their = i;
    }
    if (our === their) same++;
  }
  const together = Math.min(TOGETHER, positions);
  return { positions, together, maxDifference, sameTop1: same / positions };
}
