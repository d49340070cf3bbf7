import { ChevronDown, RotateCcw } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { LayerCell, MatrixName } from "../../store/types.ts";
import { counted } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { NumberField } from "../parts/number-field.tsx";
import { moveFocus } from "../parts/roving.ts";
import { useBitdial } from "../use-store.ts";

/** Formats layer by layer and matrix by matrix: choose one, then click what shall have it. */
export function LayerGrid() {
  const cells = useBitdial((state) => state.cells);
  const clearLayers = useBitdial((state) => state.clearLayers);
  const overridden = cells.filter((cell) => cell.overridden).length;
  // Open where a link brought overrides, then as the user leaves it.
  const [open, setOpen] = useState(overridden > 0);
  const holder = useRef<HTMLDetailsElement>(null);
  const aim = useBitdial((state) => state.aim);
  const aimAt = useBitdial((state) => state.aimAt);
  useEffect(() => {
    if (!aim) return;
    // What is inside can take the focus once it is open.
    if (!open) {
      setOpen(true);
      return;
    }
    const cell = holder.current?.querySelector(`[data-stop="${aim.layer} ${aim.matrix}"]`);
    if (cell instanceof HTMLElement) cell.focus();
    aimAt(null);
  }, [aim, aimAt, open]);
  if (cells.length === 0) return null;
  return (
    <details
      ref={holder}
      className="group px-4 py-2.5"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="flex items-center gap-2 text-[13px]">
        By layer
        <span className="ml-auto text-xs text-faint">
          {overridden === 0 ? "all the same" : `${counted(overridden, "matrix", "matrices")} apart`}
        </span>
        <ChevronDown
          size={14}
          aria-hidden="true"
          className="text-faint transition-transform group-open:rotate-180"
        />
      </summary>
      <div className="grid gap-2 pt-2">
        <div className="flex items-center gap-2">
          <Brush />
          <Button
            className="px-2 py-1 text-xs"
            disabled={overridden === 0}
            title="Give every matrix the format of the dials again"
            onClick={clearLayers}
          >
            <RotateCcw size={13} aria-hidden="true" />
            Reset
          </Button>
        </div>
        <Budget />
        <Grid cells={cells} />
        <p className="text-xs text-faint">
          Click a cell, a layer or a matrix; a second click takes it back.
        </p>
      </div>
    </details>
  );
}

function Brush() {
  const brush = useBitdial((state) => state.brush);
  const brushes = useBitdial((state) => state.brushes);
  const setBrush = useBitdial((state) => state.setBrush);
  return (
    <label className="flex min-w-0 flex-1 items-center gap-2 text-xs text-soft">
      Set to
      <select
        value={brush}
        className="field min-w-0 flex-1 px-2 py-1 font-mono text-ink"
        onChange={(event) => setBrush(event.currentTarget.value)}
      >
        {brushes.map((format) => (
          <option key={format}>{format}</option>
        ))}
      </select>
    </label>
  );
}

/** Widths by the errors of the weights, within a number of bits a weight. */
function Budget() {
  const budget = useBitdial((state) => state.budget);
  const fault = useBitdial((state) => state.budgetFault);
  const setBudget = useBitdial((state) => state.setBudget);
  const fillBudget = useBitdial((state) => state.fillBudget);
  return (
    <div className="grid gap-1 text-xs text-soft">
      <div className="flex items-baseline justify-between gap-2">
        <span>
          <NumberField
            label="At most"
            hint="In the layers, scales and padding counted"
            value={budget}
            min={1}
            max={32}
            step={0.1}
            onChange={setBudget}
          />{" "}
          bits a weight
        </span>
        <Button
          className="px-2 py-1 text-xs"
          title="Give every matrix the width that its weights need, by their rounding errors, within these bits"
          onClick={() => void fillBudget()}
        >
          Fill
        </Button>
      </div>
      <p role="status" className="text-bad empty:hidden">
        {fault}
      </p>
    </div>
  );
}

function Grid({ cells }: { readonly cells: readonly LayerCell[] }) {
  const paint = useBitdial((state) => state.paint);
  const [stop, setStop] = useState("corner");
  const matrices = useMemo(() => unique(cells.map(({ matrix }) => matrix)), [cells]);
  const layers = useMemo(() => unique(cells.map(({ layer }) => layer)), [cells]);
  const stopProps = (name: string, first = false) => ({
    "data-stop": name,
    tabIndex: stop === name || (first && stop === "corner") ? 0 : -1,
    onFocus: () => setStop(name),
  });
  const head = "rounded-[3px] py-0.5 hover:bg-sunk hover:text-ink";
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons in a grid, not a table of figures.
    <div
      role="group"
      aria-label="Format by layer and matrix; arrow keys move"
      className="grid grid-cols-[24px_repeat(7,minmax(0,1fr))] gap-0.5 text-center font-mono text-[11px] text-faint"
      onKeyDown={(event) => moveFocus(event, matrices.length + 1)}
    >
      <button
        type="button"
        {...stopProps("all", true)}
        aria-label="Every matrix of every layer"
        title="Every matrix of every layer"
        className={head}
        onClick={() => paint(layers, matrices)}
      >
        all
      </button>
      {matrices.map((matrix) => (
        <button
          key={matrix}
          type="button"
          {...stopProps(matrix)}
          aria-label={`${matrix} of every layer`}
          className={head}
          onClick={() => paint(layers, [matrix])}
        >
          {matrix}
        </button>
      ))}
      {layers.flatMap((layer) => [
        <button
          key={layer}
          type="button"
          {...stopProps(`layer ${layer}`)}
          aria-label={`Layer ${layer}, every matrix`}
          className={head}
          onClick={() => paint([layer], matrices)}
        >
          {layer}
        </button>,
        ...cells
          .filter((cell) => cell.layer === layer)
          .map(({ matrix, format, short, overridden }) => (
            <button
              key={`${layer} ${matrix}`}
              type="button"
              {...stopProps(`${layer} ${matrix}`)}
              aria-label={`Layer ${layer}, ${matrix}: ${format}`}
              aria-pressed={overridden}
              title={`${layer}.${matrix}: ${format}`}
              className={`truncate rounded-[3px] py-0.5 font-medium ${overridden ? "bg-accent text-on-accent" : "bg-accent-wash text-accent"}`}
              onClick={() => paint([layer], [matrix as MatrixName])}
            >
              {short}
            </button>
          )),
      ])}
    </div>
  );
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
