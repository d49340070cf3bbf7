import { describe, expect, it } from "vitest";
import { createRng } from "../../src/lib/rng.ts";
import { logSoftmax } from "../../src/model/distribution.ts";
import { matmul } from "../../src/model/matmul.ts";
import { createReference, type Reference } from "../../src/model/reference.ts";
import { argmax } from "../../src/model/sampler.ts";
import { evaluationWindows } from "../../src/model/windows.ts";
import {
  fixtureLogits,
  fixtureText,
  loadFixture,
  stories260KGolden,
  storiesGolden,
} from "./fixtures.ts";

const stories = await loadFixture("stories");
const small = await loadFixture("stories260K");

function largestGap(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((gap, value, i) => Math.max(gap, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

/** Prompt in one batch, then token by token. */
function greedy(model: Reference, prompt: readonly number[], count: number): number[] {
  const ids: number[] = [];
  let logits = model.forward(prompt, 0);
  const vocabSize = logits.length / prompt.length;
  for (let position = prompt.length; ; position++) {
    ids.push(argmax(logits.subarray(-vocabSize)));
    if (ids.length === count) return ids;
    logits = model.forward(ids.slice(-1), position);
  }
}

/** Steps that rounding cannot change: those before the first gap under 0.01. */
function certainSteps(margins: readonly number[]): number {
  const close = margins.findIndex((margin) => margin < 0.01);
  return close < 0 ? margins.length : close;
}

describe("golden logits", () => {
  it("stories: within 2e-5 of transformers", () => {
    const { ids, file } = storiesGolden().logits;
    const logits = createReference(stories.config, stories.master).forward(ids, 0);
    expect(largestGap(logits, fixtureLogits("stories", file))).toBeLessThan(2e-5);
  });

  it("stories260K: within 2e-5 of a float64 program", () => {
    const ids = stories260KGolden().logits_for;
    const logits = createReference(small.config, small.master).forward(ids, 0);
    const golden = fixtureLogits("stories260K", "logits-16x512.f32");
    expect(largestGap(logits, golden)).toBeLessThan(2e-5);
  });
});

describe("golden greedy runs", () => {
  it.each(storiesGolden().greedy.map((run, i) => ({ ...run, steps: i === 0 ? 64 : 16 })))(
    "stories: $prompt",
    ({ ids, greedy: expected, margins, steps }) => {
      const count = Math.min(steps, certainSteps(margins));
      const model = createReference(stories.config, stories.master);
      expect(greedy(model, ids, count)).toEqual(expected.slice(0, count));
    },
  );

  it("stories260K: 256 tokens without a prompt", () => {
    // Step 185 is decided by 0.0041, far above the error of the logits.
    const [bos = 1, ...expected] = stories260KGolden().greedy_ids;
    const model = createReference(small.config, small.master);
    expect(greedy(model, [bos], expected.length)).toEqual(expected);
  });
});

describe("evaluation", () => {
  it("gives the NLL of a float64 program on the first two windows", () => {
    const ids = stories.tokenizer.encode(fixtureText("stories", "eval.txt"));
    const { vocabSize } = stories.config;
    const model = createReference(stories.config, stories.master);
    const row = new Float64Array(vocabSize);
    let nll = 0;
    let count = 0;
    for (const { start, end, scoreFrom } of evaluationWindows(ids.length, 256, 128).slice(0, 2)) {
      const logits = model.forward(ids.slice(start, end), 0);
      for (let target = scoreFrom; target < end; target++, count++) {
        const from = (target - 1 - start) * vocabSize;
        logSoftmax(logits.subarray(from, from + vocabSize), row);
        nll -= row[ids[target] ?? 0] ?? Number.NaN;
      }
    }
    expect(count).toBe(383);
    // NumPy; the same program gives 1.6429935 for the whole text, as golden.json does.
    expect(Math.abs(nll / count - 1.7188042873)).toBeLessThan(1e-6);
  });
});

describe("forward", () => {
  const ids = stories260KGolden().logits_for;
  const { vocabSize } = small.config;
  const whole = createReference(small.config, small.master).forward(ids, 0);

  it("gives the same bits in batches of any size", () => {
    for (const size of [1, 3, 7]) {
      const model = createReference(small.config, small.master);
      for (let start = 0; start < ids.length; start += size) {
        const logits = model.forward(ids.slice(start, start + size), start);
        expect(logits).toEqual(whole.subarray(start * vocabSize).subarray(0, logits.length));
      }
    }
  });

  it("goes back and forgets the rest", () => {
    const model = createReference(small.config, small.master);
    model.forward(ids, 0);
    model.forward([5, 6, 7], 4);
    expect(() => model.forward([1], 8)).toThrow("position 8 is beyond the 7 filled");
    expect(model.forward(ids.slice(4), 4)).toEqual(whole.subarray(4 * vocabSize));
  });

  it("keeps to its context and its vocabulary", () => {
    const model = createReference(small.config, small.master, { contextLength: 4 });
    expect(() => model.forward([1, 2, 3, 4, 5], 0)).toThrow("beyond the context of 4");
    expect(() => model.forward([vocabSize], 0)).toThrow("token 512 is not in the vocabulary");
    expect(model.forward([1, 2, 3, 4], 0).length).toBe(4 * vocabSize);
  });

  it("shows every matrix's input to the quantiser", () => {
    const calls = new Map<string, number>();
    const model = createReference(small.config, small.master, {
      quantizeInput(input, matrix, layer) {
        const key = `${layer}.${matrix} ${input.length}`;
        calls.set(key, (calls.get(key) ?? 0) + 1);
        return input.map((value) => Math.round(value * 8) / 8);
      },
    });
    const logits = model.forward(ids, 0);
    expect(calls.size).toBe(5 * 7 + 1);
    expect(calls.get("0.q 64")).toBe(ids.length);
    expect(calls.get("4.down 172")).toBe(ids.length);
    expect(calls.get("5.head 64")).toBe(ids.length);
    expect(largestGap(logits, whole)).toBeGreaterThan(0.01);
  });
});

describe("matmul", () => {
  it.each([
    [1, 1, 1],
    [1, 4, 3],
    [2, 5, 7],
    [3, 8, 33],
    [5, 11, 64],
  ])("%i tokens, %i rows, %i columns", (tokens, rows, cols) => {
    const rng = createRng(tokens * rows * cols);
    const input = new Float32Array(tokens * cols).map(() => rng.gauss());
    const matrix = new Float32Array(rows * cols).map(() => rng.gauss());
    const output = matmul(input, matrix, rows, cols);
    for (let t = 0; t < tokens; t++) {
      for (let r = 0; r < rows; r++) {
        let sum = 0;
        for (let i = 0; i < cols; i++) {
          sum += (input[t * cols + i] ?? 0) * (matrix[r * cols + i] ?? 0);
        }
        expect(output[t * rows + r]).toBe(Math.fround(sum));
      }
    }
  });

  it("refuses shapes that do not fit", () => {
    expect(() => matmul(new Float32Array(6), new Float32Array(8), 2, 4)).toThrow("[2, 4]");
    expect(() => matmul(new Float32Array(4), new Float32Array(7), 2, 4)).toThrow("[2, 4]");
  });
});
