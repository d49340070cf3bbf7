import { describe, expect, it } from "vitest";
import { reportToHtml } from "../../src/lab/html.ts";
import type { Report } from "../../src/lab/report.ts";
import { poisoned } from "./hostile.ts";
import { qualityOf, report, reportOf, sizeOf, speedOf } from "./sample-report.ts";

const sweep = reportOf(
  { setting: "f32", role: "reference", quality: null, ...sizeOf(20_000_000) },
  { setting: "int8-g32", quality: qualityOf(0.0001), ...sizeOf(5_000_000) },
  { setting: "int4-g32", quality: qualityOf(0.02), ...sizeOf(3_000_000) },
  { setting: "int4-g128", quality: qualityOf(0.03), ...sizeOf(3_100_000) },
);

/** Those that the schema ties to a few values or digits. */
const TIED = new Set(["schema", "version", "time", "role", "measuredBy", "at", "kind", "limits"]);

interface Tag {
  name: string;
  attributes: string;
}

/** Tags as a browser would find them in text that is well formed; style is set apart. */
function tagsOf(html: string): Tag[] {
  const body = html.replace(/<style>[^<]*<\/style>/, "");
  return [...body.matchAll(/<([a-z!][a-z0-9]*)((?:\s+[a-z-]+="[^"<>]*")*)\s*(?:html)?\/?>/gi)].map(
    ([, name = "", attributes = ""]) => ({ name, attributes }),
  );
}

describe("a report's page", () => {
  const html = reportToHtml(sweep);

  it("has the figures with what they were measured on", () => {
    expect(html).toContain("<h1>Bitdial report: <code>stories</code> on Some GPU</h1>");
    expect(html).toContain('<th scope="row"><code>int8-g32</code></th><td>5.00</td>');
    expect(html).toContain("windows of 256 tokens with stride 128");
    expect(html).toContain("2,048 of 11,301");
    expect(html).toContain("56 checks of kernels");
    expect(html).not.toContain('class="warning"');
  });

  it("warns of a software adapter before any figure", () => {
    const warned = reportToHtml({ ...sweep, adapter: { ...sweep.adapter, software: true } });
    expect(warned.indexOf('class="warning"')).toBeGreaterThan(0);
    expect(warned.indexOf('class="warning"')).toBeLessThan(warned.indexOf("<svg"));
  });

  it("loads nothing and runs nothing", () => {
    expect(html).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
    expect(html).not.toMatch(/\b(src|href|on[a-z]+)=|url\(|@import/i);
    expect(html).toContain("default-src 'none'");
  });

  it("says each chart in a sentence", () => {
    const charts = html.match(/<svg [^>]*role="img"[^>]*>\n<title[^>]*>[^<]+<\/title>/g) ?? [];
    expect(charts).toHaveLength(2);
    expect(charts[0]).toContain("for 4 settings; nothing beats f32, int8-g32, int4-g32.");
    expect(charts[0]).toContain("size in megabytes");
    expect(charts[1]).toContain("tokens a second");
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("has no charts where there is nothing to draw", () => {
    const bare: Report[] = [
      reportOf(),
      reportOf({}),
      reportOf({ quality: null }, { setting: "f16", quality: null }),
    ];
    for (const one of bare) expect(reportToHtml(one)).not.toContain("<svg");
  });

  it("keeps KL of different texts apart", () => {
    const text = { name: "other.txt", sha256: "1".repeat(64) };
    const odd = { setting: "int2-g32", quality: qualityOf(0.5, { text }) };
    const page = reportToHtml({
      ...sweep,
      settings: [...sweep.settings, ...reportOf(odd).settings],
    });
    expect(page).toContain("<code>other.txt</code>");
    expect(page).toContain("for 4 settings");
    expect(page).toContain("1 setting measured on another text");
  });

  it.each([
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</title></style></svg><script>",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    '" onload="alert(1)',
    "`{{7*7}}",
    "\u0000\u001b[31m\u202egpj\ud800",
  ])("shows %j as text wherever it stands", (poison) => {
    const page = reportToHtml(poisoned(sweep, TIED, poison));
    // The same tags with the same attributes but for what they say: nothing has become markup.
    const shape = ({ name, attributes }: Tag) =>
      name + attributes.replace(/(aria-label)="[^"]*"/g, "$1").replace(/ (x|y|d)="[^"]*"/g, " $1");
    const plainPage = reportToHtml(poisoned(sweep, TIED, "p".repeat([...poison].length)));
    expect(tagsOf(page).map(shape)).toEqual(tagsOf(plainPage).map(shape));
    expect(page.match(/</g)).toHaveLength(plainPage.match(/</g)?.length ?? 0);
    expect(page.match(/"/g)).toHaveLength(plainPage.match(/"/g)?.length ?? 0);
    expect(page).not.toMatch(/(?!\n)\p{Cc}|\p{Cs}|\u{202e}/u);
    expect(page).not.toContain("NaN");
  });

  it("draws what figures beyond all measure leave to be drawn", () => {
    const wild = reportOf(
      { setting: "a", quality: qualityOf(1e300), speed: speedOf([0]) },
      { setting: "b", quality: qualityOf(-5), speed: speedOf([1e-300]) },
      { setting: "c", quality: qualityOf(0), speed: speedOf([]), ...sizeOf(0) },
      { setting: "d", quality: qualityOf(0.5), speed: speedOf([2, 2, 2]) },
    );
    const svg = reportToHtml(wild).match(/<svg[\s\S]*?<\/svg>/g) ?? [];
    expect(svg).toHaveLength(1);
    expect(svg[0]).toContain("for 3 settings");
    expect(svg.join("")).not.toMatch(/NaN|Infinity/);
    expect(reportToHtml(report)).not.toMatch(/NaN|Infinity/);
  });
});
