import type { Estimate } from "./quality.ts";

export type Cell = string | number | boolean | null | undefined;
export type Column = readonly [name: string, value: Cell];

/** A value and the ends of its interval; empty cells where there is none. */
export function estimateColumns(name: string, estimate: Estimate | null | undefined): Column[] {
  return [
    [name, estimate?.value],
    [`${name}_low`, estimate?.interval?.low],
    [`${name}_high`, estimate?.interval?.high],
  ];
}

/** The names of `head`, and a line for each row; figures unrounded (RFC 4180). */
export function csvText(head: readonly Column[], rows: readonly (readonly Column[])[]): string {
  const lines = [head.map(([name]) => name), ...rows.map((row) => row.map(([, value]) => value))];
  return lines.map((cells) => `${cells.map(written).join(",")}\r\n`).join("");
}

/** What was not measured is an empty cell, and so is a speed that a clock too coarse made infinite. */
function written(cell: Cell): string {
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  return quoted(defused(String(cell ?? "")));
}

/** A spreadsheet runs a text that begins like a formula; an apostrophe keeps it a text. Wide forms count, too. */
function defused(text: string): string {
  const formula = /^\s*[=+\-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}]|^[\t\r]/u.test(text);
  return formula && !NUMBER.test(text) ? `'${text}` : text;
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** Semicolons and tabs need no quotes by the RFC, but some spreadsheets take them for separators. */
function quoted(text: string): string {
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
