import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Box, placeLabels } from "../../src/lab/labels.ts";
import { linearScale, logScale } from "../../src/lab/scale.ts";
import { type Point, scatter } from "../../src/lab/svg.ts";

const labelsOf = ({ ticks }: { ticks: readonly { label: string }[] }) =>
  ticks.map(({ label }) => label);

describe("an axis", () => {
  it("ends at round numbers around its values", () => {
    const scale = linearScale([2.1, 9.3]);
    expect(labelsOf(scale)).toEqual(["2", "4", "6", "8", "10"]);
    expect(scale.at(2)).toBe(0);
    expect(scale.at(6)).toBe(0.5);
    expect(scale.at(1e9)).toBe(1);
    expect(labelsOf(linearScale([0, 0]))).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1"]);
    expect(labelsOf(linearScale([1250, 2100]))).toEqual([
      "1200",
      "1400",
      "1600",
      "1800",
      "2000",
      "2200",
    ]);
  });

  it("is logarithmic by decades, or by 1, 2 and 5 where there are few", () => {
    const decades = logScale([0.0003, 0.4]);
    expect(labelsOf(decades)).toEqual(["0.0001", "0.001", "0.01", "0.1", "1"]);
    expect(decades.at(0.01)).toBeCloseTo(0.5, 12);
    expect(labelsOf(logScale([1e-6, 2e6])).at(0)).toBe("1e-6");
    expect(labelsOf(logScale([2.04, 6]))).toEqual(["2", "5", "10"]);
    expect(labelsOf(logScale([0.01]))).toEqual(["0.005", "0.01", "0.02"]);
  });

  it("sets 0 apart where it has no logarithm", () => {
    const scale = logScale([0, 0.01, 1]);
    expect(labelsOf(scale)).toEqual(["0", "0.01", "0.1", "1"]);
    expect(scale.at(0)).toBe(0);
    expect(scale.at(0.01)).toBeCloseTo(0.12, 12);
    expect(scale.at(1)).toBe(1);
    expect(labelsOf(logScale([0, 0]))).toEqual(labelsOf(linearScale([0, 0])));
  });

  it("holds whatever it is given, in order, with a few ticks", () => {
    const value = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 9 }), (values) => {
        for (const scale of [linearScale(values), logScale(values), logScale([0, ...values])]) {
          const places = values.toSorted((a, b) => a - b).map(scale.at);
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...places)).toBeLessThanOrEqual(1);
          expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
          expect(scale.ticks.length).toBeLessThanOrEqual(9);
        }
      }),
    );
  });
});

describe("labels", () => {
  const bounds: Box = { x: 0, y: 0, width: 300, height: 200 };

  it("stand to the right of their point, or elsewhere where there is no room", () => {
    const [left, right] = placeLabels(
      [
        { x: 50, y: 50, width: 40, height: 10 },
        { x: 290, y: 50, width: 40, height: 10 },
      ],
      bounds,
    );
    expect(left).toEqual({ x: 56, y: 45, width: 40, height: 10 });
    expect(right?.x).toBe(244);
  });

  it("never cover each other or leave the chart, and are left out instead", () => {
    const point = fc.record({ x: fc.nat(300), y: fc.nat(200) });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 40 }), (points) => {
        const sized = points.map((place) => ({ ...place, width: 60, height: 11 }));
        const boxes = placeLabels(sized, bounds).filter((box) => box !== null);
        for (const [at, a] of boxes.entries()) {
          expect(a.x >= 0 && a.y >= 0 && a.x + 60 <= 300 && a.y + 11 <= 200).toBe(true);
          const apart = (b: Box) => Math.abs(a.x - b.x) >= 60 || Math.abs(a.y - b.y) >= 11;
          expect(boxes.slice(at + 1).every(apart)).toBe(true);
        }
      }),
    );
    const same = Array.from({ length: 30 }, () => ({ x: 9, y: 9, width: 60, height: 11 }));
    expect(placeLabels(same, bounds)).toContain(null);
  });
});

describe("a chart", () => {
  const point = (label: string, x: number, y: number, front: boolean): Point => ({
    label,
    hint: `${label} at ${x}`,
    x,
    y,
    xEnds: null,
    yEnds: null,
    front,
  });
  const axis = { title: "axis", scale: linearScale([0, 10]) };
  const draw = (...points: Point[]) =>
    scatter({ id: "c", title: "A <chart>.", x: axis, y: axis, points });

  it("puts points where the axes say and joins the front from left to right", () => {
    const svg = draw(point("b", 10, 0, true), point("a", 0, 10, true), point("c", 5, 5, false));
    expect(svg).toContain('<circle cx="46" cy="24"');
    expect(svg).toContain('<circle cx="368" cy="256"');
    expect(svg).toContain('<circle cx="207" cy="140"');
    expect(svg).toContain('class="front-line" d="M46 24L368 256"');
    expect(svg.match(/class="point front"/g)).toHaveLength(2);
  });

  it("has bars as long as the intervals, cut off at the axes", () => {
    const svg = draw({ ...point("a", 5, 5, false), yEnds: { low: -3, high: 7.5 } });
    expect(svg).toContain("M207 256V82");
  });

  it("has a title, escaped, and shortens long labels by whole characters", () => {
    const svg = draw(point("😀".repeat(40), 5, 5, false), point("<b>", 1, 1, false));
    expect(svg).toContain('role="img" aria-labelledby="c-title"');
    expect(svg).toContain('<title id="c-title">A &#60;chart&#62;.</title>');
    expect(svg).toContain(">&#60;b&#62;</text>");
    expect(svg).not.toMatch(/\u{fffd}/u);
  });
});
