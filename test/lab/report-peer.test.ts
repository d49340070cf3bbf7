import { describe, expect, it } from "vitest";
import { reportToCsv } from "../../src/lab/csv.ts";
import { reportToHtml } from "../../src/lab/html.ts";
import { reportToMarkdown } from "../../src/lab/markdown.ts";
import { readReport, writeReport } from "../../src/lab/report.ts";
import { peer, reportOf } from "./sample-report.ts";

const compared = reportOf({ peers: [peer] });

describe("another program in a report", () => {
  it("is read as it was written, and may be absent", () => {
    const read = readReport(writeReport(compared));
    expect(read.ok && read.report).toEqual(compared);
    expect(readReport(writeReport(reportOf({}))).ok).toBe(true);
  });

  it("is named field by field where it is wrong", () => {
    const wrong = { ...peer, attention: "none" };
    const text = JSON.stringify({
      ...compared,
      settings: [{ ...compared.settings[0], peers: [wrong] }],
    });
    const read = readReport(text);
    expect(read.ok ? [] : read.problems).toEqual([
      expect.stringMatching(/^settings\.0\.peers\.0\.attention: /),
    ]);
  });

  it("is a row under ours in the table of speeds", () => {
    const markdown = reportToMarkdown(compared);
    expect(markdown).toContain("| `int4-g32`, ONNX Runtime 1.30.0, webgpu | 1280.0 | ");
    expect(markdown).toContain("logits within 0.000012 of ours over 64 positions");
    expect(markdown).toContain("in one operator its logits are off by 0.24 here");
    expect(reportToHtml(compared)).toContain("Other programs on the same weights");
  });

  it("is a line of its own in CSV, without our sizes", () => {
    const [names = "", ours = "", theirs = ""] = reportToCsv(compared).split("\r\n");
    const cell = (line: string, name: string): string | undefined =>
      // The program's name has a comma and so quotes.
      line.match(/("[^"]*"|[^,]*)(,|$)/g)?.[names.split(",").indexOf(name)]?.replace(/,$/, "");
    expect(cell(ours, "program")).toBe("Bitdial");
    expect(cell(ours, "total_bytes")).toBe("3224576");
    expect(cell(theirs, "program")).toBe('"ONNX Runtime 1.30.0, webgpu"');
    expect(cell(theirs, "setting")).toBe("int4-g32");
    expect(cell(theirs, "total_bytes")).toBe("");
    expect(cell(theirs, "decode_ms_per_token_median")).toBe("25");
    expect(cell(theirs, "peer_logit_difference_max")).toBe("0.000012");
  });
});
