import type { LoadChoice, ModelPreview, ModelSource, Progress } from "../engine/protocol.ts";
import { usualReference } from "../lab/usual-reference.ts";
import { defaultSetting, hubKey } from "./defaults.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import { readsHere } from "./limits.ts";
import { defaultHub, readModelFiles, readModelText } from "./model-text.ts";
import type { GivenFile, OpenVerbs } from "./open-types.ts";

type ChooserVerbs = Omit<
  OpenVerbs,
  "takeModel" | "openEmbedded" | "showChooser" | "followModel" | "editOpenText" | "setKeepModel"
>;

/** Longer contexts are a wish, for their cache can take more than the model. */
const USUAL_CONTEXT = 2048;

/** How a model is loaded when nobody said otherwise. */
export function usualLoad(preview: ModelPreview, setting: string): LoadChoice {
  const { blocks } = preview.model;
  return {
    reference: usualReference(preview.model),
    candidate: readsHere(setting, { native: blocks.length > 0 }) ? setting : defaultSetting,
    context: Math.min(preview.model.contextLength, USUAL_CONTEXT),
  };
}

interface Looked {
  readonly id: string | null;
  readonly source: ModelSource;
}

export function chooserBody(kit: Kit): ChooserVerbs {
  const { around, jobs, get, set } = kit;
  const { engine } = around;
  /** Counts looks and loads: one that was left must not speak any more. */
  let attempt = 0;
  let looked: Looked | null = null;

  function begin(stage: "looking" | "fetching") {
    const mine = ++attempt;
    set({ openStage: stage, openFault: null, openNote: "", openFraction: null });
    const current = () => mine === attempt;
    const onProgress = ({ fraction, note }: Progress) => {
      if (current()) set({ openFraction: fraction, openNote: note });
    };
    return { current, onProgress };
  }

  async function look(next: Looked): Promise<void> {
    const { current, onProgress } = begin("looking");
    set({ preview: null, needs: null });
    looked = next;
    try {
      await jobs.stop();
      if (!current()) return;
      const preview = await engine.preview(next.source, onProgress);
      if (!current()) return;
      const needs = await engine.needs(preview.ticket, usualLoad(preview, get().setting));
      if (current()) set({ preview, needs, openStage: "card" });
    } catch (error) {
      if (current()) set({ openStage: "choose", openFault: sentenceOf(error) });
    }
  }

  async function fetchModel(): Promise<void> {
    const { preview, needs, keepModel } = get();
    const wanted = looked;
    if (!preview || !needs || !wanted) return;
    const { current, onProgress } = begin("fetching");
    const { context, reference, candidate } = needs.choice;
    // Of a disk's files the engine finds an id by their content.
    const keepAs = keepModel && preview.from !== "kept" ? (wanted.id ?? "") : null;
    try {
      await jobs.stop();
      if (!current()) return;
      const loaded = await engine.loadPreviewed(preview.ticket, { context, keepAs }, onProgress);
      if (!current()) {
        // Left a moment too late: the engine has it already, and what ran before must come back.
        await get().restart();
        return;
      }
      const id = loaded.keptId ?? wanted.id;
      const source: ModelSource = loaded.keptId
        ? { kind: "kept", id: loaded.keptId, name: loaded.model.name }
        : wanted.source;
      set({ choosing: false, openStage: "choose", preview: null, needs: null, openText: "" });
      // So that the dial only shows what it is turned to: the model begins with it.
      set({ boot: "loading" });
      get().turnTo(candidate);
      await get().takeModel(loaded.model, { id, source, reference, context });
      if (loaded.keepFault !== null && !get().problem)
        set({ problem: { kind: "kept", sentence: loaded.keepFault, recovering: false } });
    } catch (error) {
      // What was read of it is gone with the load; its files are looked at anew.
      if (current()) set({ openStage: "choose", openFault: sentenceOf(error), preview: null });
    }
  }

  async function readKept(): Promise<void> {
    const kept = await engine.kept().catch(() => null);
    set({ kept, persisted: await around.persisted() });
  }

  return {
    async lookAt(text) {
      const read = readModelText(text, get().hub);
      set({ openText: text });
      if ("fault" in read) {
        set({ openFault: read.fault });
        return;
      }
      set({ openHost: null });
      // Nothing is fetched that the browser has already.
      const { models = [] } = (await engine.kept().catch(() => null)) ?? {};
      const known = models.find(({ id }) => id === read.id);
      if (!known && read.host !== null && !around.mayReach(read.host)) {
        set({ openHost: read.host });
        return;
      }
      const source: ModelSource = known
        ? { kind: "kept", id: known.id, name: known.name }
        : read.source;
      await look({ id: read.id, source });
    },
    async lookAtFiles(files: readonly GivenFile[]) {
      const source = readModelFiles(files);
      if ("fault" in source) set({ openFault: source.fault });
      else await look({ id: null, source });
    },
    async chooseLoad(part) {
      const { preview, needs } = get();
      if (!preview || !needs) return;
      try {
        set({ needs: await engine.needs(preview.ticket, { ...needs.choice, ...part }) });
      } catch (error) {
        set({ openFault: sentenceOf(error) });
      }
    },
    fetchModel,
    leaveCard() {
      attempt++;
      const { openStage } = get();
      if (openStage === "looking" || openStage === "fetching") void engine.cancel().catch(() => {});
      set({ openStage: "choose", preview: null, needs: null, openNote: "", openFraction: null });
    },
    setHub(address) {
      const hub = address.trim();
      if (hub !== "" && !(URL.canParse(hub) && /^https?:$/.test(new URL(hub).protocol))) {
        set({ openFault: `${hub} is no address of a mirror; write it as ${defaultHub}.` });
        return;
      }
      around.remember(hubKey, hub);
      set({ hub, openFault: null });
      const { origin } = new URL(hub || defaultHub);
      if (!around.mayReach(origin)) around.allowHost(origin);
    },
    allowHost() {
      const { openHost, openText, hub } = get();
      if (openHost === null) return;
      // The address brings it back after the reload.
      set({ linked: linkedId(openText, hub) });
      around.allowHost(openHost);
    },
    readKept,
    async forgetKept(id) {
      try {
        await engine.forget(id);
        set({ keptFault: null });
      } catch (error) {
        set({ keptFault: sentenceOf(error) });
      }
      await readKept();
    },
    async askToPersist() {
      const persisted = await around.askToPersist();
      const refused = "The browser did not promise it; it may when the site is used more often.";
      set({ persisted, keptFault: persisted ? null : refused });
    },
  };
}

/** The model of a link, where it needs no fetching; null where the user has to say so first. */
export async function reopen(
  { around, get }: Kit,
  onProgress: (progress: Progress) => void,
): Promise<Parameters<OpenVerbs["takeModel"]> | null> {
  const { engine } = around;
  const { linked, opened, hub, setting } = get();
  const id = linked === null ? (opened?.id ?? null) : linkedId(linked, hub);
  const { models } = await engine.kept();
  const known = models.find((model) => model.id === id);
  const again = linked === null ? opened : null;
  const source: ModelSource | null = known
    ? { kind: "kept", id: known.id, name: known.name }
    : (again?.source ?? null);
  if (source?.kind !== "kept" && source?.kind !== "files") return null;
  const preview = await engine.preview(source, onProgress);
  const usual = usualLoad(preview, setting);
  const asked = again ? { ...usual, reference: again.reference, context: again.context } : usual;
  const needs = await engine.needs(preview.ticket, asked);
  const { reference, context } = (needs.faults.length > 0 && needs.instead) || needs.choice;
  const how = { context, keepAs: null };
  const { model } = await engine.loadPreviewed(preview.ticket, how, onProgress);
  return [model, { id, source, reference, context }];
}

function linkedId(text: string, hub: string): string | null {
  const read = readModelText(text, hub);
  return "fault" in read ? null : read.id;
}
