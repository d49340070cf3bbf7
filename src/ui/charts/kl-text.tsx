import { type CSSProperties, lazy, useCallback, useState } from "react";
import type { TextTrace } from "../../store/types.ts";
import { nats, percent } from "../figures.ts";
import { moveFocus } from "../parts/roving.ts";
import { heatOf } from "../parts/tint.ts";
import { Figure } from "./figure.tsx";

const KlChart = lazy(async () => ({ default: (await import("./kl-chart.tsx")).KlChart }));

interface KlTextProps {
  readonly tokens: TextTrace["tokens"];
  /** Where a click on a token leads, beyond telling about it. */
  onChoose?(at: number): void;
}

/** KL along a text: the chart, and the tokens under it, each of which tells what both models gave it. */
export function KlText({ tokens, onChoose }: KlTextProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = pointed ?? mostTelling(tokens);
  const choose = useCallback(
    (at: number) => {
      setPointed(at);
      onChoose?.(at);
    },
    [onChoose],
  );
  return (
    <Figure
      title="KL along the text"
      name="bitdial-kl-along-text"
      table={{
        head: ["token", "place", "KL", "reference", "candidate"],
        rows: tokens.flatMap(({ text, scored }, at) =>
          scored
            ? [
                [
                  visible(text),
                  at,
                  nats(scored.kl),
                  percent(Math.exp(-scored.referenceNll)),
                  percent(Math.exp(-scored.candidateNll)),
                ],
              ]
            : [],
        ),
      }}
    >
      <KlChart tokens={tokens} shown={shown} onChoose={choose} />
      <Told tokens={tokens} at={shown} />
      <Words tokens={tokens} shown={shown} point={setPointed} choose={choose} />
    </Figure>
  );
}

function Told({ tokens, at }: { readonly tokens: KlTextProps["tokens"]; readonly at: number }) {
  const token = tokens[at];
  if (!token?.scored) return null;
  const { kl, referenceNll, candidateNll } = token.scored;
  return (
    <p className="px-2 pb-1 text-xs">
      <strong className="font-mono font-semibold whitespace-pre">“{visible(token.text)}”</strong>
      {`, token ${at}: KL ${nats(kl)} nats; the reference gave it ${percent(Math.exp(-referenceNll))}, the candidate ${percent(Math.exp(-candidateNll))}.`}
    </p>
  );
}

interface WordsProps {
  readonly tokens: KlTextProps["tokens"];
  readonly shown: number;
  point(at: number): void;
  choose(at: number): void;
}

function Words({ tokens, shown, point, choose }: WordsProps) {
  const at = (target: EventTarget | null): number | null => {
    const stop = target instanceof HTMLElement ? target.dataset.stop : undefined;
    return stop === undefined ? null : Number(stop);
  };
  const tell = (target: EventTarget | null) => {
    const place = at(target);
    if (place !== null) point(place);
  };
  const lead = (target: EventTarget | null) => {
    const place = at(target);
    if (place !== null) choose(place);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: words of a text, not fields of a form.
    <div
      role="group"
      aria-label="The text, tinted by KL. Arrow keys go from token to token."
      className="story max-h-56 overflow-y-auto px-2 pb-2 text-[14px]"
      onPointerOver={(event) => tell(event.target)}
      onFocus={(event) => tell(event.target)}
      onClick={(event) => lead(event.target)}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          lead(event.target);
        } else moveFocus(event);
      }}
    >
      {tokens.map(({ text, scored }, place) =>
        scored ? (
          // biome-ignore lint/a11y/useSemanticElements: a button does not break across lines.
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the text.
            key={place}
            role="button"
            tabIndex={place === shown ? 0 : -1}
            aria-label={`${text.trim() || "space"}, KL ${nats(scored.kl)}`}
            data-stop={place}
            className={`token cursor-default ${place === shown ? "outline-2 outline-accent" : ""}`}
            style={{ "--k": heatOf(scored.kl) } as CSSProperties}
          >
            {text === "" ? "▯" : text}
          </span>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the text.
          <span key={place}>{text}</span>
        ),
      )}
    </div>
  );
}

function mostTelling(tokens: KlTextProps["tokens"]): number {
  let best = 1;
  for (const [at, { scored }] of tokens.entries()) {
    if ((scored?.kl ?? -1) > (tokens[best]?.scored?.kl ?? -1)) best = at;
  }
  return best;
}

/** Line breaks and empty pieces can be seen. */
function visible(text: string): string {
  return text === "" ? "▯" : text.replaceAll("\n", "↵");
}
