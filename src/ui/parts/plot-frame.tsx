import type { plot } from "@observablehq/plot";
import { type RefObject, useEffect, useRef, useState } from "react";

type Chart = ReturnType<typeof plot>;

interface PlotFrameProps<T> {
  /** All of the chart in a sentence: screen readers get nothing else of it. */
  readonly label: string;
  readonly className: string;
  /** Null draws nothing. Drawn anew when it changes: keep it with useCallback. */
  draw(width: number): Chart | null;
  /** The datum under the pointer at a click. */
  onChoose(datum: T): void;
}

/** Pixels; a card that is just being laid out can be narrower than a chart's margins. */
const NARROWEST = 140;

/** Holds a chart of Observable Plot, as wide as there is room. */
export function PlotFrame<T>({ label, className, draw, onChoose }: PlotFrameProps<T>) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  useEffect(() => {
    const element = holder.current;
    if (!element || width < NARROWEST) return;
    const chart = draw(width);
    element.replaceChildren(...(chart ? [chart] : []));
    if (!chart) return;
    // Plot's own labels are for its makers, and axe finds them on groups without a role.
    chart.setAttribute("aria-hidden", "true");
    for (const part of chart.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
    const choose = () => {
      // Plot puts the datum under the pointer here.
      const { value } = chart as { value?: T | null };
      if (value) onChoose(value);
    };
    chart.addEventListener("click", choose);
    return () => chart.removeEventListener("click", choose);
  }, [draw, width, onChoose]);
  return <div ref={holder} className={className} role="img" aria-label={label} />;
}

/** The element's inner width in whole pixels, followed as it changes; 0 before it is known. */
function useWidth(holder: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [holder]);
  return width;
}
