import { chartsOf } from "./charts.ts";
import { escapeHtml } from "./escape.ts";
import { STYLE } from "./html-style.ts";
import { type Block, outlineOf, type Words } from "./outline.ts";
import type { Report } from "./report.ts";

/** Were a string of the report to slip through as markup, it could still load nothing and run nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A report as one file that needs nothing beside it: the outline with its charts, to be read, printed or sent. */
export function reportToHtml(report: Report): string {
  const { title, warning, facts, sections } = outlineOf(report);
  return `${[
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${title.map(plain).join("")}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    "<main>",
    `<h1>${written(title)}</h1>`,
    ...(warning ? [`<p class="warning">${escapeHtml(warning)}</p>`] : []),
    "<dl>",
    ...facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${written(value)}</dd>`),
    "</dl>",
    ...chartSection(report),
    ...sections.flatMap((section) => [
      `<h2>${written(section.title)}</h2>`,
      ...section.blocks.map((block) => blockHtml(block, section.title)),
    ]),
    "</main>",
    "</body>",
    "</html>",
  ].join("\n")}\n`;
}

function chartSection(report: Report): string[] {
  const charts = chartsOf(report);
  if (charts.length === 0) return [];
  const figures = charts.map(
    ({ svg, caption }) =>
      `<figure>\n${svg}\n<figcaption>${escapeHtml(caption)}</figcaption>\n</figure>`,
  );
  return ["<h2>Charts</h2>", '<div class="charts">', ...figures, "</div>"];
}

function blockHtml(block: Block, title: Words): string {
  switch (block.kind) {
    case "words":
      return `<p>${written(block.words)}</p>`;
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${written(item)}</li>`).join("\n")}\n</ul>`;
    case "table":
      return table(block.head, block.rows, title);
  }
}

/** On a narrow screen a table scrolls by itself, with the keyboard, too. */
function table(head: readonly string[], rows: readonly (readonly Words[])[], title: Words): string {
  return [
    `<div class="scroll" role="region" tabindex="0" aria-label="${title.map(plain).join("")}">`,
    "<table>",
    `<thead><tr>${head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("")}</tr></thead>`,
    "<tbody>",
    ...rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`),
    "</tbody>",
    "</table>",
    "</div>",
  ].join("\n");
}

function cell(words: Words, at: number): string {
  return at === 0 ? `<th scope="row">${written(words)}</th>` : `<td>${written(words)}</td>`;
}

function written(words: Words): string {
  return words
    .map((span) =>
      typeof span === "string" ? escapeHtml(span) : `<code>${escapeHtml(span.code)}</code>`,
    )
    .join("");
}

/** Where no element may stand: in attributes and in the window's title. */
function plain(span: Words[number]): string {
  return escapeHtml(typeof span === "string" ? span : span.code);
}
