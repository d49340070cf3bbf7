import { sweepFamilies } from "../../store/lab.ts";
import { NumberField } from "../parts/number-field.tsx";
import { useBitdial } from "../use-store.ts";

/** Which families of formats a sweep takes, and of which widths. */
export function FamilyRange({ disabled }: { readonly disabled: boolean }) {
  const { families, least, most } = useBitdial((state) => state.sweepRange);
  const setSweepRange = useBitdial((state) => state.setSweepRange);
  const toggle = (name: string) =>
    setSweepRange({
      families: families.includes(name)
        ? families.filter((other) => other !== name)
        : [...families, name],
    });
  return (
    <fieldset className="mt-2 grid gap-2" disabled={disabled}>
      <legend className="sr-only">Families and widths</legend>
      <div className="flex flex-wrap gap-x-3 gap-y-1 text-[13px]">
        {sweepFamilies.map((name) => (
          <label key={name} className="flex items-center gap-1.5">
            <input
              type="checkbox"
              className="accent-accent"
              checked={families.includes(name)}
              onChange={() => toggle(name)}
            />
            <span className="font-mono">{name}</span>
          </label>
        ))}
      </div>
      <div className="flex flex-wrap items-baseline gap-3 text-[13px]">
        <NumberField
          label="from"
          value={least}
          min={1}
          max={most}
          step={1}
          onChange={(value) => setSweepRange({ least: value })}
        />
        <NumberField
          label="to"
          value={most}
          min={least}
          max={32}
          step={1}
          onChange={(value) => setSweepRange({ most: value })}
        />
        <span className="text-xs text-soft">bits, in groups of 32</span>
      </div>
    </fieldset>
  );
}
