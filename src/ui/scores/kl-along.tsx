import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Guard } from "../parts/guard.tsx";

const TextCard = lazy(async () => ({
  default: (await import("../charts/text-card.tsx")).TextCard,
}));

/** Where along a text the quality goes: fetched and measured when it is opened. */
export function KlAlong() {
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
        KL token by token
      </summary>
      {open && (
        <Guard fallback={<p className="px-3.5 pb-3">This part could not be fetched.</p>}>
          <Suspense fallback={<p className="px-3.5 pb-3 text-soft">Fetching …</p>}>
            <TextCard framed={false} />
          </Suspense>
        </Guard>
      )}
    </details>
  );
}
