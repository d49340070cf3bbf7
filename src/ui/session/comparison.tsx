import type { SessionRow } from "../../store/types.ts";
import { bits, megabytes, nats, percent, perSecond, signedPercent } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

interface Line {
  readonly name: string;
  readonly value: (row: SessionRow) => number | null;
  readonly show: (value: number) => string;
  /** Which way is better. */
  readonly better: "less" | "more";
}

const lines: readonly Line[] = [
  { name: "MB", value: ({ size }) => size.weightBytes, show: megabytes, better: "less" },
  { name: "bits a weight", value: ({ size }) => size.bitsPerWeight, show: bits, better: "less" },
  {
    name: "perplexity",
    value: ({ quality }) => quality?.summary.perplexity.candidate.value ?? null,
    show: (value) => value.toFixed(2),
    better: "less",
  },
  {
    name: "KL mean",
    value: ({ quality }) => quality?.summary.kl.value ?? null,
    show: nats,
    better: "less",
  },
  {
    name: "KL p99",
    value: ({ quality }) => quality?.summary.kl.p99 ?? null,
    show: nats,
    better: "less",
  },
  {
    name: "same first choice",
    value: ({ quality }) => quality?.summary.top1.value ?? null,
    show: percent,
    better: "more",
  },
  {
    name: "prefill tok/s",
    value: ({ speed }) => speed?.summary.prefill.tokensPerSecond ?? null,
    show: perSecond,
    better: "more",
  },
  {
    name: "decode tok/s",
    value: ({ speed }) => speed?.summary.decode.tokensPerSecond ?? null,
    show: perSecond,
    better: "more",
  },
  {
    name: "dispatches a token",
    value: ({ dispatchesPerToken }) => dispatchesPerToken,
    show: String,
    better: "less",
  },
];

/** The two ticked settings side by side. */
export function Comparison() {
  const rows = useBitdial((state) => state.rows);
  const ticked = useBitdial((state) => state.ticked);
  const [first, second] = ticked.map((setting) => rows.find((row) => row.setting === setting));
  if (!first || !second) return null;
  const tokens = [first, second].map(({ quality }) => quality?.summary.tokens ?? 0);
  const uneven = tokens[0] !== tokens[1] && tokens.every((count) => count > 0);
  return (
    <section aria-label="Comparison" className="border-t border-line bg-sunk pb-2">
      <table className="figures table-fixed">
        <thead>
          <tr>
            <th className="w-[35%]">
              <span className="sr-only">figure</span>
            </th>
            <th className="truncate" title={first.setting}>
              {first.setting}
            </th>
            <th className="truncate" title={second.setting}>
              {second.setting}
            </th>
            <th className="w-20">change</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <ComparedLine key={line.name} line={line} first={first} second={second} />
          ))}
        </tbody>
      </table>
      {uneven && (
        <p className="px-4 pt-2 text-xs text-heat-ink">
          Measured on {tokens[0]} and {tokens[1]} tokens: measure both on the whole text to compare
          quality.
        </p>
      )}
    </section>
  );
}

interface ComparedLineProps {
  readonly line: Line;
  readonly first: SessionRow;
  readonly second: SessionRow;
}

function ComparedLine({ line, first, second }: ComparedLineProps) {
  const [a, b] = [line.value(first), line.value(second)];
  const known = a !== null && b !== null && a !== 0;
  const better = known && (line.better === "less" ? b < a : b > a);
  const look = !known || a === b ? "" : better ? "text-good" : "text-bad";
  return (
    <tr>
      <td className="font-sans whitespace-normal">{line.name}</td>
      <td>{a === null ? "–" : line.show(a)}</td>
      <td>{b === null ? "–" : line.show(b)}</td>
      <td className={look}>{known ? (a === b ? "same" : signedPercent(b / a - 1)) : "–"}</td>
    </tr>
  );
}
