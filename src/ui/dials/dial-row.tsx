import type { DialId } from "../../store/types.ts";
import { bits, megabytes } from "../figures.ts";
import { Segment } from "../parts/segment.tsx";
import { Select } from "../parts/select.tsx";
import { useBitdial } from "../use-store.ts";
import { FormatSearch } from "./format-search.tsx";

interface DialRowProps {
  readonly id: DialId;
  readonly big?: boolean;
  /** Shares the row of another dial. */
  readonly bare?: boolean;
}

/** Dials that change what the weights take show under each position the bits a weight it would give. */
const sized: readonly DialId[] = ["bits", "family", "symmetry", "group", "sparsity", "head"];

export function DialRow({ id, big = false, bare = false }: DialRowProps) {
  const dial = useBitdial(({ dials }) => dials.find((other) => other.id === id));
  const estimates = useBitdial((state) => state.estimates);
  const turnTo = useBitdial((state) => state.turnTo);
  if (!dial) return null;
  // Too many names for a row of buttons.
  const Choice = id === "family" ? Select : Segment;
  const figure = (setting: string | null): string | null => {
    const size = setting === null ? undefined : estimates[setting];
    if (!size) return null;
    const value = id === "head" ? size.bitsPerWeight : size.layerBitsPerWeight;
    // Nine positions leave room for one digit; the line above has the rest.
    return value >= 10 ? value.toFixed(0) : value.toFixed(big ? 1 : 2);
  };
  const options = dial.options.map(({ value, label, chosen, reason, setting, heading, about }) => ({
    value,
    label,
    chosen,
    reason,
    ...(heading === undefined ? {} : { heading }),
    ...(about === undefined ? {} : { about }),
    ...(sized.includes(id) ? { figure: figure(setting) } : {}),
  }));
  const choose = (value: string): void => {
    const target = dial.options.find((option) => option.value === value)?.setting;
    if (target) turnTo(target);
  };
  return (
    <div className={`grid gap-1.5 ${bare ? "" : "px-4 py-2.5"}`}>
      {id !== "symmetry" && (
        <div className="flex items-baseline justify-between gap-2 text-[13px]">
          <span>{dial.label}</span>
          <span className="text-right text-xs text-faint">
            <Note id={id} fallback={dial.note} />
          </span>
        </div>
      )}
      <Choice label={dial.label} big={big} options={options} onChoose={choose} />
      {id === "family" && <FormatSearch options={options} onChoose={choose} />}
      {dial.about !== undefined && (
        <details className="text-xs text-soft">
          <summary className="hover:text-ink">What it does</summary>
          <p className="mt-1">{dial.about}</p>
        </details>
      )}
    </div>
  );
}

const families: Readonly<Record<string, string>> = {
  dequant: "dequantise, float sums",
  dp4a: "packed 8-bit dot products",
  bitserial: "bit by bit",
  lut: "tables of signed sums",
};

/** Some dials say in words what only the engine knows. */
function Note({ id, fallback }: { readonly id: DialId; readonly fallback: string }) {
  const setting = useBitdial((state) => state.setting);
  const layerBits = useBitdial((state) => state.estimates[setting]?.layerBitsPerWeight);
  const cache = useBitdial((state) => state.estimates[setting]?.kvCache);
  const family = useBitdial(({ applied }) =>
    applied?.setting === setting ? applied.family : null,
  );
  if (id === "bits" && layerBits !== undefined) return `${bits(layerBits)} bits a weight`;
  if (id === "kv" && cache !== undefined) return `${fallback}, ${megabytes(cache)} MB a text`;
  if (id === "kernel" && family) return `runs ${families[family] ?? family}`;
  return fallback;
}
