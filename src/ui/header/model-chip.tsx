import { X } from "lucide-react";
import { lazy, Suspense } from "react";
import { parameters } from "../figures.ts";
import { Guard } from "../parts/guard.tsx";
import { useBitdial } from "../use-store.ts";

const OpenDialog = lazy(async () => ({
  default: (await import("../open/open-dialog.tsx")).OpenDialog,
}));

/** The model that runs; it opens the chooser of another. */
export function ModelChip() {
  const model = useBitdial((state) => state.model);
  const ready = useBitdial((state) => state.boot === "ready");
  const choosing = useBitdial((state) => state.choosing);
  const own = useBitdial((state) => state.opened !== null);
  const showChooser = useBitdial((state) => state.showChooser);
  const openEmbedded = useBitdial((state) => state.openEmbedded);
  if (!model) return null;
  return (
    <span className="inline-flex max-w-56 min-w-0 items-center rounded-full border border-line bg-panel text-[13px] desk:max-w-80">
      <button
        type="button"
        aria-label={`Model: ${model.name}, ${parameters(model.parameters)} parameters. Open another.`}
        aria-haspopup="dialog"
        disabled={!ready}
        className="flex min-w-0 items-center gap-2 rounded-full px-3 py-1 enabled:hover:bg-sunk"
        onClick={() => showChooser(true)}
      >
        <span className="truncate">{model.name}</span>
        <span className="whitespace-nowrap text-faint">{parameters(model.parameters)}</span>
      </button>
      {own && ready && (
        <button
          type="button"
          aria-label="Back to the embedded model"
          title="Back to the embedded model"
          className="mr-1 grid size-6 shrink-0 place-items-center rounded-full text-soft hover:bg-sunk hover:text-ink"
          onClick={() => void openEmbedded()}
        >
          <X size={14} aria-hidden="true" />
        </button>
      )}
      {choosing && (
        <Guard fallback={null}>
          <Suspense fallback={null}>
            <OpenDialog />
          </Suspense>
        </Guard>
      )}
    </span>
  );
}
