import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useBitdial } from "../use-store.ts";
import { OpenModel } from "./open-model.tsx";
import { RunningModel } from "./running-model.tsx";

export function OpenDialog() {
  const showChooser = useBitdial((state) => state.showChooser);
  return (
    <Dialog.Root open onOpenChange={showChooser}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          // A press beside it must not end a download.
          onPointerDownOutside={(event) => event.preventDefault()}
          className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-24px)] w-[min(680px,calc(100vw-24px))] -translate-1/2 overflow-y-auto rounded-card border border-line bg-panel shadow-pop outline-none"
        >
          <div className="flex items-center justify-between gap-3 border-b border-line px-4 py-3">
            <Dialog.Title className="text-base font-semibold tracking-tight">
              Open a model
            </Dialog.Title>
            <Dialog.Close
              aria-label="Close"
              className="rounded-field p-1.5 text-soft hover:bg-sunk"
            >
              <X size={16} aria-hidden="true" />
            </Dialog.Close>
          </div>
          <OpenModel />
          <RunningModel />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
