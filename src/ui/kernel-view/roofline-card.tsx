import { lazy, useMemo } from "react";
import { fastest, shapeOf } from "../../store/kernel-words.ts";
import { Figure } from "../charts/figure.tsx";
import { milliseconds, percent } from "../figures.ts";
import type { ChartedKernel } from "../roofs/roof-chart.tsx";
import { useBitdial } from "../use-store.ts";

const RoofChart = lazy(async () => ({
  default: (await import("../roofs/roof-chart.tsx")).RoofChart,
}));

/** The fastest variant of every measured format under this device's roofs, for the chosen op and shape. */
export function RooflineCard() {
  const op = useBitdial((state) => state.kernelOp);
  const text = useBitdial((state) => state.kernelShape);
  const measured = useBitdial((state) => state.kernelRows);
  const roofs = useBitdial((state) => state.roofs);
  const kernels = useMemo(() => {
    const shape = shapeOf(op, text);
    if (typeof shape === "string") return [];
    const wanted = `${shape.m}x${shape.n}x${shape.k}`;
    return Object.values(measured).flatMap((rows): ChartedKernel[] => {
      const row = fastest(rows.filter((one) => one.op === op && one.shape === wanted));
      if (!row) return [];
      const { format, variant, roof, ...figures } = row;
      return [{ ...figures, module: format, label: variant, placement: roof ?? null }];
    });
  }, [op, text, measured]);
  if (!roofs || kernels.length === 0) return null;
  return (
    <section aria-labelledby="roofline-title" className="card overflow-hidden">
      <h2 id="roofline-title" className="card-title px-4 pt-3">
        Roofline
        <span>operations a byte, logarithmic</span>
      </h2>
      <Figure
        title="Fastest variant of each format"
        name="bitdial-kernels-roofline"
        table={{
          head: ["format", "variant", "time", "op/byte", "Gop/s", "of roof", "bound"],
          rows: kernels.map(({ module, label, ms, bytes, roofOperations, placement }) => [
            module,
            label,
            milliseconds(ms),
            (roofOperations / bytes).toPrecision(2),
            (roofOperations / ms / 1e6).toPrecision(3),
            placement ? percent(placement.share) : "–",
            placement?.bound ?? "–",
          ]),
        }}
      >
        <RoofChart kernels={kernels} roofs={roofs} />
      </Figure>
    </section>
  );
}
