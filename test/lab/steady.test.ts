import { expect, it } from "vitest";
import type { SpeedSample } from "../../src/engine/protocol.ts";
import {
  measureInTurns,
  measureUntilSteady,
  nextRepeats,
  stopReason,
  stopWords,
} from "../../src/lab/steady.ts";

const rule = { leastRepeats: 4, mostRepeats: 10, mostMs: 5000 };
const never = new AbortController().signal;
const quiet = (): void => undefined;

function sampleOf(decodeMs: readonly number[], prefillMs: readonly number[] = decodeMs) {
  const lengths = { promptTokens: 16, tokens: 9, warmups: 1 };
  return { ...lengths, prefillMs, decodeMs, cold: null, counters: null } satisfies SpeedSample;
}

it("ends the repeats when both spreads are within 5 %, and not before there are enough", () => {
  expect(stopReason(sampleOf([2, 2, 2]), rule)).toBeNull();
  expect(stopReason(sampleOf([2, 2, 2, 2.02]), rule)).toBe("steady");
  expect(stopReason(sampleOf([2, 2, 2, 2], [2, 3, 2, 3]), rule)).toBeNull();
  expect(stopReason(sampleOf([2, 3, 2, 3], [2, 2, 2, 2]), rule)).toBeNull();
});

it("gives up at the most repeats or at the most time, and says so", () => {
  const noisy = Array.from({ length: 10 }, (_, at) => 2 + (at % 2));
  expect(stopReason(sampleOf(noisy), rule)).toBe("repeats");
  // Prefill of a second and 8 tokens of 60 ms: four repeats last 5.9 s.
  const slow = sampleOf([60, 70, 60, 50], [1000, 1000, 1000, 900]);
  expect(stopReason(slow, rule)).toBe("time");
  expect(stopWords({ sample: slow, stopped: "time", rule })).toBe(
    "not steady after 4 repeats: given up at 5 s",
  );
  expect(stopWords({ sample: sampleOf(noisy), stopped: "repeats", rule })).toContain("10 repeats");
});

it("never asks for more repeats than the rule allows", () => {
  expect(nextRepeats(0, rule, true)).toBe(4);
  expect(nextRepeats(0, { ...rule, leastRepeats: 12 }, false)).toBe(3);
  expect(nextRepeats(9, { ...rule, leastRepeats: 8 }, false)).toBe(1);
  expect(nextRepeats(10, { ...rule, leastRepeats: 12, mostRepeats: 12 }, false)).toBe(2);
});

it("lets settings take turns until each is steady by itself", async () => {
  const visits: string[] = [];
  const measured = await measureInTurns(
    ["calm", "wild"],
    rule,
    async (item, repeats, taken) => {
      visits.push(item);
      expect(repeats).toBe(1);
      return sampleOf([item === "calm" ? 2 : 2 + (taken % 2)]);
    },
    never,
  );
  expect(visits.slice(0, 8).join(" ")).toBe("calm wild wild calm calm wild wild calm");
  expect(visits.slice(8).every((item) => item === "wild")).toBe(true);
  expect(measured.get("calm")).toMatchObject({ stopped: "steady" });
  expect(measured.get("wild")).toMatchObject({ stopped: "repeats" });
  expect(measured.get("wild")?.sample.decodeMs).toHaveLength(10);
});

it("warms up once, and takes more repeats of what is not steady yet", async () => {
  const asked: string[] = [];
  const engine = {
    speed: async ({ repeats, warmups }: { repeats: number; warmups?: number }) => {
      asked.push(`${repeats} after ${warmups}`);
      const times = asked.length === 1 ? [2, 4, 2, 2] : [2];
      return sampleOf(times);
    },
  };
  const lengths = { side: "candidate", promptTokens: 16, tokens: 9 } as const;
  const steady = await measureUntilSteady(
    engine,
    lengths,
    { ...rule, mostRepeats: 40 },
    quiet,
    never,
  );
  expect(asked[0]).toBe("4 after 1");
  expect(new Set(asked.slice(1))).toEqual(new Set(["1 after 0"]));
  // One outlier among n no longer reaches the 90th percentile from the eleventh repeat on.
  expect(steady?.sample.decodeMs).toHaveLength(11);
  expect(steady?.stopped).toBe("steady");
});

it("ends when it is stopped, without half a figure", async () => {
  const stop = new AbortController();
  const engine = {
    speed: async () => {
      stop.abort();
      return sampleOf([2, 4]);
    },
  };
  const lengths = { side: "candidate", promptTokens: 16, tokens: 9 } as const;
  expect(await measureUntilSteady(engine, lengths, rule, quiet, stop.signal)).toBeNull();
});
