import type { SegmentOption, SegmentProps } from "./segment.tsx";

/** The same choice as a Segment's, for more positions than fit into a row. What cannot be chosen says why in its name. */
export function Select({ label, options, onChoose }: SegmentProps) {
  const headings = [...new Set(options.flatMap(({ heading }) => heading ?? []))];
  return (
    <select
      aria-label={label}
      value={options.find(({ chosen }) => chosen)?.value}
      className="field w-full min-w-0 px-2 py-1.5 text-[13px] text-ink"
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      <Options options={options.filter(({ heading }) => heading === undefined)} />
      {headings.map((heading) => (
        <optgroup key={heading} label={heading}>
          <Options options={options.filter((option) => option.heading === heading)} />
        </optgroup>
      ))}
    </select>
  );
}

function Options({ options }: Pick<SegmentProps, "options">) {
  return options.map((option) => (
    <option key={option.value} value={option.value} disabled={option.reason !== null}>
      {nameOf(option)}
    </option>
  ));
}

function nameOf({ label, reason, figure }: SegmentOption): string {
  if (reason !== null) return `${label} (${reason})`;
  return figure ? `${label}, ${figure} bits` : label;
}
