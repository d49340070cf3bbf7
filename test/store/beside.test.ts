import { describe, expect, it, vi } from "vitest";
import { readReport } from "../../src/lab/report.ts";
import type { PeerClient } from "../../src/peer/client.ts";
import { createBitdial } from "../../src/store/store.ts";
import { FakeEngine, surroundings } from "./fake-engine.ts";

const VOCAB = 100;
const POSITIONS = 64;

/** Another program that is off by a tenth with attention in one operator and right without. */
class FakePeer implements PeerClient {
  readonly calls: string[] = [];
  #stop: (error: Error) => void = () => {};
  /** Measures until it is ended. */
  endless = false;

  async start() {
    return { name: "ONNX Runtime" as const, version: "1.2.3", providers: ["webgpu" as const] };
  }
  async logits(...[{ attention, provider }]: Parameters<PeerClient["logits"]>) {
    this.calls.push(`logits ${provider} ${attention}`);
    const off = attention === "fused" && provider === "webgpu" ? 0.1 : 0;
    return new Float32Array(POSITIONS * VOCAB).fill(off);
  }
  async open(name: string) {
    this.calls.push(`open ${name}`);
  }
  async speed(...[, request]: Parameters<PeerClient["speed"]>) {
    if (this.endless) await new Promise((_, reject) => (this.#stop = reject));
    const { promptTokens, tokens, repeats } = request;
    const prefillMs = Array.from({ length: repeats }, () => 10);
    const rest = { warmups: 1, cold: null, counters: null };
    return { promptTokens, tokens, prefillMs, decodeMs: prefillMs, ...rest };
  }
  async close() {}
  async cancel() {}
  end() {
    this.calls.push("end");
    this.#stop(new Error("ended"));
  }
}

async function opened() {
  const engine = new FakeEngine();
  engine.logits = async () => new Float32Array(POSITIONS * VOCAB);
  const peer = new FakePeer();
  const store = createBitdial(surroundings(engine, { connectPeer: async () => peer }));
  const state = () => store.getState();
  state().setAutoMeasure(false);
  state().setLive(false);
  await state().open();
  await state().openLab();
  return { engine, peer, state };
}

describe("beside another program", () => {
  it("measures the reference and the dials' setting, taking the attention that agrees", async () => {
    const { peer, state } = await opened();
    await state().runBeside();
    expect(state()).toMatchObject({ besideStatus: "done", besideFault: null, activity: "idle" });
    expect(state().besideRows.map((row) => row.state.setting)).toEqual(["f32", "int4-g32"]);
    const [webgpu, wasm] = state().besideRows[1]?.peers ?? [];
    expect(webgpu).toMatchObject({ provider: "webgpu", attention: "plain" });
    expect(webgpu?.fusedDifference).toBeCloseTo(0.1);
    expect(wasm).toMatchObject({ provider: "wasm", attention: "fused", fusedDifference: null });
    expect(peer.calls.slice(0, 3)).toEqual([
      "logits webgpu fused",
      "logits webgpu plain",
      "open f32 webgpu",
    ]);
    expect(peer.calls.at(-1)).toBe("end");
  });

  it("leaves as a report", async () => {
    const { state } = await opened();
    await expect(state().exportBeside("json")).rejects.toThrow("nothing was compared");
    await state().runBeside();
    const { name, text } = await state().exportBeside("json");
    expect(name).toMatch(/^bitdial-beside-/);
    const read = readReport(text);
    expect(read.ok && read.report.settings[0]?.peers).toHaveLength(2);
  });

  it("names what the other program cannot run, and measures the rest", async () => {
    const { engine, state } = await opened();
    engine.exportOnnx = async (setting: string) => {
      if (setting === "int4-g32") throw new Error("int4-g32: it has no such weights.");
      return new Uint8Array(8);
    };
    await state().runBeside();
    expect(state().besideRows.map(({ peers }) => peers.length)).toEqual([2, 0]);
    expect(new Set(state().besideNotes)).toEqual(new Set(["int4-g32: it has no such weights."]));
  });

  it("ends the other program's worker when it is stopped, without a fault", async () => {
    const { peer, state } = await opened();
    peer.endless = true;
    const running = state().runBeside();
    await vi.waitFor(() =>
      expect(state().besideProgress?.note).toContain("ONNX Runtime on webgpu"),
    );
    await state().stopBeside();
    await running;
    expect(peer.calls).toContain("end");
    expect(state()).toMatchObject({ besideStatus: "idle", besideFault: null, besideRows: [] });
  });

  it("says what kept the other program from starting", async () => {
    const store = createBitdial(surroundings(new FakeEngine()));
    await store.getState().open();
    await store.getState().runBeside();
    expect(store.getState().besideFault).toBe("This test has no other program.");
    expect(store.getState().besideStatus).toBe("idle");
  });
});
