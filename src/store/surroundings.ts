import { createStore, del, set as put, get as read } from "idb-keyval";
import packageInfo from "../../package.json" with { type: "json" };
import type { EngineClient } from "../engine/client.ts";
import type { Address } from "./address.ts";
import { lackOf } from "./support.ts";
import type { Surroundings } from "./types.ts";

/** What a browser's window gives the store. */
export function browserSurroundings(engine: EngineClient): Surroundings {
  const { version } = packageInfo;
  const large = createStore("bitdial-lab", "kept");
  return {
    engine,
    async connectPeer() {
      const { connectPeer } = await import("../peer/client.ts");
      return connectPeer();
    },
    version,
    agent: navigator.userAgent,
    modelBase: new URL("models/stories/", document.baseURI).href,
    now: () => performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    nextFrame: (run) => {
      // A hidden tab draws no frames, but its text goes on.
      if (document.hidden) setTimeout(run, 100);
      else requestAnimationFrame(run);
    },
    async readText(path) {
      const response = await fetch(new URL(path, document.baseURI));
      if (!response.ok)
        throw new Error(`${path} could not be read: the server said ${response.status}.`);
      return await response.text();
    },
    async findLack() {
      const { gpu } = navigator as { gpu?: GPU };
      const adapter = await gpu?.requestAdapter().catch(() => null);
      return lackOf({
        secure: window.isSecureContext,
        hasWebGpu: gpu !== undefined,
        hasAdapter: Boolean(adapter),
        userAgent: navigator.userAgent,
        address: window.location.href,
      });
    },
    async keep(key, value) {
      // A private window may refuse: then a reload forgets, which is what it is for.
      const done = value === null ? del(key, large) : put(key, value, large);
      await done.catch(() => {});
    },
    async kept(key) {
      const found: unknown = await read(key, large).catch(() => null);
      return typeof found === "string" ? found : null;
    },
    mayReach: (origin) => policyHosts()?.includes(origin) ?? true,
    allowHost(origin) {
      const hosts = (policyHosts() ?? []).filter((host) => host !== "'self'");
      localStorage.setItem("bitdial/hosts", JSON.stringify([...new Set([...hosts, origin])]));
      window.location.reload();
    },
    async persisted() {
      return await navigator.storage.persisted().catch(() => null);
    },
    async askToPersist() {
      return await navigator.storage.persist().catch(() => false);
    },
    recall(key) {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    remember(key, value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        // A browser that keeps nothing: the choice holds until the page closes.
      }
    },
  };
}

/** What index.html let the page talk to; null where there is no policy. */
function policyHosts(): readonly string[] | null {
  for (const meta of document.head.querySelectorAll("meta[http-equiv]")) {
    const [kind, ...hosts] = (meta.getAttribute("content") ?? "").split(" ");
    if (kind === "connect-src") return [window.location.origin, ...hosts];
  }
  return null;
}

export function windowAddress(): Address {
  return {
    get hash() {
      return window.location.hash;
    },
    replace: (hash) => history.replaceState(history.state, "", hash),
    onChange: (run) => window.addEventListener("hashchange", run),
  };
}
