import { Popover } from "radix-ui";
import type { ReactNode } from "react";

interface PopProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly children: ReactNode;
}

/** A chip in the header that opens a card of facts. */
export function Pop({ label, trigger, children }: PopProps) {
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={label}
        className="inline-flex max-w-56 desk:max-w-80 min-w-0 items-center gap-2 rounded-full border border-line bg-panel px-3 py-1 text-[13px] hover:border-faint"
      >
        {trigger}
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

interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

export function Facts({ rows }: { readonly rows: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
      {rows.map(({ name, value }) => (
        <div key={name} className="contents">
          <dt className="text-soft">{name}</dt>
          <dd className="text-right font-mono text-xs leading-5 [overflow-wrap:anywhere]">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
