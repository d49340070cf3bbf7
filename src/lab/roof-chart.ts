import type { Roofs } from "../lib/roof.ts";
import type { Chart } from "./charts.ts";
import { percent, significant } from "./figures.ts";
import { type PlacedKernel, placedKernels } from "./modules.ts";
import type { Report } from "./report.ts";
import { logScale } from "./scale.ts";
import { type Line, type Point, scatter } from "./svg.ts";

/** More settings than this would be more charts than anybody reads; their tables have all. */
const MOST = 3;

/** Every kernel under its own roof, a chart for each of the first settings whose kernels are known. */
export function roofCharts({ settings, roofs }: Report): Chart[] {
  if (!roofs) return [];
  const known = settings.flatMap((entry) => {
    const kernels = placedKernels(entry, roofs).filter(isDrawable);
    return kernels.length > 1 ? [{ setting: entry.setting, kernels }] : [];
  });
  const left = known.length > MOST ? ` ${known.length - MOST} more settings: in their tables.` : "";
  return known.slice(0, MOST).map(({ setting, kernels }, at) => ({
    svg: drawn(`roofline-${at + 1}`, setting, kernels, roofs),
    caption: `Roofline of ${setting}: each kernel's operations a second against its operations a byte, both of its own arithmetic. The slope is memory.${left}`,
  }));
}

/** A logarithm has no place for a kernel without operations, and none beyond all measure. */
function isDrawable(kernel: PlacedKernel): boolean {
  const { x, y } = spotOf(kernel);
  return [x, y].every((value) => value > 1e-9 && value < 1e12);
}

function spotOf({ roofOperations, bytes, ms }: PlacedKernel): { x: number; y: number } {
  return { x: roofOperations / bytes, y: roofOperations / ms / 1e6 };
}

function drawn(
  id: string,
  setting: string,
  kernels: readonly PlacedKernel[],
  roofs: Roofs,
): string {
  const points = kernels.map(pointOf);
  const bandwidth = roofs.copyGbPerSecond.best;
  const levels = [
    { label: "multiply-add", peak: roofs.fmaGflops.best },
    ...(roofs.dp4aGops ? [{ label: "dot products of bytes", peak: roofs.dp4aGops.best }] : []),
    { label: "popcount, single bits", peak: roofs.popcountGops.best },
  ];
  const highest = Math.max(...levels.map(({ peak }) => peak));
  const least = Math.min(...points.map(({ x }) => x));
  const most = Math.max((highest / bandwidth) * 3, ...points.map(({ x }) => x));
  const lines: Line[] = [
    { from: [least, least * bandwidth], to: [highest / bandwidth, highest], label: "" },
    ...levels.map(
      ({ label, peak }): Line => ({ from: [peak / bandwidth, peak], to: [most, peak], label }),
    ),
  ];
  const bounds = kernels.map(
    ({ label, placement }) =>
      `${label} ${placement ? `${percent(placement.share)}, ${placement.bound}` : "without a roof"}`,
  );
  return scatter({
    id,
    title: `Rates of the kernels of ${setting} against their operations a byte, under the device's roofs: ${bounds.join("; ")}.`,
    x: { title: "operations a byte", scale: logScale([least, most]) },
    y: {
      title: "1e9 operations a second",
      scale: logScale([least * bandwidth, highest, ...points.map(({ y }) => y)]),
    },
    points,
    lines,
  });
}

function pointOf(kernel: PlacedKernel): Point {
  const { x, y } = spotOf(kernel);
  return {
    label: kernel.module,
    hint: `${kernel.label}: ${significant(x)} operations a byte, ${significant(y)} Gop/s`,
    x,
    y,
    xEnds: null,
    yEnds: null,
    front: false,
  };
}
