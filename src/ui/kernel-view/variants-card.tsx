import { kernelKey, shapeOf } from "../../store/kernel-words.ts";
import type { KernelRow, KernelSource } from "../../store/types.ts";
import { milliseconds, percent, perSecond, widthOf } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

/** The variants of the shown kernel side by side. */
export function VariantsCard() {
  const format = useBitdial((state) => state.kernelFormat);
  const sources = useBitdial((state) => state.kernelSources);
  const rows = useBitdial(({ kernelRows, kernelOp, kernelShape, kernelFormat }) => {
    const shape = shapeOf(kernelOp, kernelShape);
    return typeof shape === "string"
      ? undefined
      : kernelRows[kernelKey(kernelOp, kernelFormat, shape)];
  });
  const times = (rows ?? []).map(({ ms }) => ms).filter(Number.isFinite);
  const best = Math.min(...times);
  return (
    <section aria-labelledby="variants-title" className="card overflow-hidden">
      <h2 id="variants-title" className="card-title px-4 pt-3">
        Variants of {format}
        <span>a longer bar is a faster kernel</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard. */}
      <section className="overflow-x-auto pt-1" tabIndex={0} aria-label="Variants, a table">
        <table className="figures">
          <thead>
            <tr>
              {["variant", "", "time", "spread", "GB/s", "GFLOP/s", "of roof"].map((title) => (
                <th key={title} scope="col">
                  {title === "" ? <span className="sr-only">speed</span> : title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sources.map((source) => (
              <Row
                key={source.variant}
                source={source}
                row={rows?.find(({ variant }) => variant === source.variant)}
                best={best}
              />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

interface RowProps {
  readonly source: KernelSource;
  readonly row: KernelRow | undefined;
  readonly best: number;
}

function Row({ source: { variant }, row, best }: RowProps) {
  const shown = useBitdial((state) => state.kernelVariant === variant);
  const showVariant = useBitdial((state) => state.showVariant);
  return (
    <tr className={shown ? "bg-accent-wash" : ""} title={row?.error}>
      <td>
        <button
          type="button"
          aria-pressed={shown}
          className="text-left underline decoration-dotted underline-offset-3 hover:text-accent"
          onClick={() => void showVariant(variant)}
        >
          {variant}
        </button>
      </td>
      {row && row.error === undefined ? (
        <>
          <td className="w-2/5 min-w-20">
            <span
              aria-hidden="true"
              className="block h-2 rounded-sm bg-accent"
              style={{ width: widthOf(best / row.ms) }}
            />
          </td>
          <td>{milliseconds(row.ms)}</td>
          <td>{percent(row.spread, 0)}</td>
          <td>{perSecond(row.gbPerSecond)}</td>
          <td>{perSecond(row.gflops)}</td>
          <td title={row.roof && `bound by ${row.roof.bound}`}>
            {row.roof ? percent(row.roof.share, 0) : "–"}
          </td>
        </>
      ) : (
        <td colSpan={6} className={row ? "text-bad" : ""}>
          {row ? "computes wrongly here, or does not fit" : "not measured"}
        </td>
      )}
    </tr>
  );
}
