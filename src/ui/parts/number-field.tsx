import { useEffect, useState } from "react";

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly hint?: string;
  onChange(value: number): void;
}

/** A number within a sentence. What does not fit is marked and changes nothing. */
export function NumberField(props: NumberFieldProps) {
  const { label, value, min, max, step, hint, onChange } = props;
  const [draft, setDraft] = useState(String(value));
  // The value may change from outside: a link, a preset, the dice.
  useEffect(() => setDraft(String(value)), [value]);
  const bad = !fits(draft, props);
  return (
    <label className="inline-flex items-baseline gap-1.5" title={hint}>
      {label}
      <input
        type="number"
        inputMode="decimal"
        className="inline-number"
        style={{ width: `${Math.max(2, draft.length) + 0.5}ch` }}
        value={draft}
        min={min}
        max={max}
        step={step}
        aria-invalid={bad}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setDraft(text);
          if (fits(text, props)) onChange(Number(text));
        }}
        onBlur={() => setDraft(String(value))}
      />
    </label>
  );
}

function fits(text: string, { min, max, step }: NumberFieldProps): boolean {
  const value = Number(text);
  const wholeEnough = step < 1 || Number.isInteger(value);
  return text.trim() !== "" && value >= min && value <= max && wholeEnough;
}
