import type { ChatVerbs } from "./chat-types.ts";
import { type Kit, reportParts } from "./kit.ts";
import type { FetchedVerbs } from "./lab-verbs.ts";
import type { ReportVerbs } from "./report-types.ts";
import type { Verbs } from "./types.ts";

type LateVerbs = FetchedVerbs &
  Pick<Verbs, "openLab" | "aimAt"> &
  Pick<ReportVerbs, "ownParts"> &
  Pick<ChatVerbs, "setChatSystem" | "editMessage">;

/** Verbs whose code is fetched when the first of them is called. Until it is there they wait, in the order of the calls; then the store has the real ones. */
export function lateVerbs(kit: Kit): LateVerbs {
  const { get, set } = kit;
  let fetched: Promise<FetchedVerbs> | undefined;

  async function fetchVerbs(): Promise<FetchedVerbs> {
    const { fetchedVerbs } = await import("./lab-verbs.ts");
    const verbs = fetchedVerbs(kit);
    set(verbs);
    return verbs;
  }

  /** A connection that failed once is tried again by the next call. */
  async function verbs(): Promise<FetchedVerbs> {
    fetched ??= fetchVerbs();
    try {
      return await fetched;
    } catch (error) {
      fetched = undefined;
      throw error;
    }
  }

  return {
    async openLab() {
      await verbs();
    },
    aimAt(aim) {
      if (aim) set({ place: "playground", view: "dials" });
      set({ aim });
    },
    ownParts() {
      const { sweepEntries } = get();
      return sweepEntries.length > 0 ? reportParts(kit, sweepEntries) : null;
    },

    chooseSweep: async (choice) => (await verbs()).chooseSweep(choice),
    editSweepList: async (text) => (await verbs()).editSweepList(text),
    setSweepRange: async (range) => (await verbs()).setSweepRange(range),
    setSweepTokens: async (tokens) => (await verbs()).setSweepTokens(tokens),
    runSweep: async () => (await verbs()).runSweep(),
    pauseSweep: async () => (await verbs()).pauseSweep(),
    clearSweep: async () => (await verbs()).clearSweep(),
    restoreSweep: async () => (await verbs()).restoreSweep(),
    exportSweep: async (kind) => (await verbs()).exportSweep(kind),

    toggleSweepTask: async (name) => (await verbs()).toggleSweepTask(name),
    setSweepItems: async (items) => (await verbs()).setSweepItems(items),
    takePairs: async (name, bytes) => (await verbs()).takePairs(name, bytes),
    forgetPairs: async () => (await verbs()).forgetPairs(),

    importReports: async (files) => (await verbs()).importReports(files),
    removeReport: async (id) => (await verbs()).removeReport(id),
    dismissRefused: async () => (await verbs()).dismissRefused(),
    restoreReports: async () => (await verbs()).restoreReports(),
    verifyReport: async (id) => (await verbs()).verifyReport(id),
    stopVerifying: async () => (await verbs()).stopVerifying(),
    dismissVerification: async () => (await verbs()).dismissVerification(),

    drawCurves: async () => (await verbs()).drawCurves(),
    measureRoofs: async () => (await verbs()).measureRoofs(),
    traceText: async () => (await verbs()).traceText(),
    showNextToken: async (position) => (await verbs()).showNextToken(position),
    drawLayerErrors: async () => (await verbs()).drawLayerErrors(),

    setChatSystem: (chatSystem) => set({ chatSystem }),
    editMessage: (chatDraft) => set({ chatDraft }),
    say: async () => (await verbs()).say(),
    sayAgain: async () => (await verbs()).sayAgain(),
    clearChat: async () => (await verbs()).clearChat(),

    runBeside: async () => (await verbs()).runBeside(),
    stopBeside: async () => (await verbs()).stopBeside(),
    exportBeside: async (kind) => (await verbs()).exportBeside(kind),

    setKernelOp: async (op) => (await verbs()).setKernelOp(op),
    setKernelShape: async (text) => (await verbs()).setKernelShape(text),
    showKernel: async (format) => (await verbs()).showKernel(format),
    showVariant: async (variant) => (await verbs()).showVariant(variant),
    runKernels: async (formats) => (await verbs()).runKernels(formats),
    exportKernels: async (kind) => (await verbs()).exportKernels(kind),
    editCopy: async () => (await verbs()).editCopy(),
    changeCopy: async (code) => (await verbs()).changeCopy(code),
    closeCopy: async () => (await verbs()).closeCopy(),
    judgeCopy: async () => (await verbs()).judgeCopy(),
    takeCopy: async () => (await verbs()).takeCopy(),
    removeCopy: async (label) => (await verbs()).removeCopy(label),
    restoreCopies: async (text) => (await verbs()).restoreCopies(text),
  };
}
