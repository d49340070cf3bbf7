import { type CSSProperties, memo, useMemo } from "react";
import { mostTelling, partsAt } from "../../store/panes.ts";
import { nats } from "../figures.ts";
import { moveFocus } from "../parts/roving.ts";
import { heatOf } from "../parts/tint.ts";
import { useBitdial } from "../use-store.ts";

/** The token whose card is shown: the one pointed at, else the one worth looking at first. */
export function useShownToken(): number | null {
  const picked = useBitdial((state) => state.picked);
  const comparisons = useBitdial((state) => state.comparisons);
  const parts = useParting();
  const telling = useMemo(() => mostTelling(comparisons, parts), [comparisons, parts]);
  return picked ?? telling;
}

function useParting(): number | null {
  const reference = useBitdial((state) => state.panes.reference);
  const candidate = useBitdial((state) => state.panes.candidate);
  return useMemo(() => partsAt(reference, candidate), [reference, candidate]);
}

/** Token by token: tinted by KL, and each one can be pointed at or reached with the arrow keys. */
export function CandidateText() {
  const prompt = useBitdial((state) => state.panes.candidate.prompt);
  const tokens = useBitdial((state) => state.panes.candidate.tokens);
  const stop = useBitdial((state) => state.panes.candidate.stop);
  const comparisons = useBitdial((state) => state.comparisons);
  const writing = useBitdial((state) => state.activity === "writing");
  const pick = useBitdial((state) => state.pick);
  const shown = useShownToken();
  const parts = useParting();
  const pickAt = (target: EventTarget | null) => {
    const stop = target instanceof HTMLElement ? target.dataset.stop : undefined;
    if (stop !== undefined) pick(Number(stop));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: words of a text, not fields of a form.
    <div
      role="group"
      aria-label="The candidate's text. Arrow keys go from token to token; the card below tells about each."
      className="story"
      onPointerOver={(event) => pickAt(event.target)}
      onClick={(event) => pickAt(event.target)}
      onFocus={(event) => pickAt(event.target)}
      onKeyDown={(event) => moveFocus(event)}
    >
      <span className="text-faint">{prompt}</span>
      {tokens.map(({ text }, at) => (
        <Token
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the text.
          key={at}
          at={at}
          text={text}
          kl={comparisons[at]?.kl ?? null}
          parts={parts === at}
          picked={shown === at}
          reachable={at === (shown ?? 0)}
        />
      ))}
      {writing && stop === null && <span className="caret" />}
    </div>
  );
}

interface TokenProps {
  readonly at: number;
  readonly text: string;
  readonly kl: number | null;
  readonly parts: boolean;
  readonly picked: boolean;
  readonly reachable: boolean;
}

const Token = memo(function Token({ at, text, kl, parts, picked, reachable }: TokenProps) {
  const style = kl === null ? undefined : ({ "--k": heatOf(kl) } as CSSProperties);
  return (
    <>
      {parts && <PartingMark />}
      {/* biome-ignore lint/a11y/useSemanticElements: a button does not break across lines. */}
      <span
        role="button"
        tabIndex={reachable ? 0 : -1}
        aria-pressed={picked}
        aria-label={kl === null ? undefined : `${text.trim() || "space"}, KL ${nats(kl)}`}
        data-stop={at}
        data-kl={kl ?? undefined}
        data-picked={picked}
        className="token cursor-default"
        style={style}
      >
        {text === "" ? "▯" : text}
      </span>
    </>
  );
});

function PartingMark() {
  return (
    <span className="mx-px border-l-2 border-bad" data-parts="true" title="Here the two texts part">
      <span className="sr-only"> (here the two texts part) </span>
    </span>
  );
}
