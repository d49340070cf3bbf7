import { lazy, useMemo } from "react";
import { likeliestOf, sortedRanks } from "../../store/chart-figures.ts";
import type { TextTrace } from "../../store/types.ts";
import { percent, whole } from "../figures.ts";
import { useBitdial } from "../use-store.ts";
import { Figure } from "./figure.tsx";
import type { Series } from "./series-chart.tsx";

const SeriesChart = lazy(async () => ({
  default: (await import("./series-chart.tsx")).SeriesChart,
}));

/** Both whole distributions at the place of the text that was chosen. */
export function NextTokenFigure({ tokens }: { readonly tokens: TextTrace["tokens"] }) {
  const next = useBitdial((state) => state.nextToken);
  const series = useMemo((): Series[] => {
    if (!next) return [];
    const sides = [
      { name: next.reference, main: false, row: next.result.reference },
      { name: next.setting, main: true, row: next.result.candidate },
    ];
    return sides.map(({ name, main, row }) => ({
      name,
      main,
      points: sortedRanks(row).map(({ rank, nats }) => ({
        x: rank,
        y: nats,
        low: nats,
        high: nats,
        words: `${percent(Math.exp(nats), 4)} at rank ${whole(rank)}`,
      })),
    }));
  }, [next]);
  const likeliest = useMemo(() => (next ? likeliestOf(next.result) : []), [next]);
  if (!next) return null;
  const { position, target, names, reference } = next.result;
  const before = tokens
    .slice(Math.max(0, position - 6), position)
    .map(({ text }) => text)
    .join("");
  return (
    <Figure
      title={`What may follow “…${before.replaceAll("\n", "↵")}”: all ${whole(reference.length)} tokens by rank`}
      name={`bitdial-next-token-${position}`}
      table={{
        head: ["token", "reference", "its rank", "candidate", "rank there"],
        rows: likeliest.map((row) => [
          `${names[row.id]?.replaceAll("\n", "↵") || "▯"}${row.id === target ? " (stands there)" : ""}`,
          percent(row.reference.probability, 2),
          whole(row.reference.rank),
          percent(row.candidate.probability, 2),
          whole(row.candidate.rank),
        ]),
      }}
    >
      <SeriesChart
        label={`Log-probabilities at token ${position} of the text by rank`}
        series={series}
        xLabel="rank →"
        yLabel="nats"
        fromZero={false}
      />
    </Figure>
  );
}
