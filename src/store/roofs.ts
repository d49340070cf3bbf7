import { type Kit, sentenceOf, updateRow } from "./kit.ts";
import type { Verbs } from "./types.ts";

/** The device's roofs, unless they are known. Without them the rest is measured all the same. */
export async function findRoofs({ around, get, set }: Kit): Promise<void> {
  if (get().roofs) return;
  set({ measureNote: "What this device does at best" });
  const roofs = await around.engine.roofs().catch(() => null);
  set({ roofs, measureNote: "" });
}

type RoofVerbs = Pick<Verbs, "measureRoofs">;

export function roofVerbs(kit: Kit): RoofVerbs {
  const { around, jobs, get, set } = kit;
  return {
    async measureRoofs() {
      const setting = get().applied?.setting;
      if (!setting) return;
      await jobs.run(async (signal) => {
        set({ activity: "kernels", measureNote: "Roofs and kernels", measureFault: null });
        try {
          const roofs = await around.engine.roofs();
          if (!signal.aborted) set({ roofs });
          const profile = await around.engine.profile("candidate");
          updateRow(kit, setting, { profile });
        } catch (error) {
          if (!signal.aborted) set({ measureFault: sentenceOf(error) });
        } finally {
          set({ activity: "idle", measureNote: "" });
        }
      });
    },
  };
}
