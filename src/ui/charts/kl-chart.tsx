import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import type { TextTrace } from "../../store/types.ts";
import { nats } from "../figures.ts";
import { chartStyle } from "../parts/kl-axis.ts";
import { PlotFrame } from "../parts/plot-frame.tsx";

interface KlChartProps {
  readonly tokens: TextTrace["tokens"];
  /** The token that is told about below. */
  readonly shown: number | null;
  onChoose(at: number): void;
}

interface Bar {
  readonly at: number;
  readonly text: string;
  readonly kl: number;
}

/** A bar for each token of a text, in order. */
export function KlChart({ tokens, shown, onChoose }: KlChartProps) {
  const drawn = useCallback((width: number) => draw(barsOf(tokens), shown, width), [tokens, shown]);
  const choose = useCallback(({ at }: Bar) => onChoose(at), [onChoose]);
  return (
    <PlotFrame
      label={describe(barsOf(tokens))}
      className="min-h-40"
      draw={drawn}
      onChoose={choose}
    />
  );
}

function barsOf(tokens: KlChartProps["tokens"]): Bar[] {
  return tokens.flatMap(({ text, scored }, at) => (scored ? [{ at, text, kl: scored.kl }] : []));
}

function draw(
  bars: readonly Bar[],
  shown: number | null,
  width: number,
): ReturnType<typeof Plot.plot> {
  const stroke = ({ at }: Bar) => (at === shown ? "var(--color-accent)" : "var(--color-heat)");
  return Plot.plot({
    width,
    height: 168,
    marginLeft: 46,
    marginRight: 12,
    marginTop: 22,
    marginBottom: 32,
    style: chartStyle,
    x: { label: "token →", domain: [0, Math.max(1, ...bars.map(({ at }) => at + 1))], tickSize: 0 },
    y: { label: "KL, nats", labelAnchor: "top", ticks: 4, tickSize: 0, zero: true },
    marks: [
      Plot.gridY({ stroke: "var(--color-line)", strokeOpacity: 1, strokeDasharray: "2 4" }),
      Plot.ruleX(bars, {
        x: ({ at }: Bar) => at + 0.5,
        y1: 0,
        y2: "kl",
        stroke,
        strokeWidth: Math.max(1, Math.min(8, ((width - 58) / Math.max(1, bars.length)) * 0.75)),
      }),
      Plot.tip(
        bars,
        Plot.pointerX({
          x: ({ at }: Bar) => at + 0.5,
          y: "kl",
          title: ({ text, kl }: Bar) => `${text.trim() || "space"}\nKL ${nats(kl)}`,
          fill: "var(--color-panel)",
          stroke: "var(--color-line)",
        }),
      ),
    ],
  });
}

function describe(bars: readonly Bar[]): string {
  const most = bars.toSorted((a, b) => b.kl - a.kl).slice(0, 5);
  const words = most.map(({ at, text, kl }) => `${text.trim() || "space"} at ${at}, ${nats(kl)}`);
  return `KL of ${bars.length} tokens, in the order of the text. The largest: ${words.join("; ")}.`;
}
