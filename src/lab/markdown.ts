import { type Block, outlineOf, type Words } from "./outline.ts";
import type { Report } from "./report.ts";

/** A report for people: the same figures as the JSON, in tables, each with what it was measured on. */
export function reportToMarkdown(report: Report): string {
  const { title, warning, facts, sections } = outlineOf(report);
  const parts = [
    `# ${written(title)}`,
    ...(warning ? [`**${warning}**`] : []),
    list(facts.map(([name, value]) => [`${name}: `, ...value])),
    ...sections.flatMap((section) => [
      `## ${written(section.title)}`,
      ...section.blocks.map(blockText),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "words":
      return written(block.words);
    case "list":
      return list(block.items);
    case "table":
      return table(block.head, block.rows);
  }
}

function list(items: readonly Words[]): string {
  return items.map((item) => `- ${written(item)}`).join("\n");
}

/** First column left, the rest right: they are figures. */
function table(head: readonly string[], rows: readonly (readonly Words[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const rule = `|${head.map((_, at) => (at === 0 ? "---" : "---:")).join("|")}|`;
  return [line(head), rule, ...rows.map((row) => line(row.map(written)))].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function written(words: Words): string {
  return words.map((span) => (typeof span === "string" ? span : code(span.code))).join("");
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}
