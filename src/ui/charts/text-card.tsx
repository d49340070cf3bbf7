import { lazy, useCallback, useMemo } from "react";
import { densityBands, densityCells } from "../../store/chart-figures.ts";
import type { TextTrace } from "../../store/types.ts";
import { percent, whole } from "../figures.ts";
import { useBitdial } from "../use-store.ts";
import { DrawnCard } from "./drawn-card.tsx";
import { Figure } from "./figure.tsx";
import { KlText } from "./kl-text.tsx";
import { NextTokenFigure } from "./next-token-figure.tsx";
import type { Series } from "./series-chart.tsx";

const SeriesChart = lazy(async () => ({
  default: (await import("./series-chart.tsx")).SeriesChart,
}));
const DensityChart = lazy(async () => ({
  default: (await import("./density-chart.tsx")).DensityChart,
}));

/** Cells of the density in a row of its table: two nats. */
const BAND_CELLS = 4;

/** Both models along the start of a text: where they part, and their whole distributions. Not framed, in a card of another, it shows the KL alone. */
export function TextCard({ framed = true }: { readonly framed?: boolean }) {
  const trace = useBitdial((state) => state.trace);
  const traceText = useBitdial((state) => state.traceText);
  const showNextToken = useBitdial((state) => state.showNextToken);
  const adapter = useBitdial((state) => state.adapter);
  const choose = useCallback((at: number) => void showNextToken(at), [showNextToken]);
  return (
    <DrawnCard
      kind="trace"
      title={framed ? "Along a text, token by token" : "KL along the text"}
      note="Reads the start of the stories under both settings and shows where they part, token by token, with what each gave the token that stands there."
      source={
        trace &&
        `${trace.setting} against ${trace.reference}: the first ${whole(trace.result.tokens.length)} tokens of ${trace.text}, whole distributions in f64. Measured on ${adapter?.name ?? ""}.`
      }
      framed={framed}
      draw={traceText}
    >
      {trace && (
        <>
          <KlText tokens={trace.result.tokens} {...(framed ? { onChoose: choose } : {})} />
          {framed && (
            <>
              <p className="px-4 pb-1 text-xs text-soft">
                Click a token, or press Enter on it, for both distributions over what may stand
                there.
              </p>
              <NextTokenFigure tokens={trace.result.tokens} />
              <div className="grid border-t border-line tablet:grid-cols-2">
                <Density density={trace.result.density} />
                <Ranks ranks={trace.result.ranks} names={[trace.reference, trace.setting]} />
              </div>
            </>
          )}
        </>
      )}
    </DrawnCard>
  );
}

function Density({ density }: { readonly density: TextTrace["density"] }) {
  const cells = useMemo(() => densityCells(density), [density]);
  const bands = useMemo(() => densityBands(density, BAND_CELLS), [density]);
  const { leastNats } = density;
  const words = bands.map(
    ({ from, to, change, near }) =>
      `${from} to ${to} nats: ${change.toFixed(2)} on average, ${percent(near, 0)} hardly moved`,
  );
  return (
    <Figure
      title="Every token's log-probability, candidate against reference"
      name="bitdial-log-probabilities"
      table={{
        head: ["reference, nats", "tokens", "mean change", "moved ≤ ½ nat"],
        rows: bands.map(({ from, to, count, change, near }) => [
          `${from === leastNats ? "below" : `${from} to`} ${to}`,
          whole(count),
          change.toFixed(2),
          percent(near, 0),
        ]),
      }}
    >
      <DensityChart
        cells={cells}
        leastNats={leastNats}
        label={`Log-probabilities of all tokens of the vocabulary at all places of the text, candidate against reference; darker is more often. ${words.join("; ")}.`}
      />
    </Figure>
  );
}

interface RanksProps {
  readonly ranks: TextTrace["ranks"];
  readonly names: readonly [reference: string, candidate: string];
}

function Ranks({ ranks, names }: RanksProps) {
  const series = useMemo(
    () =>
      (["reference", "candidate"] as const).map(
        (side, at): Series => ({
          name: names[at] ?? side,
          main: side === "candidate",
          points: ranks.map((point) => ({
            x: point.rank,
            y: point[side],
            low: point[side],
            high: point[side],
            words: `${point[side].toFixed(2)} at rank ${whole(point.rank)}`,
          })),
        }),
      ),
    [ranks, names],
  );
  return (
    <Figure
      title="Mean log-probability by rank"
      name="bitdial-ranks"
      table={{
        head: [
          "rank",
          ...names.map((name, at) => (at === 1 && names[0] === name ? `${name} ` : name)),
        ],
        rows: ranks.map(({ rank, reference, candidate }) => [
          whole(rank),
          reference.toFixed(3),
          candidate.toFixed(3),
        ]),
      }}
    >
      <SeriesChart
        label="Mean log-probability of the token of each rank, over all places of the text"
        series={series}
        xLabel="rank →"
        yLabel="nats"
        fromZero={false}
      />
    </Figure>
  );
}
