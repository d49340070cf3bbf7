import type { Kit } from "./kit.ts";

/** The device's roofs, unless they are known. Without them the rest is measured all the same. */
export async function findRoofs({ around, get, set }: Kit): Promise<void> {
  if (get().roofs) return;
  set({ measureNote: "What this device does at best" });
  const roofs = await around.engine.roofs().catch(() => null);
  set({ roofs, measureNote: "" });
}
