import { Square } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { ChartKind } from "../../store/types.ts";
import { widthOf } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

interface DrawnCardProps {
  readonly kind: ChartKind;
  readonly title: string;
  /** What it shows and how it is measured, before there is anything to see. */
  readonly note: string;
  /** What was measured, in words; null while nothing is. */
  readonly source: string | null;
  /** A card of its own, or a part of one. */
  readonly framed?: boolean;
  draw(): Promise<void>;
  readonly children: ReactNode;
}

/** Charts that are measured when the user asks for them: the button, the progress, and what was measured on what. */
export function DrawnCard(props: DrawnCardProps) {
  const { kind, title, note, source, framed = true, draw, children } = props;
  const id = useId();
  const fault = useBitdial(({ chartFault }) =>
    chartFault?.kind === kind ? chartFault.sentence : null,
  );
  return (
    <section aria-labelledby={id} className={framed ? "card" : "bg-panel"}>
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3">
        <h2 id={id} className="card-title">
          {title}
        </h2>
        <Draw kind={kind} title={title} again={source !== null} draw={draw} />
      </div>
      {fault && (
        <p role="alert" className="px-4 pt-2 text-xs text-bad">
          {fault}
        </p>
      )}
      {source === null ? (
        <p className="max-w-prose px-4 pt-1.5 pb-3 text-xs text-soft">{note}</p>
      ) : (
        <>
          {children}
          <p className="border-t border-line px-4 py-2.5 text-xs text-soft">{source}</p>
        </>
      )}
    </section>
  );
}

type DrawProps = Pick<DrawnCardProps, "kind" | "title" | "draw"> & { readonly again: boolean };

function Draw({ kind, title, again, draw }: DrawProps) {
  const running = useBitdial(({ chartKind }) => chartKind === kind);
  const busy = useBitdial(({ activity }) => activity !== "idle" && activity !== "chart");
  const stop = useBitdial((state) => state.stop);
  if (!running) {
    return (
      <Button
        className="px-2.5 py-1 text-xs"
        disabled={busy}
        aria-label={`${again ? "Measure again" : "Measure"}: ${title}`}
        onClick={() => void draw()}
      >
        {again ? "Measure again" : "Measure"}
      </Button>
    );
  }
  return (
    <span className="flex items-center gap-2">
      <Progress title={title} />
      <Button
        className="px-2.5 py-1 text-xs"
        aria-label={`Stop: ${title}`}
        onClick={() => void stop()}
      >
        <Square size={11} fill="currentColor" aria-hidden="true" />
        Stop
      </Button>
    </span>
  );
}

function Progress({ title }: { readonly title: string }) {
  const fraction = useBitdial((state) => state.chartFraction);
  return (
    <span
      role="progressbar"
      aria-label={title}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(fraction === null ? {} : { "aria-valuenow": Math.round(fraction * 100) })}
      className="h-1.5 w-28 overflow-hidden rounded bg-sunk"
    >
      <span className="block h-full bg-accent" style={{ width: widthOf(fraction ?? 0) }} />
    </span>
  );
}
