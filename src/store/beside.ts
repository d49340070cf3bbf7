import type { BesideRequest, BesideRow } from "../lab/beside.ts";
import { buildReport, reportEntry } from "../lab/build-report.ts";
import type { PeerClient } from "../peer/client.ts";
import type { BesideVerbs } from "./beside-types.ts";
import { reportFile } from "./download.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import { besideState } from "./late-state.ts";
import { applyDial } from "./turn.ts";

/** A processor that poses as a GPU takes a minute for what a GPU does in a second. */
const LENGTHS = {
  gpu: { promptTokens: 128, tokens: 64, repeats: 12 },
  software: { promptTokens: 32, tokens: 8, repeats: 2 },
} as const;
const MOST_MS = 20_000;

export function besideVerbs(kit: Kit): BesideVerbs {
  const { around, jobs, get, set } = kit;

  /** Whatever ONNX Runtime is doing when it is stopped: its worker can be ended at once. */
  async function withPeer(signal: AbortSignal): Promise<void> {
    const peer = await around.connectPeer();
    const end = (): void => peer.end();
    signal.addEventListener("abort", end);
    try {
      signal.throwIfAborted();
      await measure(peer, signal);
    } finally {
      end();
    }
  }

  async function measure(peer: PeerClient, signal: AbortSignal): Promise<void> {
    const request = requestOf(kit);
    const { measureBeside } = await import("../lab/beside.ts");
    const rows = await measureBeside(around.engine, peer, request, {
      signal,
      onProgress(fraction, note) {
        if (!signal.aborted) set({ besideProgress: { fraction, note } });
      },
      onState: (applied) => set({ applied }),
      onLack: (sentence) => set({ besideNotes: [...get().besideNotes, sentence] }),
    });
    if (!signal.aborted) set({ besideRows: rows, besideStatus: "done" });
  }

  return {
    async runBeside() {
      await jobs.run(async (signal) => {
        set({ ...besideState, besideStatus: "running", activity: "beside" });
        try {
          await withPeer(signal);
        } catch (error) {
          if (!signal.aborted) set({ besideFault: sentenceOf(error) });
        } finally {
          const { besideStatus: status } = get();
          set({
            besideStatus: status === "running" ? "idle" : status,
            besideProgress: null,
            activity: "idle",
          });
        }
        if (!signal.aborted) await applyDial(kit, signal);
      });
    },
    async stopBeside() {
      await jobs.run(async (signal) => void (await applyDial(kit, signal)));
    },
    async exportBeside(kind) {
      const { adapter, model, besideRows } = get();
      if (!adapter || !model || besideRows.length === 0) {
        throw new Error("There is nothing to report yet: nothing was compared.");
      }
      const report = buildReport({
        appVersion: around.version,
        agent: around.agent,
        time: new Date().toISOString(),
        adapter,
        model,
        reference: UNCOMPRESSED,
        roofs: null,
        settings: besideRows.map(entryOf),
      });
      return await reportFile("beside", kind, report);
    },
  };
}

/** What both programs compute as the file has it. */
const UNCOMPRESSED = "f32";

function requestOf({ get }: Kit): BesideRequest {
  const { model, adapter, setting } = get();
  if (!model) throw new Error("There is no model yet.");
  const { repeats, ...speed } = LENGTHS[adapter?.software ? "software" : "gpu"];
  return {
    model,
    settings: [...new Set([UNCOMPRESSED, setting])],
    providers: ["webgpu", "wasm"],
    speed: {
      promptTokens: Math.min(speed.promptTokens, Math.floor(model.contextLength / 2)),
      tokens: Math.min(speed.tokens, Math.floor(model.contextLength / 4)),
    },
    rule: { leastRepeats: repeats, mostRepeats: 2 * repeats, mostMs: MOST_MS },
  };
}

function entryOf({ state, steady, peers }: BesideRow): ReturnType<typeof reportEntry> {
  return reportEntry({
    ...state,
    checkedAt: new Date().toISOString(),
    firstTokenMs: null,
    quality: null,
    speed: steady.sample,
    speedExtras: { stopped: steady, order: "in turns" },
    profile: null,
    peers,
  });
}
