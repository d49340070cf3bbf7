import { lazy, useMemo } from "react";
import { curvesOf, type SideCurves } from "../../store/chart-figures.ts";
import { milliseconds, percent, perSecond, whole } from "../figures.ts";
import { useBitdial } from "../use-store.ts";
import { DrawnCard } from "./drawn-card.tsx";
import { Figure } from "./figure.tsx";
import type { Series } from "./series-chart.tsx";

const SeriesChart = lazy(async () => ({
  default: (await import("./series-chart.tsx")).SeriesChart,
}));

/** Decode against the tokens before it and prefill against the prompt's length, of both sides. */
export function CurvesCard() {
  const rows = useBitdial((state) => state.rows);
  const setting = useBitdial((state) => state.applied?.setting ?? "");
  const adapter = useBitdial((state) => state.adapter);
  const drawCurves = useBitdial((state) => state.drawCurves);
  const sides = useMemo(() => curvesOf(rows, setting), [rows, setting]);
  const decode = useMemo(() => decodeSeries(sides), [sides]);
  const prefill = useMemo(() => prefillSeries(sides), [sides]);
  const samples = sides[0]?.curves.byPosition[0]?.samples ?? 0;
  const unsteady = sides
    .flatMap(({ curves }) => [...curves.byPosition, ...curves.prefillByTokens])
    .filter(({ steady }) => !steady).length;
  return (
    <DrawnCard
      kind="curves"
      title="Speed against position and prompt"
      note="How long a token takes after 8, 32, 64 … tokens, as far as the context goes, and how many tokens of a prompt are read a second. Both sides take turns."
      source={
        sides.length === 0
          ? null
          : `Medians of ${samples} after a warm-up, with the 10th to the 90th percentile, reference and candidate in turns, from the call to the ids on the CPU; ${unsteady === 0 ? "every spread within 5 %" : `${unsteady} of the points spread over more than 5 %`}. Measured on ${adapter?.name ?? ""}${adapter?.software ? ", a software adapter: its speeds say nothing about a GPU" : ""}.`
      }
      draw={drawCurves}
    >
      <div className="grid tablet:grid-cols-2">
        <Figure
          title="Decode by position"
          name="bitdial-decode-by-position"
          table={{
            head: [
              "tokens before",
              ...sides.flatMap(({ setting: name }) => [name, `${name} spread`]),
            ],
            rows: tableRows(
              sides,
              ({ curves }) => curves.byPosition.map((point) => ({ at: point.position, ...point })),
              ({ medianMs }) => milliseconds(medianMs),
            ),
          }}
        >
          <SeriesChart
            label="Milliseconds of a decoded token by the tokens before it"
            series={decode}
            xLabel="tokens before →"
            yLabel="ms a token"
            fromZero
          />
        </Figure>
        <Figure
          title="Prefill by tokens of the prompt"
          name="bitdial-prefill-by-tokens"
          table={{
            head: [
              "tokens",
              ...sides.flatMap(({ setting: name }) => [`${name} tok/s`, `${name} spread`]),
            ],
            rows: tableRows(
              sides,
              ({ curves }) =>
                curves.prefillByTokens.map((point) => ({ at: point.tokens, ...point })),
              ({ tokensPerSecond }) => perSecond(tokensPerSecond),
            ),
          }}
        >
          <SeriesChart
            label="Tokens of a prompt read in a second by its length"
            series={prefill}
            xLabel="tokens of the prompt →"
            yLabel="tokens a second"
            fromZero
          />
        </Figure>
      </div>
    </DrawnCard>
  );
}

function decodeSeries(sides: readonly SideCurves[]): Series[] {
  return sides.map(({ setting, side, curves }) => ({
    name: setting,
    main: side === "candidate",
    points: curves.byPosition.map(({ position, medianMs, p10Ms, p90Ms }) => ({
      x: position,
      y: medianMs,
      low: p10Ms,
      high: p90Ms,
      words: `${milliseconds(medianMs)} after ${whole(position)} tokens`,
    })),
  }));
}

function prefillSeries(sides: readonly SideCurves[]): Series[] {
  return sides.map(({ setting, side, curves }) => ({
    name: setting,
    main: side === "candidate",
    points: curves.prefillByTokens.map(({ tokens, tokensPerSecond, p10Ms, p90Ms }) => ({
      x: tokens,
      y: tokensPerSecond,
      low: (tokens * 1000) / p90Ms,
      high: (tokens * 1000) / p10Ms,
      words: `${perSecond(tokensPerSecond)} tokens a second of ${whole(tokens)}`,
    })),
  }));
}

interface Placed {
  readonly at: number;
  readonly medianMs: number;
  readonly tokensPerSecond: number;
  readonly spread: number;
}

/** A row for each place, two cells for each side. */
function tableRows(
  sides: readonly SideCurves[],
  points: (side: SideCurves) => readonly Placed[],
  write: (point: Placed) => string,
): string[][] {
  const [first] = sides;
  if (!first) return [];
  return points(first).map(({ at }) => [
    whole(at),
    ...sides.flatMap((side) => {
      const point = points(side).find((other) => other.at === at);
      return point ? [write(point), percent(point.spread, 0)] : ["–", "–"];
    }),
  ]);
}
