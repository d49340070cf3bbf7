import type { SizeReport } from "../../store/types.ts";
import { bits, megabytes, widthOf } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

const parts: readonly {
  readonly name: string;
  readonly look: string;
  readonly of: (size: SizeReport) => number;
}[] = [
  { name: "layers", look: "bg-accent", of: ({ layers }) => layers.weights },
  {
    name: "scales, positions",
    look: "bg-accent-half",
    of: ({ layers }) => layers.scales + layers.positions,
  },
  { name: "embedding, head", look: "bg-heat", of: ({ embedding }) => embedding },
  { name: "norms", look: "bg-faint", of: ({ norms }) => norms },
];

/** What the setting takes, by category, against the reference's whole. */
export function SizeBar() {
  const setting = useBitdial((state) => state.setting);
  // The estimate follows the dial at once; the scoreboard shows the buffers once they are there.
  const size = useBitdial((state) =>
    state.applied?.setting === setting ? state.applied.size : state.estimates[setting],
  );
  const reference = useBitdial((state) => state.reference);
  if (!size || !reference) return null;
  const whole = reference.size.weightBytes;
  return (
    <div className="grid gap-1.5 px-4 py-2.5">
      <div className="flex items-baseline justify-between gap-2 text-[13px]">
        <span>
          Size <b className="font-semibold">{megabytes(size.weightBytes)} MB</b>
        </span>
        <span className="text-right text-xs text-faint">
          {megabytes(whole)} MB in {reference.setting}
        </span>
      </div>
      <div
        role="img"
        aria-label={`Size by category: ${parts.map(({ name, of }) => `${name} ${megabytes(of(size))} MB`).join(", ")}`}
        className="flex h-3 overflow-hidden rounded bg-sunk outline-1 outline-dashed outline-line"
      >
        {parts.map(({ name, look, of }) => (
          <span key={name} className={look} style={{ width: widthOf(of(size) / whole) }} />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-3.5 gap-y-1 text-xs text-soft">
        {parts.map(({ name, look, of }) => (
          <li key={name} className="whitespace-nowrap">
            <span aria-hidden="true" className={`mr-1.5 inline-block size-2 rounded-xs ${look}`} />
            {name} <span className="text-ink">{megabytes(of(size))}</span>
          </li>
        ))}
      </ul>
      <p className="text-xs text-faint">
        {bits(size.layerBitsPerWeight)} bits a weight in the layers, {bits(size.bitsPerWeight)} over
        all.
      </p>
    </div>
  );
}
