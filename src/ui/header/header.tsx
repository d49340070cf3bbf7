import { Mark } from "../parts/mark.tsx";
import { useBitdial } from "../use-store.ts";
import { DeviceBadge } from "./device-badge.tsx";
import { ExportButtons } from "./export-buttons.tsx";
import { ModelChip } from "./model-chip.tsx";
import { Places } from "./places.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

export function Header() {
  // The lab saves its own results.
  const exports = useBitdial((state) => state.boot === "ready" && state.place === "playground");
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b border-line bg-panel px-3 tablet:gap-4 tablet:px-5">
      <span className="flex shrink-0 items-center gap-2 text-base font-semibold tracking-tight">
        <Mark />
        Bitdial
      </span>
      <Places />
      <span className="flex-1" />
      <ModelChip />
      <DeviceBadge />
      {exports && (
        <div className="hidden desk:block">
          <ExportButtons />
        </div>
      )}
      <ThemeToggle />
    </header>
  );
}
