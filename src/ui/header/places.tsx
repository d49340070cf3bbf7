import type { Place } from "../../store/types.ts";
import { useBitdial } from "../use-store.ts";

const places = [
  { place: "playground", label: "Playground" },
  { place: "chat", label: "Chat" },
  { place: "lab", label: "Lab" },
] as const satisfies readonly { place: Place; label: string }[];

export function Places() {
  const place = useBitdial((state) => state.place);
  const goTo = useBitdial((state) => state.goTo);
  const converses = useBitdial((state) => (state.model?.chatTemplate ?? null) !== null);
  // Without an instruct model there is nobody to talk to.
  const shown = places.filter(({ place: name }) => name !== "chat" || converses || place === name);
  return (
    <nav aria-label="Views" className="hidden gap-1 tablet:flex">
      {shown.map(({ place: name, label }) => (
        <button
          key={name}
          type="button"
          aria-current={place === name ? "page" : undefined}
          className={`rounded-md px-3 py-1.5 ${place === name ? "bg-sunk font-medium" : "text-soft hover:text-ink"}`}
          onClick={() => {
            goTo(name);
            window.scrollTo({ top: 0 });
          }}
        >
          {label}
        </button>
      ))}
    </nav>
  );
}
