/** All of the style of a report in HTML: nothing is loaded from anywhere. Two schemes, a phone's width, and paper. */
export const STYLE = `
:root { color-scheme: light dark; --page: #fbfaf7; --ink: #1d1c1a; --soft: #5d5a54; --line: #d9d5cc; --accent: #0b63b0; --warn: #8a3b00; --warn-page: #fff1e2; }
@media (prefers-color-scheme: dark) {
  :root { --page: #161513; --ink: #eceae4; --soft: #aaa69d; --line: #3a3833; --accent: #7fbcf5; --warn: #ffc48a; --warn-page: #38240f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 2rem 0 .5rem; }
h1, h2, p, dd, li, figcaption { overflow-wrap: anywhere; }
code { font: .92em/1.4 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; unicode-bidi: isolate; }
.warning { padding: .75rem 1rem; border-left: 4px solid var(--warn); background: var(--warn-page); color: var(--warn); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.5rem; }
figure { margin: 0; }
figcaption { color: var(--soft); font-size: .875rem; }
.chart { display: block; width: 100%; height: auto; max-width: 36rem; }
.chart text { font: 10px system-ui, sans-serif; fill: var(--soft); paint-order: stroke; stroke: var(--page); stroke-width: 2.5px; stroke-linejoin: round; }
.chart .axis { font-size: 11px; fill: var(--ink); }
.chart .label { font: 9px ui-monospace, Menlo, Consolas, monospace; fill: var(--ink); }
.chart path { fill: none; stroke: var(--line); }
.chart .grid { stroke-width: .75; }
.chart .roof { stroke: var(--soft); stroke-width: 1.2; fill: none; }
.chart .front-line { stroke: var(--accent); stroke-width: 1.5; }
.chart .bar { stroke: var(--soft); }
.chart .front .bar { stroke: var(--accent); }
.chart circle { fill: var(--page); stroke: var(--soft); stroke-width: 1.5; }
.chart .front circle { fill: var(--accent); stroke: var(--accent); }
.scroll { overflow-x: auto; margin: .75rem 0; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
th:first-child { text-align: left; min-width: 8rem; max-width: 20rem; white-space: normal; }
tbody th { font-weight: 400; }
@media (max-width: 30rem) {
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .5rem; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --ink: #000; --soft: #444; --line: #bbb; --accent: #0b4f8c; --warn: #000; --warn-page: #fff; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  th, td { white-space: normal; overflow-wrap: anywhere; }
  tr, figure { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;
