import { expect, it } from "vitest";
import { REPORT_VERSION } from "../../src/lab/build-report.ts";
import { readReport, writeReport } from "../../src/lab/report.ts";
import { UPGRADES, type Upgrade, upgraded } from "../../src/lab/report-upgrade.ts";

import { report } from "./sample-report.ts";

it("has a step for every version that was", () => {
  expect(UPGRADES).toHaveLength(REPORT_VERSION - 1);
});

it("takes the steps from the version that a report has, in order", () => {
  const steps: Upgrade[] = [
    (old) => ({ ...old, a: 2 }),
    ({ a, ...rest }) => ({ ...rest, b: a }),
    (old) => old,
  ];
  expect(upgraded({ version: 1, a: 1 }, 1, steps)).toEqual({ version: 4, b: 2 });
  expect(upgraded({ version: 2, a: 1 }, 2, steps)).toEqual({ version: 4, b: 1 });
  expect(upgraded({ version: 4, a: 1 }, 4, steps)).toEqual({ version: 4, a: 1 });
});

/** What came with version 2. */
const NEW = new Set(
  "ended within p95 reverseKl entropyDifference byContext byClass stopped order cold counters tasks".split(
    " ",
  ),
);

it("reads a report of version 1, in which what came later is null", () => {
  const old = JSON.stringify({ ...report, version: 1 }, (name, value) =>
    NEW.has(name) ? undefined : value,
  );
  expect(old).not.toContain("reverseKl");
  const read = readReport(old);
  if (!read.ok) throw new Error(read.problems.join("; "));
  expect(read.report.version).toBe(REPORT_VERSION);
  expect(read.report.settings[0]?.quality).toMatchObject({
    reverseKl: null,
    byContext: null,
    kl: { p95: null, mean: report.settings[0]?.quality?.kl.mean },
  });
  expect(readReport(writeReport(read.report))).toEqual(read);
});
