import type { SegmentProps } from "./segment.tsx";

/** The same choice as a Segment's, for more positions than fit into a row. What cannot be chosen says why in its name. */
export function Select({ label, options, onChoose }: SegmentProps) {
  return (
    <select
      aria-label={label}
      value={options.find(({ chosen }) => chosen)?.value}
      className="field w-full min-w-0 px-2 py-1.5 text-[13px] text-ink"
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {options.map(({ value, label: name, reason }) => (
        <option key={value} value={value} disabled={reason !== null}>
          {reason === null ? name : `${name} (${reason})`}
        </option>
      ))}
    </select>
  );
}
