import { useId, useMemo, useState } from "react";
import {
  canonicalFormat,
  fastest,
  kernelFormats,
  kernelKey,
  shapeOf,
} from "../../store/kernel-words.ts";
import type { KernelOp } from "../../store/types.ts";
import { FileButtons } from "../parts/file-buttons.tsx";
import { saveFile } from "../parts/save-file.ts";
import { useBitdial } from "../use-store.ts";
import { KernelTable, type ListedKernel } from "./kernel-table.tsx";
import { RunBar } from "./run-bar.tsx";

const kinds = [
  { kind: "json", label: "JSON" },
  { kind: "csv", label: "CSV" },
] as const;

const ops = [
  { value: "matvec", label: "matvec, one token" },
  { value: "matmul", label: "matmul, 64 tokens" },
] as const satisfies readonly { value: KernelOp; label: string }[];

/** Every format as a kernel of the chosen op and shape. */
export function ListCard() {
  const measured = useBitdial(({ kernelRows }) => Object.keys(kernelRows).length > 0);
  const exportKernels = useBitdial((state) => state.exportKernels);
  const [filter, setFilter] = useState("");
  const listed = useListed(filter);
  return (
    <section aria-labelledby="kernels-title" className="card">
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-2 px-4 pt-3 pb-1">
        <h2 id="kernels-title" className="card-title">
          Matrix kernels
        </h2>
        {measured && (
          <FileButtons
            label="Save the kernels"
            kinds={kinds}
            save={async (kind) => {
              const { name, type, text } = await exportKernels(kind);
              saveFile(name, type, text);
            }}
          />
        )}
      </div>
      <div className="grid gap-3 px-4 pb-3">
        <Op />
        <div className="grid gap-3 tablet:grid-cols-2">
          <Shape />
          <Filter value={filter} onChange={setFilter} />
        </div>
      </div>
      <RunBar formats={listed.map(({ format }) => format)} />
      <KernelTable listed={listed} />
      <Source />
    </section>
  );
}

/** What the filter leaves; a setting that is not in the list is one more row of it. */
function useListed(filter: string): readonly ListedKernel[] {
  const op = useBitdial((state) => state.kernelOp);
  const text = useBitdial((state) => state.kernelShape);
  const rows = useBitdial((state) => state.kernelRows);
  const all = useMemo(kernelFormats, []);
  return useMemo(() => {
    const shape = shapeOf(op, text);
    const words = filter.toLowerCase().split(/[\s,]+/);
    const matching = all.filter((format) => words.every((word) => format.includes(word)));
    const own = filter.trim() === "" ? null : canonicalFormat(filter);
    const formats = own && "format" in own ? [...new Set([own.format, ...matching])] : matching;
    return formats.map((format) => {
      const known = typeof shape === "string" ? undefined : rows[kernelKey(op, format, shape)];
      return { format, best: fastest(known), fault: known?.[0]?.error ?? null };
    });
  }, [op, text, rows, all, filter]);
}

function Op() {
  const op = useBitdial((state) => state.kernelOp);
  const setKernelOp = useBitdial((state) => state.setKernelOp);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own box.
    <div role="group" aria-label="Operation" className="flex rounded-field bg-sunk p-0.5">
      {ops.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === op}
          className={`min-w-0 flex-1 rounded-md py-1 text-[13px] ${value === op ? "bg-panel font-semibold shadow-[0_1px_2px_#0002,0_0_0_1px_var(--color-line)]" : "text-soft hover:text-ink"}`}
          onClick={() => void setKernelOp(value)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function Shape() {
  const id = useId();
  const op = useBitdial((state) => state.kernelOp);
  const text = useBitdial((state) => state.kernelShape);
  const model = useBitdial((state) => state.model);
  const setKernelShape = useBitdial((state) => state.setKernelShape);
  const shape = shapeOf(op, text);
  const sizes = Object.values(model?.matrices ?? {}).map(([rows, cols]) => `${rows}x${cols}`);
  return (
    <div>
      <label htmlFor={id} className="mb-1 flex justify-between gap-2 text-[13px]">
        Shape <span className="text-xs text-soft">outputs x inputs</span>
      </label>
      <input
        id={id}
        list={`${id}-sizes`}
        className="field w-full px-2.5 py-1.5 font-mono text-[13px]"
        value={text}
        spellCheck={false}
        aria-invalid={typeof shape === "string"}
        aria-describedby={`${id}-fault`}
        onChange={(event) => void setKernelShape(event.currentTarget.value)}
      />
      <datalist id={`${id}-sizes`}>
        {[...new Set([...sizes, "1024x1024", "4096x4096"])].map((size) => (
          <option key={size} value={size} />
        ))}
      </datalist>
      <p id={`${id}-fault`} role="status" className="text-xs text-bad empty:hidden">
        {typeof shape === "string" ? shape : ""}
      </p>
    </div>
  );
}

interface FilterProps {
  readonly value: string;
  onChange(value: string): void;
}

function Filter({ value, onChange }: FilterProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 flex justify-between gap-2 text-[13px]">
        Format <span className="text-xs text-soft">part of a name, or any setting</span>
      </label>
      <input
        id={id}
        type="search"
        className="field w-full px-2.5 py-1.5 font-mono text-[13px]"
        placeholder="int4, +2:4, int3-g64+a8 …"
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  );
}

/** What the figures were measured on, and how. */
function Source() {
  const adapter = useBitdial((state) => state.adapter);
  return (
    <p className="border-t border-line px-4 py-3 text-xs text-soft">
      On {adapter?.name}
      {adapter?.software ? ", a software adapter: its speeds say nothing about a GPU" : ""}. Of each
      format the fastest variant: the median of its samples, with the spread from the 10th to the
      90th percentile; a sample is the slope between few and many repeats. Every kernel has been
      held against the processor before it was timed. A roof is what this device copies, or
      multiplies, at best; what a cache serves can come out above it, and unpacking counts for
      nothing.
    </p>
  );
}
