import { lazy, type ReactNode, Suspense, useMemo, useRef } from "react";
import { Guard } from "../parts/guard.tsx";
import { PictureButtons } from "../parts/picture-buttons.tsx";
import { useBitdial } from "../use-store.ts";
import type { ChartPoint } from "./quality-chart.tsx";

// Plot and what it stands on weigh more than the rest of the page: fetched once there is a point.
const QualityChart = lazy(async () => ({
  default: (await import("./quality-chart.tsx")).QualityChart,
}));

export function ChartCard() {
  const rows = useBitdial((state) => state.rows);
  const setting = useBitdial((state) => state.applied?.setting ?? "");
  const turnTo = useBitdial((state) => state.turnTo);
  const points = useMemo(
    () =>
      rows.flatMap(({ setting: name, size, quality }): ChartPoint[] => {
        const kl = quality?.summary.kl;
        if (!kl || !(kl.value > 0)) return [];
        const { low, high } = kl.interval ?? { low: kl.value, high: kl.value };
        return [
          {
            setting: name,
            megabytes: size.weightBytes / 1e6,
            kl: kl.value,
            low: low > 0 ? low : kl.value,
            high,
            current: name === setting,
          },
        ];
      }),
    [rows, setting],
  );
  const card = useRef<HTMLElement>(null);
  return (
    <section ref={card} aria-label="Quality against size" className="card">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3">
        <h2 className="card-title">
          Quality against size <span>KL in nats, log</span>
        </h2>
        {points.length > 0 && <PictureButtons holder={card} name="bitdial-session-kl-size" />}
      </div>
      <div className="min-h-56 px-2 pt-1 pb-2">
        {points.length === 0 ? (
          <Note>
            Every setting you measure becomes a point here: its size to the right, its KL from the
            reference upwards. Low and left is good.
          </Note>
        ) : (
          <Guard fallback={<Note>The chart could not be fetched; the table has its figures.</Note>}>
            <Suspense fallback={<Note>Drawing …</Note>}>
              <QualityChart points={points} onChoose={turnTo} />
            </Suspense>
          </Guard>
        )}
      </div>
    </section>
  );
}

function Note({ children }: { readonly children: ReactNode }) {
  return <p className="px-2 pt-2 text-xs text-faint">{children}</p>;
}
