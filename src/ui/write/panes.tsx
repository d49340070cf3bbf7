import { type CSSProperties, type ReactNode, useLayoutEffect, useRef } from "react";
import type { Pane } from "../../store/types.ts";
import { milliseconds, perSecond, times } from "../figures.ts";
import { heatOf, legend } from "../parts/tint.ts";
import { useBitdial } from "../use-store.ts";
import { CandidateText } from "./candidate-text.tsx";
import { stopSentence } from "./stop-words.ts";

export function ReferencePane() {
  const pane = useBitdial((state) => state.panes.reference);
  const writing = useBitdial((state) => state.activity === "writing");
  return (
    <article aria-label="Reference" className="flex min-w-0 flex-col px-4 pt-3.5 pb-3">
      <PaneHead title="Reference" pane={pane} faster={null} />
      <Scroll follow={writing && pane.stop === null ? pane.tokens.length : null}>
        <p className="story">
          <span className="text-faint">{pane.prompt}</span>
          {pane.tokens.map(({ text }) => text).join("")}
          {writing && pane.stop === null && <span className="caret" />}
        </p>
      </Scroll>
      <PaneFoot pane={pane} />
    </article>
  );
}

export function CandidatePane() {
  const pane = useBitdial((state) => state.panes.candidate);
  const reference = useBitdial((state) => state.panes.reference.tokensPerSecond);
  const writing = useBitdial((state) => state.activity === "writing");
  const faster =
    reference && pane.tokensPerSecond && pane.stop ? pane.tokensPerSecond / reference : null;
  return (
    <article
      aria-label="Candidate"
      className="flex min-w-0 flex-col border-t border-line px-4 pt-3.5 pb-3 @min-[560px]:border-t-0 @min-[560px]:border-l"
    >
      <PaneHead title="Candidate" pane={pane} faster={faster} />
      <Scroll follow={writing && pane.stop === null ? pane.tokens.length : null}>
        <CandidateText />
      </Scroll>
      <PaneFoot pane={pane}>
        <FirstToken />
        <Legend />
      </PaneFoot>
    </article>
  );
}

interface ScrollProps {
  /** Grows while text arrives, and the end stays in view; null leaves the reader alone. */
  readonly follow: number | null;
  readonly children: ReactNode;
}

/** Both texts have the same room whatever their length: the scores below never move. */
function Scroll({ follow, children }: ScrollProps) {
  const holder = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = holder.current;
    if (element && follow !== null) element.scrollTop = element.scrollHeight;
  }, [follow]);
  return (
    <div
      ref={holder}
      className="-mx-4 px-4 pb-1 @min-[560px]:h-[clamp(14rem,30vh,26rem)] @min-[560px]:overflow-y-auto"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
      tabIndex={0}
    >
      {children}
    </div>
  );
}

interface PaneHeadProps {
  readonly title: string;
  readonly pane: Pane;
  readonly faster: number | null;
}

function PaneHead({ title, pane, faster }: PaneHeadProps) {
  const { setting, tokensPerSecond } = pane;
  return (
    <h2 className="mb-2.5 flex items-baseline gap-3 text-[13px] font-semibold">
      {title}
      <span
        className="min-w-0 flex-1 truncate text-right font-mono text-xs font-normal text-soft"
        title={setting}
      >
        {setting}
      </span>
      {tokensPerSecond !== null && (
        <span
          className={`font-mono text-xs font-normal whitespace-nowrap ${faster && faster > 1 ? "text-good" : "text-soft"}`}
          title={
            faster ? `${times(faster)} the reference's rate while writing this text` : undefined
          }
        >
          {perSecond(tokensPerSecond)} tok/s
        </span>
      )}
    </h2>
  );
}

interface PaneFootProps {
  readonly pane: Pane;
  readonly children?: ReactNode;
}

function PaneFoot({ pane, children }: PaneFootProps) {
  const room = useBitdial((state) => state.model?.contextLength ?? 0);
  const { stop, tokens } = pane;
  return (
    <div className="mt-auto flex flex-wrap items-center gap-x-4 gap-y-1 pt-3 text-xs text-faint">
      {stop && <span>{stopSentence(stop, tokens.length, room)}</span>}
      {children}
    </div>
  );
}

/** Promise of the page: a turned dial writes at once. The figure says whether it did. */
function FirstToken() {
  const ms = useBitdial(
    ({ rows, panes }) =>
      rows.find(({ setting }) => setting === panes.candidate.setting)?.firstTokenMs ?? null,
  );
  if (ms === null) return null;
  return (
    <span
      data-first-token-ms={ms.toFixed(1)}
      title="From the turn of the dial to the first token of the new text on screen: packing, compiling, checking, reading the prompt, drawing."
    >
      First token <b className="font-mono font-medium text-soft">{milliseconds(ms)}</b> after the
      turn
    </span>
  );
}

function Legend() {
  const any = useBitdial((state) => state.comparisons.length > 0);
  if (!any) return null;
  return (
    <span
      className="ml-auto inline-flex items-center gap-1.5 whitespace-nowrap"
      title="Tint of each token: KL from the reference's prediction to the candidate's, in nats, given the candidate's own text so far"
    >
      KL
      {legend.map((kl) => (
        <span
          key={kl}
          className="token px-1.5 font-mono text-[11px] text-ink"
          style={{ "--k": heatOf(kl) } as CSSProperties}
        >
          {kl}
        </span>
      ))}
    </span>
  );
}
