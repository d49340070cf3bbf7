import { ChevronDown } from "lucide-react";
import { type ReactNode, Suspense, useRef } from "react";
import { Guard } from "../parts/guard.tsx";
import { PictureButtons } from "../parts/picture-buttons.tsx";

export interface FigureTable {
  readonly head: readonly string[];
  /** The first cell names the row. */
  readonly rows: readonly (readonly ReactNode[])[];
}

interface FigureProps {
  readonly title: string;
  /** Of its files, without ending. */
  readonly name: string;
  readonly table: FigureTable;
  /** The chart, fetched on demand. */
  readonly children: ReactNode;
}

/** A chart with the ways to save it, and the same figures as a table. */
export function Figure({ title, name, table, children }: FigureProps) {
  const holder = useRef<HTMLElement>(null);
  return (
    <section ref={holder} aria-label={title} className="min-w-0 bg-panel pb-1">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-2">
        <h3 className="text-xs text-soft">{title}</h3>
        <PictureButtons holder={holder} name={name} label={`Save ${title}`} />
      </div>
      <div className="px-2">
        <Guard fallback={<Note>The chart could not be fetched; the table has its figures.</Note>}>
          <Suspense fallback={<Note>Drawing …</Note>}>{children}</Suspense>
        </Guard>
      </div>
      <TableOf title={title} table={table} />
    </section>
  );
}

function Note({ children }: { readonly children: string }) {
  return <p className="px-2 py-2 text-xs text-soft">{children}</p>;
}

function TableOf({ title, table }: Pick<FigureProps, "title" | "table">) {
  return (
    <details className="group text-xs">
      <summary className="flex items-center gap-2 px-4 py-1.5 text-soft hover:text-ink">
        <ChevronDown
          size={14}
          aria-hidden="true"
          className="transition-transform group-open:rotate-180"
        />
        Table<span className="sr-only">: {title}</span>
      </summary>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
        tabIndex={0}
        aria-label={`${title}, a table`}
        className="max-h-80 overflow-auto"
      >
        <table className="figures">
          <thead>
            <tr>
              {table.head.map((cell) => (
                <th key={cell}>{cell}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((cells, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows never move.
              <tr key={row}>
                {cells.map((cell, column) => (
                  <td key={table.head[column]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
