import { lazy, type ReactNode, useCallback, useMemo } from "react";
import type { Aim, LayerErrors } from "../../store/types.ts";
import { percent } from "../figures.ts";
import { useBitdial } from "../use-store.ts";
import { DrawnCard } from "./drawn-card.tsx";
import type { HeatCell } from "./errors-chart.tsx";
import { Figure } from "./figure.tsx";

const ErrorsChart = lazy(async () => ({
  default: (await import("./errors-chart.tsx")).ErrorsChart<AimedCell>,
}));

interface AimedCell extends HeatCell {
  /** Null for the head, which has a dial of its own. */
  readonly aim: Aim | null;
}

type Cell = LayerErrors["cells"][number];

interface Measure {
  readonly title: string;
  readonly name: string;
  readonly label: string;
  value(cell: Cell): number | null;
  write(value: number): string;
  /** Larger is worse. */
  readonly worse: 1 | -1;
}

const snr: Measure = {
  title: "Weights: signal to noise, dB",
  name: "bitdial-weight-snr",
  label: "Power of the weights over that of their rounding, in dB; more is better",
  value: ({ snrDb }) => snrDb,
  write: (value) => value.toFixed(1),
  worse: -1,
};

const output: Measure = {
  title: "Output: relative error on a text",
  name: "bitdial-output-error",
  label: "Distance of each matrix's output from the master's over its length; less is better",
  value: ({ outputError }) => outputError,
  write: (value) => percent(value, value < 0.01 ? 2 : 1),
  worse: 1,
};

/** Which matrices a setting hurts: a click on one leads to its dial. */
export function ErrorsCard() {
  const errors = useBitdial((state) => state.layerErrors);
  const drawLayerErrors = useBitdial((state) => state.drawLayerErrors);
  return (
    <DrawnCard
      kind="layerErrors"
      title="Errors by layer and matrix"
      note="How much the setting's rounding is of each matrix's weights, and how far it moves the matrix's output on a real text. Click a cell to give that matrix a format of its own."
      source={
        errors &&
        `${errors.setting} against the model's own weights, on the CPU, where sums are exact: every matrix gets what it would see in the model as it came, over the first ${errors.tokens} tokens of ${errors.text}. Click a cell to go to its dial.`
      }
      draw={drawLayerErrors}
    >
      {errors && (
        <div className="grid tablet:grid-cols-2">
          <ErrorMap errors={errors} measure={snr} />
          <ErrorMap errors={errors} measure={output} />
        </div>
      )}
    </DrawnCard>
  );
}

function ErrorMap({
  errors,
  measure,
}: {
  readonly errors: LayerErrors;
  readonly measure: Measure;
}) {
  const aimAt = useBitdial((state) => state.aimAt);
  const cells = useMemo(() => heatCells(errors.cells, measure), [errors, measure]);
  const choose = useCallback(
    ({ aim }: AimedCell) => {
      if (aim) aimAt(aim);
    },
    [aimAt],
  );
  return (
    <Figure title={measure.title} name={measure.name} table={tableOf(cells, choose)}>
      <ErrorsChart label={measure.label} cells={cells} onChoose={choose} />
    </Figure>
  );
}

function heatCells(cells: readonly Cell[], { value, write, worse }: Measure): AimedCell[] {
  const values = cells.map(value).filter((figure): figure is number => figure !== null);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return cells.map((cell) => {
    const figure = value(cell);
    const share = figure === null || most === least ? 0 : (figure - least) / (most - least);
    const heat = figure === null || most === least ? 0 : worse === 1 ? share : 1 - share;
    const text = figure === null ? "exact" : write(figure);
    const { layer, matrix, format } = cell;
    const place = layer === null || matrix === "head" ? "head" : `${layer}.${matrix}`;
    return {
      // The head has a row of its own, in the first column.
      row: layer === null ? "head" : String(layer),
      column: layer === null ? "q" : matrix,
      heat,
      text,
      words: `${place}, ${format}: ${text}`,
      aim: layer === null || matrix === "head" ? null : { layer, matrix },
    };
  });
}

function tableOf(cells: readonly AimedCell[], choose: (cell: AimedCell) => void) {
  const columns = [...new Set(cells.map(({ column }) => column))];
  const rows = [...new Set(cells.map(({ row }) => row))];
  const cellOf = (row: string, column: string): ReactNode => {
    const cell = cells.find((other) => other.row === row && other.column === column);
    if (!cell) return "";
    if (!cell.aim) return cell.text;
    return (
      <button
        type="button"
        aria-label={`${cell.words}: to its dial`}
        className="text-accent underline-offset-4 hover:underline"
        onClick={() => choose(cell)}
      >
        {cell.text}
      </button>
    );
  };
  return {
    head: ["layer", ...columns],
    rows: rows.map((row) => [row, ...columns.map((column) => cellOf(row, column))]),
  };
}
