import { expect, it } from "vitest";
import { REPORT_VERSION } from "../../src/lab/build-report.ts";
import { UPGRADES, type Upgrade, upgraded } from "../../src/lab/report-upgrade.ts";

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
