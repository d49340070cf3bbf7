import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { labPoints } from "../../store/lab-points.ts";
import { Guard } from "../parts/guard.tsx";
import { PictureButtons } from "../parts/picture-buttons.tsx";
import { Segment } from "../parts/segment.tsx";
import { useBitdial } from "../use-store.ts";
import type { FrontAxis } from "./front-chart.tsx";

const FrontChart = lazy(async () => ({
  default: (await import("./front-chart.tsx")).FrontChart,
}));

const axes = [
  { axis: "size", label: "size" },
  { axis: "bits", label: "bits a weight" },
  { axis: "speed", label: "speed" },
  { axis: "sizeSpeed", label: "size × speed" },
] as const satisfies readonly { axis: FrontAxis; label: string }[];

export function FrontCard() {
  const entries = useBitdial((state) => state.sweepEntries);
  const setting = useBitdial((state) => state.setting);
  const turnTo = useBitdial((state) => state.turnTo);
  const goTo = useBitdial((state) => state.goTo);
  const card = useRef<HTMLElement>(null);
  const [axis, setAxis] = useState<FrontAxis>("size");
  const load = useCallback(
    (chosen: string) => {
      turnTo(chosen);
      goTo("playground");
    },
    [turnTo, goTo],
  );
  const points = useMemo(
    // The reference has no KL, which a logarithm could not show either, but a size and a speed.
    () => labPoints(entries).filter(({ kl }) => kl > 0 || axis === "sizeSpeed"),
    [entries, axis],
  );
  return (
    <section ref={card} aria-labelledby="front-title" className="card">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3">
        <h2 id="front-title" className="card-title">
          {axis === "sizeSpeed"
            ? "What nothing beats: size against speed, whatever the quality"
            : "What nothing beats: KL from the reference against"}
        </h2>
        <div className="flex flex-wrap items-center gap-2">
          {points.length > 0 && (
            <PictureButtons
              holder={card}
              name={`bitdial-${axis === "sizeSpeed" ? "size-speed" : `kl-${axis}`}`}
            />
          )}
          <div className="w-96 max-w-full">
            <Segment
              label="Against"
              options={axes.map((option) => ({
                value: option.axis,
                label: option.label,
                chosen: option.axis === axis,
                reason: null,
              }))}
              onChoose={(value) =>
                setAxis(axes.find((option) => option.axis === value)?.axis ?? axis)
              }
            />
          </div>
        </div>
      </div>
      <div className="min-h-80 px-2 pt-2 pb-2">
        {points.length === 0 ? (
          <Note>
            Every setting that a sweep measures becomes a point: its KL upwards, with its 95 %
            interval. Points on the line are beaten by no other. Click one to load it in the
            playground.
          </Note>
        ) : (
          <Guard fallback={<Note>The chart could not be fetched; the table has its figures.</Note>}>
            <Suspense fallback={<Note>Drawing …</Note>}>
              <FrontChart points={points} axis={axis} current={setting} onChoose={load} />
            </Suspense>
          </Guard>
        )}
      </div>
    </section>
  );
}

function Note({ children }: { readonly children: React.ReactNode }) {
  return <p className="max-w-prose px-2 pt-2 text-xs text-faint">{children}</p>;
}
