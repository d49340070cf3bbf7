import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRng } from "../../src/lib/rng.ts";
import { openTestEngine, silent, type TestEngine } from "../support/engine.ts";

const sampling = {
  temperature: 0.8,
  topK: 40,
  topP: 0.95,
  minP: 0.02,
  repetitionPenalty: 1.1,
  seed: 7,
};

describe("what the engine makes and frees", () => {
  let opened: TestEngine;

  beforeAll(async () => {
    opened = await openTestEngine("stories260K");
    await opened.engine.apply("reference", "f32", silent);
    await opened.engine.apply("candidate", "int4-g32", silent);
  });
  afterAll(() => opened.engine.dispose());

  const generate = (maxTokens: number) =>
    opened.engine.generate(
      {
        prompt: "Once upon a time",
        maxTokens,
        sampling,
        sides: ["reference", "candidate"],
        compare: true,
      },
      silent,
    );

  it("makes no buffer, pipeline or bind group in the token loop", async () => {
    await generate(16);
    const before = await opened.engine.counters();
    await generate(96);
    const after = await opened.engine.counters();
    expect(after.submits).toBeGreaterThan(before.submits);
    expect(after.buffersMade).toBe(before.buffersMade);
    expect(after.pipelinesMade).toBe(before.pipelinesMade);
    expect(after.bindGroupsMade).toBe(before.bindGroupsMade);
  });

  it("takes one submit and one readback for eight tokens", async () => {
    const run = async (maxTokens: number): Promise<number> => {
      const before = await opened.engine.counters();
      await opened.engine.generate(
        { prompt: "Once", maxTokens, sampling, sides: ["candidate"], compare: false },
        silent,
      );
      return (await opened.engine.counters()).submits - before.submits;
    };
    expect((await run(65)) - (await run(1))).toBe(8);
  });

  it("writes the same words from the same seed, and others from another", async () => {
    const first = await generate(48);
    const again = await generate(48);
    expect(again.sides.map((side) => side.tokens)).toEqual(first.sides.map((side) => side.tokens));
    const other = await opened.engine.generate(
      {
        prompt: "Once upon a time",
        maxTokens: 48,
        sampling: { ...sampling, seed: 8 },
        sides: ["candidate"],
        compare: false,
      },
      silent,
    );
    expect(other.sides[0]?.tokens).not.toEqual(first.sides[1]?.tokens);
  });

  it("packs only what a dial changed", async () => {
    await opened.engine.apply("candidate", "int4-g32", silent);
    const one = await opened.engine.apply("candidate", "int4-g32;3.down=int8-g32", silent);
    expect(one.packedTensors).toBe(1);
    const none = await opened.engine.apply("candidate", "int4-g32;3.down=int8-g32", silent);
    expect(none.packedTensors).toBe(0);
  });

  it("has the bytes of the first dial after 200 random ones", async () => {
    const rng = createRng(11);
    const pick = <T>(items: readonly [T, ...T[]]): T =>
      items[rng.integer(items.length)] ?? items[0];
    const home = "int4-g32";
    await opened.engine.apply("candidate", home, silent);
    const { liveBytes } = await opened.engine.counters();
    // Few enough kernels that compiling them does not outlast the turns; what is packed and freed differs at every turn.
    const bases = [
      "int4-g32",
      "int3-asym-g64",
      "int2-row",
      "f16",
      "int4-g32+2:4",
      "int8-g32+a8",
      "int4-g32+kv8",
      // Scales, tables and blocks of other kinds.
      "nf4-dq-g32",
      "pal16-row",
    ] as const;
    const others = ["int4-g32", "int8-g32", "f16"] as const;
    for (let turn = 0; turn < 200; turn++) {
      const matrix = pick(["", ".up", ".q", ".down"] as const);
      const override = rng.uniform() < 0.5 ? `;${rng.integer(5)}${matrix}=${pick(others)}` : "";
      await opened.engine.apply("candidate", `${pick(bases)}${override}`, silent);
    }
    await opened.engine.apply("candidate", home, silent);
    expect((await opened.engine.counters()).liveBytes).toBe(liveBytes);
    expect(opened.problems).toEqual([]);
  });

  it("allocates the cache that it says, and frees the other", async () => {
    const { engine } = opened;
    const plain = await engine.apply("candidate", "int4-g32", silent);
    const before = await engine.counters();
    for (const kv of [16, 8, 4]) {
      const { size } = await engine.apply("candidate", `int4-g32+kv${kv}`, silent);
      const { liveBytes } = await engine.counters();
      // Beside the cache there is one step more a layer in each of four plans.
      const steps = 4 * opened.model.layers * 256;
      expect(before.liveBytes - liveBytes).toBe(plain.size.kvCache - size.kvCache - steps);
      expect((await engine.estimate(`int4-g32+kv${kv}`)).kvCache).toBe(size.kvCache);
    }
  });

  it("stops within a submit when told to, and stays usable", async () => {
    let tokens = 0;
    const { sides } = await opened.engine.generate(
      {
        prompt: "Once upon a time",
        maxTokens: 400,
        sampling,
        sides: ["candidate"],
        compare: false,
      },
      (event) => {
        if (event.kind === "tokens") {
          tokens += event.ids.length;
          if (tokens > 20) void opened.engine.cancel();
        }
      },
    );
    expect(sides[0]?.stop).toBe("cancelled");
    expect(sides[0]?.tokens.length).toBeLessThan(20 + 16);
    const next = await generate(8);
    expect(next.sides[0]?.tokens.length).toBeGreaterThan(0);
  });

  it("stops at the end of the context and says so", async () => {
    const greedy = { ...sampling, temperature: 0 };
    const { sides } = await opened.engine.generate(
      {
        prompt: "Once upon a time",
        maxTokens: 4000,
        sampling: greedy,
        sides: ["reference"],
        compare: false,
      },
      silent,
    );
    const [side] = sides;
    const length = (side?.promptTokens.length ?? 0) + (side?.tokens.length ?? 0);
    expect(["context", "stop"]).toContain(side?.stop);
    expect(length).toBeLessThanOrEqual(opened.model.contextLength);
  });

  it("answers a prompt longer than the context with one sentence", async () => {
    const prompt = "Once upon a time there was a cat. ".repeat(200);
    await expect(
      opened.engine.generate(
        { prompt, maxTokens: 8, sampling, sides: ["candidate"], compare: false },
        silent,
      ),
    ).rejects.toThrow(/tokens, but this model's context holds 512/);
  });

  it("keeps the old setting when the new one does not parse", async () => {
    await opened.engine.apply("candidate", "int4-g32", silent);
    await expect(opened.engine.apply("candidate", "int9-g32", silent)).rejects.toThrow(/int9/);
    const { sides } = await generate(8);
    expect(sides.length).toBe(2);
  });
});

describe("a cache that grows", () => {
  it("gives the tokens, logits and bytes of one that is whole from the start", async () => {
    const texts: number[][] = [];
    const rows: Float32Array[] = [];
    const ids = Array.from({ length: 70 }, (_, i) => 3 + ((7 * i) % 500));
    for (const options of [{}, { firstPositions: 8 }]) {
      const { engine, problems } = await openTestEngine("stories260K", options);
      await engine.apply("reference", "f32", silent);
      const first = await engine.apply("candidate", "int4-g32+kv4", silent);
      // A word of codes for a key, one for a value, one for their scales.
      if (options.firstPositions) expect(first.size.kvCache).toBe(3 * 5 * 4 * 8 * 4);
      const { sides } = await engine.generate(
        {
          prompt: "Once upon a time",
          maxTokens: 90,
          sampling,
          sides: ["reference", "candidate"],
          compare: true,
        },
        silent,
      );
      texts.push(sides.flatMap((side) => [...side.tokens]));
      rows.push(await engine.logits("candidate", ids, false));
      const grown = await engine.apply("candidate", "int4-g32+kv4", silent);
      // Eight at a time, then a quarter of what there is: 64, 80, 96.
      if (options.firstPositions) expect(grown.size.kvCache).toBe(3 * 5 * 4 * 96 * 4);
      expect(problems).toEqual([]);
      await engine.dispose();
    }
    expect(texts[1]).toEqual(texts[0]);
    expect(rows[1]).toEqual(rows[0]);
  });
});

describe("a lost device", () => {
  it("comes back with the same model and setting, twenty times during generation", async () => {
    const opened = await openTestEngine("stories260K");
    const { engine } = opened;
    const request = {
      prompt: "Once upon a time",
      maxTokens: 200,
      sampling: { ...sampling, temperature: 0 },
      sides: ["candidate"] as const,
      compare: false,
    };
    await engine.apply("reference", "f32", silent);
    await engine.apply("candidate", "int4-g32", silent);
    const expected = (await engine.generate(request, silent)).sides[0]?.tokens;
    for (let loss = 0; loss < 20; loss++) {
      let lost = false;
      const interrupted = engine.generate(request, (event) => {
        if (event.kind === "tokens" && event.start > loss * 4 && !lost) {
          lost = true;
          void engine.loseDevice();
        }
      });
      await expect(interrupted).rejects.toThrow(/device was lost while writing; it is back/);
    }
    const after = await engine.generate(request, silent);
    expect(after.sides[0]?.tokens).toEqual(expected);
    expect(opened.problems.filter(({ kind }) => kind !== "lost")).toEqual([]);
    await engine.dispose();
  });
});
