import { describe, expect, it } from "vitest";
import { reportToCsv } from "../../src/lab/csv.ts";
import { hash, qualityOf, report, reportOf, speedOf } from "./sample-report.ts";

/** Reads RFC 4180 as it is written there, so that the writer is not its own judge. */
function parse(csv: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (const [, quoted, bare, end] of csv.matchAll(cells)) {
    line.push(quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    lines.push(line);
    line = [];
  }
  expect(line).toEqual([]);
  return lines;
}

function records(csv: string): Record<string, string>[] {
  const [names = [], ...lines] = parse(csv);
  expect(new Set(names).size).toBe(names.length);
  return lines.map((cells) => {
    expect(cells).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""]));
  });
}

describe("a report's CSV", () => {
  it("has a line for each setting with figures unrounded and where they are from", () => {
    const two = reportOf({}, { setting: "f32", role: "reference", quality: null, speed: null });
    const [first, second] = records(reportToCsv(two));
    expect(first).toMatchObject({
      setting: "int4-g32",
      adapter: "Some GPU",
      adapter_is_software: "false",
      model_sha256: hash,
      text_sha256: hash,
      reference: "f32",
      total_bytes: "3224576",
      bits_per_weight: "4.917",
      kl_mean_nats_per_token: "0.0152",
      kl_mean_nats_per_token_low: "0.0052",
      kl_mean_nats_per_token_high: "0.0252",
      prefill_tokens_per_second_median: "2560",
      decode_repeats: "3",
      decode_ms_per_token_median: "2.5",
      decode_ms_per_token_p10: "2.42",
      decode_ms_per_token_p90: "2.58",
      decode_tokens_per_second_median: "400",
      cloze_items: "100",
      cloze_accuracy: "0.64",
      cloze_accuracy_reference_low: "0.65",
      cloze_accuracy_difference: "-0.02",
      endings_accuracy: "",
      "temperature_0.5_repetition": "0.3",
      "temperature_0.5_repetition_reference": "0.2",
      temperature_1_repetition: "",
    });
    expect(second).toMatchObject({
      setting: "f32",
      model_sha256: hash,
      adapter: "Some GPU",
      text_sha256: "",
      perplexity: "",
      decode_repeats: "",
    });
  });

  it("has the same header whatever was measured, so that files can be put together", () => {
    const header = (csv: string) => parse(csv)[0];
    const whole = header(reportToCsv(report));
    expect(header(reportToCsv(reportOf()))).toEqual(whole);
    expect(header(reportToCsv(reportOf({ quality: null, speed: null })))).toEqual(whole);
  });

  it.each([
    'a,b "c" d',
    "two\r\nlines",
    "int4-g32;head=f16",
    "tab\there",
    '"><script>alert(1)</script>',
    "",
  ])("keeps %j whole", (name) => {
    const odd = { ...report, adapter: { ...report.adapter, name } };
    expect(records(reportToCsv(odd))[0]?.adapter).toBe(name);
  });

  it.each([
    "=cmd()",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    " =1+1",
    "\t=1+1",
    "\rtext",
    "＝1+1",
    "--5",
  ])("defuses %j", (name) => {
    const odd = { ...report, adapter: { ...report.adapter, name } };
    expect(records(reportToCsv(odd))[0]?.adapter).toBe(`'${name}`);
  });

  it.each(["-5", "+0.5", "-1.5e-7"])("leaves the number %s as it is", (name) => {
    const odd = { ...report, adapter: { ...report.adapter, name } };
    expect(records(reportToCsv(odd))[0]?.adapter).toBe(name);
  });

  it("writes negative figures as numbers, and none for a clock that saw no time", () => {
    const quality = qualityOf(-1e-9);
    const [row] = records(reportToCsv(reportOf({ quality, speed: speedOf([0, 0, 0]) })));
    expect(row?.kl_mean_nats_per_token).toBe("-1e-9");
    expect(row?.decode_ms_per_token_median).toBe("0");
    expect(row?.decode_tokens_per_second_median).toBe("");
  });
});
