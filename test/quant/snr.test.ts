import { describe, expect, it } from "vitest";
import { measureSnr, SNR_TOLERANCE, snrColumns, snrReference } from "../support/snr.ts";

describe.each(Object.entries(snrReference))("%s", (name, expected) => {
  it.each(snrColumns.map((column, i) => ({ ...column, column, expected: expected[i] ?? 0 })))(
    "$title: $expected dB",
    ({ column, expected: decibels }) => {
      expect(Math.abs(measureSnr(name, column) - decibels)).toBeLessThan(SNR_TOLERANCE);
    },
  );
});
