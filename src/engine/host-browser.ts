import { createStore, get, set } from "idb-keyval";
import { UserError } from "../lib/assert.ts";
import type { EngineHost } from "./engine.ts";

/** Chromium tells it in powers of two of a gigabyte, others do not. */
function toldMemory(): number | null {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return deviceMemory === undefined ? null : deviceMemory * 2 ** 30;
}

/** WebGPU of the browser; measured variants are remembered in IndexedDB, which workers can reach. */
export function browserHost(): EngineHost {
  const store = createStore("bitdial", "variants");
  return {
    runtime: "browser",
    async openAdapter() {
      const gpu = (navigator as { gpu?: GPU }).gpu;
      if (!gpu) throw new UserError("This browser offers no WebGPU here.");
      const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
      if (!adapter)
        throw new UserError(
          "The browser has WebGPU but offers no adapter; its GPU may be on a blocklist.",
        );
      return { adapter, wgslFeatures: new Set(gpu.wgslLanguageFeatures) };
    },
    async openShelf() {
      const { openOpfsShelf } = await import("./opfs-shelf.ts");
      return await openOpfsShelf();
    },
    memoryBytes: toldMemory(),
    memory: {
      async get(key) {
        const found: unknown = await get(key, store).catch(() => null);
        return typeof found === "string" ? found : null;
      },
      // A private window may refuse; then the search simply runs again next time.
      async set(key, value) {
        await set(key, value, store).catch(() => undefined);
      },
    },
  };
}
