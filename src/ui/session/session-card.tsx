import { X } from "lucide-react";
import { lazy, Suspense } from "react";
import type { SessionRow } from "../../store/types.ts";
import { megabytes, nats, perSecond } from "../figures.ts";
import { ExportButtons } from "../header/export-buttons.tsx";
import { Guard } from "../parts/guard.tsx";
import { useBitdial } from "../use-store.ts";
import { CheckSentence } from "./check-sentence.tsx";

const Comparison = lazy(async () => ({
  default: (await import("./comparison.tsx")).Comparison,
}));

export function SessionCard() {
  const rows = useBitdial((state) => state.rows);
  const ticked = useBitdial((state) => state.ticked);
  return (
    <section aria-label="This session" className="card overflow-hidden">
      <h2 className="card-title px-4 pt-3 pb-1">
        This session <span>tick two to compare</span>
      </h2>
      <table className="figures table-fixed">
        <colgroup>
          <col />
          <col className="w-13" />
          <col className="w-18" />
          <col className="w-13" />
          <col className="w-7" />
        </colgroup>
        <thead>
          <tr>
            <th>setting</th>
            <th>MB</th>
            <th>KL</th>
            <th>tok/s</th>
            <th>
              <span className="sr-only">forget</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.setting} row={row} ticked={ticked.includes(row.setting)} />
          ))}
        </tbody>
      </table>
      {ticked.length === 2 && (
        <Guard fallback={<p className="px-4 pb-3">The comparison could not be fetched.</p>}>
          <Suspense fallback={null}>
            <Comparison />
          </Suspense>
        </Guard>
      )}
      <CheckSentence />
      <div className="border-t border-line px-4 py-3 desk:hidden">
        <ExportButtons />
      </div>
    </section>
  );
}

function Row({ row, ticked }: { readonly row: SessionRow; readonly ticked: boolean }) {
  const current = useBitdial((state) => state.applied?.setting === row.setting);
  const turnTo = useBitdial((state) => state.turnTo);
  const tick = useBitdial((state) => state.tick);
  const forget = useBitdial((state) => state.forget);
  const { setting, size, quality, speed } = row;
  const kl = row.side === "reference" ? "ref" : quality ? nats(quality.summary.kl.value) : "–";
  return (
    <tr className={current ? "bg-accent-wash" : ""} aria-current={current}>
      <td>
        <span className="flex min-w-0 items-center gap-2">
          <input
            type="checkbox"
            aria-label={`Compare ${setting}`}
            checked={ticked}
            className="size-3.5 shrink-0 accent-accent"
            onChange={() => tick(setting)}
          />
          <button
            type="button"
            title={`Go back to ${setting}`}
            className="min-w-0 text-left whitespace-normal [overflow-wrap:anywhere] hover:underline"
            onClick={() => turnTo(setting)}
          >
            {setting}
          </button>
        </span>
      </td>
      <td>{megabytes(size.weightBytes)}</td>
      <td title={quality ? `${quality.summary.tokens} tokens of ${quality.text.name}` : undefined}>
        {kl}
        {quality && quality.ended === null && "…"}
      </td>
      <td>{speed ? perSecond(speed.summary.decode.tokensPerSecond) : "–"}</td>
      <td className="!px-0.5">
        {!current && row.side !== "reference" && (
          <button
            type="button"
            aria-label={`Forget ${setting}`}
            title="Forget this row"
            className="-my-1 rounded p-1 align-middle text-faint hover:bg-sunk hover:text-ink"
            onClick={() => forget(setting)}
          >
            <X size={13} aria-hidden="true" />
          </button>
        )}
      </td>
    </tr>
  );
}
