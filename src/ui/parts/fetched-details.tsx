import { ChevronDown } from "lucide-react";
import { type ReactNode, Suspense, useState } from "react";
import { Guard } from "./guard.tsx";

interface FetchedDetailsProps {
  readonly title: string;
  /** Stands at the right of the title. */
  readonly aside?: ReactNode;
  /** A lazy component: fetched when this is first opened. */
  readonly children: ReactNode;
}

/** A part of a card that few visitors open: neither fetched nor drawn before. */
export function FetchedDetails({ title, aside, children }: FetchedDetailsProps) {
  const [open, setOpen] = useState(false);
  return (
    <details
      className="group border-t border-line text-xs"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="flex items-center gap-2 px-3.5 py-2.5 text-soft hover:text-ink">
        <ChevronDown
          size={14}
          aria-hidden="true"
          className="transition-transform group-open:rotate-180"
        />
        {title}
        {aside}
      </summary>
      {open && (
        <Guard fallback={<p className="px-3.5 pb-3">This part could not be fetched.</p>}>
          <Suspense fallback={<p className="px-3.5 pb-3 text-soft">Fetching …</p>}>
            {children}
          </Suspense>
        </Guard>
      )}
    </details>
  );
}
