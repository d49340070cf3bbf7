import { useEffect } from "react";
import { useBitdial } from "./use-store.ts";

/** Control (or Command) and Enter writes, Escape stops, wherever the focus is. */
export function useShortcuts(): void {
  const generate = useBitdial((state) => state.generate);
  const stop = useBitdial((state) => state.stop);
  const busy = useBitdial((state) => state.activity !== "idle");
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void generate();
      } else if (event.key === "Escape" && busy && !event.defaultPrevented) {
        void stop();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [generate, stop, busy]);
}
