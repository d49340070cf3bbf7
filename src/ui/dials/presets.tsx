import { presets } from "../../store/defaults.ts";
import type { SizeReport } from "../../store/types.ts";
import { bits } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

export function Presets() {
  const setting = useBitdial((state) => state.setting);
  const estimates = useBitdial((state) => state.estimates);
  const turnTo = useBitdial((state) => state.turnTo);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own box.
    <div role="group" aria-label="Presets" className="flex flex-wrap gap-1">
      {presets.map(({ setting: target, label, why }) => (
        <button
          key={target}
          type="button"
          title={`${target}${sizeWords(estimates[target])}. ${why}`}
          aria-pressed={setting === target}
          className="rounded-full border border-line px-1.5 py-0.5 text-[11.5px] text-soft hover:border-faint aria-pressed:border-transparent aria-pressed:bg-accent-wash aria-pressed:font-semibold aria-pressed:text-accent"
          onClick={() => turnTo(target)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function sizeWords(size: SizeReport | undefined): string {
  return size ? `, ${bits(size.bitsPerWeight)} bits a weight` : "";
}
