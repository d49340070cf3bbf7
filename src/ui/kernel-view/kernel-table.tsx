import { Play } from "lucide-react";
import type { KernelRow } from "../../store/types.ts";
import { milliseconds, percent, perSecond } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

export interface ListedKernel {
  readonly format: string;
  /** The fastest variant, once measured. */
  readonly best: KernelRow | undefined;
  /** Why there is none. */
  readonly fault: string | null;
}

export function KernelTable({ listed }: { readonly listed: readonly ListedKernel[] }) {
  const shown = useBitdial((state) => state.kernelFormat);
  const running = useBitdial(({ kernelRun }) =>
    kernelRun?.what === "measure" ? kernelRun.format : null,
  );
  return (
    <section
      aria-label="Kernels, a table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
      tabIndex={0}
      className="max-h-[34rem] overflow-auto border-t border-line desk:max-h-[calc(100vh-26rem)] desk:min-h-80"
    >
      <table className="figures">
        <thead className="sticky top-0 z-10 bg-panel">
          <tr>
            <th scope="col">format</th>
            <th scope="col">time</th>
            <th scope="col">spread</th>
            <th scope="col">GB/s</th>
            <th scope="col">GFLOP/s</th>
            <th scope="col">of roof</th>
          </tr>
        </thead>
        <tbody>
          {listed.map((kernel) => (
            <Row
              key={kernel.format}
              kernel={kernel}
              shown={kernel.format === shown}
              running={kernel.format === running}
            />
          ))}
        </tbody>
      </table>
      {listed.length === 0 && (
        <p className="px-4 py-3 text-xs text-soft">
          No format has this in its name, and it is no setting.
        </p>
      )}
    </section>
  );
}

interface RowProps {
  readonly kernel: ListedKernel;
  readonly shown: boolean;
  readonly running: boolean;
}

function Row({ kernel: { format, best, fault }, shown, running }: RowProps) {
  const showKernel = useBitdial((state) => state.showKernel);
  const runKernels = useBitdial((state) => state.runKernels);
  const run = () => {
    void showKernel(format);
    void runKernels([format]);
  };
  return (
    <tr
      className={shown ? "bg-accent-wash" : ""}
      title={best && `${best.variant}, ${best.samples} samples`}
    >
      <td>
        <span className="flex items-center gap-2.5">
          <button
            type="button"
            aria-label={`Run ${format}`}
            className={`rounded-field border border-line p-1 hover:border-faint ${running ? "text-accent" : "text-soft"}`}
            onClick={run}
          >
            <Play size={12} aria-hidden="true" fill={running ? "currentColor" : "none"} />
          </button>
          <button
            type="button"
            aria-pressed={shown}
            className="text-left underline decoration-dotted underline-offset-3 hover:text-accent"
            onClick={() => void showKernel(format)}
          >
            {format}
          </button>
        </span>
      </td>
      {best ? <Figures row={best} /> : <td colSpan={5}>{fault ? "computes wrongly here" : "–"}</td>}
    </tr>
  );
}

function Figures({ row: { ms, spread, gbPerSecond, gflops, roof } }: { readonly row: KernelRow }) {
  return (
    <>
      <td>{milliseconds(ms)}</td>
      <td>{percent(spread, 0)}</td>
      <td>{perSecond(gbPerSecond)}</td>
      <td>{perSecond(gflops)}</td>
      <td title={roof && `bound by ${roof.bound}`}>{roof ? percent(roof.share, 0) : "–"}</td>
    </>
  );
}
