import type { Place } from "../../store/types.ts";
import { useBitdial } from "../use-store.ts";

const places = [
  { place: "playground", label: "Playground" },
  { place: "lab", label: "Lab" },
  { place: "kernels", label: "Kernels" },
] as const satisfies readonly { place: Place; label: string }[];

export function Places() {
  const place = useBitdial((state) => state.place);
  const goTo = useBitdial((state) => state.goTo);
  return (
    <nav aria-label="Views" className="hidden gap-1 tablet:flex">
      {places.map(({ place: name, label }) => (
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
