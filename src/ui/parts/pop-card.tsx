import { Popover } from "radix-ui";
import type { PopProps } from "./pop.tsx";

/** The part of a chip that needs a library: fetched after the model. */
export function PopCard({ label, chip, look, children }: PopProps & { readonly look: string }) {
  return (
    <Popover.Root>
      <Popover.Trigger aria-label={label} className={`${look} hover:border-faint`}>
        {chip}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={8}
          collisionPadding={12}
          aria-label={label}
          className="z-40 max-h-[min(70vh,560px)] w-[min(360px,calc(100vw-24px))] overflow-y-auto rounded-card border border-line bg-panel p-4 text-[13px] shadow-pop"
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
