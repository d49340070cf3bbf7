import { createContext, use } from "react";
import { useStore } from "zustand";
import type { BitdialStore } from "../store/store.ts";
import type { State } from "../store/types.ts";

export const StoreContext = createContext<BitdialStore | null>(null);

/** One field (or verb) of the store; the component renders again only when that changes. */
export function useBitdial<T>(select: (state: State) => T): T {
  const store = use(StoreContext);
  if (!store) throw new Error("The page was drawn without its store.");
  return useStore(store, select);
}
