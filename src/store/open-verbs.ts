import { hubKey } from "./defaults.ts";
import type { Kit } from "./kit.ts";
import type { OpenState, OpenVerbs } from "./open-types.ts";
import type { Surroundings } from "./types.ts";

export function openState(around: Surroundings): OpenState {
  const remembered = around.recall(hubKey) ?? "";
  return {
    opened: null,
    linked: null,
    choosing: false,
    openStage: "choose",
    openText: "",
    openNote: "",
    openFraction: null,
    openFault: null,
    openHost: null,
    preview: null,
    needs: null,
    keepModel: true,
    hub: URL.canParse(remembered) ? remembered : "",
    kept: null,
    persisted: null,
    keptFault: null,
  };
}

type ChooserVerbs = Omit<OpenVerbs, "takeModel" | "openEmbedded">;

/** Few visitors open another model: what does it is fetched when the chooser is opened. */
export function openVerbs(kit: Kit): ChooserVerbs {
  const { get, set } = kit;
  let body: Promise<ChooserBody> | null = null;
  type ChooserBody = ReturnType<typeof import("./open.ts").chooserBody>;
  const with_ = async (use: (body: ChooserBody) => Promise<void> | void): Promise<void> => {
    body ??= import("./open.ts").then(({ chooserBody }) => chooserBody(kit));
    await use(await body);
  };
  return {
    showChooser(choosing) {
      set({ choosing });
      if (!choosing && get().openStage !== "choose") void with_((chooser) => chooser.leaveCard());
    },
    followModel(id) {
      const { boot, opened, linked } = get();
      if (id === (linked ?? opened?.id ?? null)) return;
      if (boot === "starting") set({ linked: id });
      else if (id === null) void get().openEmbedded();
      else set({ choosing: true, openText: id, openFault: null });
    },
    editOpenText: (openText) => set({ openText, openFault: null, openHost: null }),
    lookAt: (text) => with_((chooser) => chooser.lookAt(text)),
    lookAtFiles: (files) => with_((chooser) => chooser.lookAtFiles(files)),
    chooseLoad: (part) => with_((chooser) => chooser.chooseLoad(part)),
    setKeepModel: (keepModel) => set({ keepModel }),
    fetchModel: () => with_((chooser) => chooser.fetchModel()),
    leaveCard: () => void with_((chooser) => chooser.leaveCard()),
    setHub: (address) => void with_((chooser) => chooser.setHub(address)),
    allowHost: () => void with_((chooser) => chooser.allowHost()),
    readKept: () => with_((chooser) => chooser.readKept()),
    forgetKept: (id) => with_((chooser) => chooser.forgetKept(id)),
    askToPersist: () => with_((chooser) => chooser.askToPersist()),
  };
}
