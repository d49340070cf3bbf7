import { describe, expect, it } from "vitest";
import { sampleGrid, sampleParams, sampleShader } from "../../src/kernels/sample.ts";
import { keptMasses, randomBits, type SamplingSettings, sample } from "../../src/model/sampler.ts";
import {
  type CaseRow,
  closeAfterAll,
  type GpuCase,
  gpuCases,
  NO_FEATURES,
  normals,
  openCaseGpu,
  seeded,
  type Words,
} from "../support/gpu-cases.ts";
import { callWgsl } from "../support/run-wgsl.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

const GREEDY: SamplingSettings = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 1,
};

interface Draws {
  readonly name: string;
  /** [vocab], read at every step; what follows in the buffer is bait. */
  readonly logits: Float32Array;
  readonly settings: Partial<SamplingSettings>;
  readonly draws: number;
  /** Tokens of the first batch. */
  readonly count?: number;
  readonly prompt?: readonly number[];
}

const flat = new Float32Array(2048);
const gentle = normals(1, 2048, 2);
const many = normals(2, 49_152, 3);
const most = normals(6, 262_144, 3);
const draws: Draws[] = [
  { name: "one token", logits: Float32Array.of(-3), settings: {}, draws: 1 },
  {
    name: "a tie goes to the lowest id",
    logits: tie(2047, [1999, 700, 31, 32]),
    settings: {},
    draws: 2,
  },
  { name: "-0 and 0 tie", logits: Float32Array.of(-1, 0, -0, 0, -5), settings: {}, draws: 1 },
  { name: "0 and -0 tie", logits: Float32Array.of(-1, -0, 0, 0, -5), settings: {}, draws: 1 },
  { name: "-0 ties with a 0 far away", logits: zeros(), settings: {}, draws: 1 },
  { name: "all very negative", logits: gentle.map((l) => l - 1e30), settings: {}, draws: 1 },
  { name: "49,152 logits", logits: many, settings: {}, draws: 1, count: 16 },
  {
    name: "penalty wanders through the likeliest",
    logits: normals(4, 300),
    settings: { repetitionPenalty: 1.3 },
    draws: 24,
    count: 5,
    prompt: [0, 31, 32, 299],
  },
  { name: "plain", logits: gentle, settings: { temperature: 1 }, draws: 48 },
  { name: "flat", logits: flat, settings: { temperature: 0.7 }, draws: 16, count: 3 },
  { name: "cold", logits: gentle, settings: { temperature: 0.2, seed: 0xffffffff }, draws: 16 },
  { name: "top-k", logits: gentle, settings: { temperature: 1, topK: 40 }, draws: 32 },
  { name: "top-k of ties", logits: flat, settings: { temperature: 1, topK: 5 }, draws: 8 },
  { name: "top-k of 1", logits: gentle, settings: { temperature: 2, topK: 1 }, draws: 4 },
  { name: "top-k of all", logits: gentle, settings: { temperature: 2, topK: 4096 }, draws: 4 },
  { name: "top-p", logits: gentle, settings: { temperature: 1, topP: 0.9 }, draws: 32 },
  { name: "top-p of ties", logits: flat, settings: { temperature: 1, topP: 0.1 }, draws: 8 },
  { name: "top-p of 0", logits: gentle, settings: { temperature: 1, topP: 0 }, draws: 4 },
  { name: "min-p", logits: gentle, settings: { temperature: 1, minP: 0.05 }, draws: 32 },
  {
    name: "everything",
    logits: normals(5, 1001, 3),
    settings: {
      temperature: 1.5,
      topK: 100,
      topP: 0.8,
      minP: 0.01,
      repetitionPenalty: 1.1,
      seed: 7,
    },
    draws: 32,
    count: 16,
    prompt: [1, 2, 3, 1000],
  },
  {
    name: "49,152 drawn",
    logits: many,
    settings: { temperature: 0.8, topK: 50, topP: 0.95 },
    draws: 2,
  },
  { name: "262,144 drawn", logits: most, settings: { temperature: 1 }, draws: 1 },
  {
    name: "262,144 drawn from a part",
    logits: most,
    settings: { temperature: 1, topK: 5000, topP: 0.9 },
    draws: 2,
  },
];

const rows: CaseRow[] = draws.flatMap((one) => [
  row(one, undefined),
  row(one, one.logits.length > 65_536 ? 64 : 4),
  row(one, one.logits.length > 4096 ? 256 : 32),
]);
const shares = [2.5, 1, 1.5, 0, -1, 2, 0.5, 1];
const chances = { ...GREEDY, temperature: 1, seed: 2024 };

gpuCases("sample", gpu, [
  ...rows,
  row({ name: "plain", logits: gentle, settings: { temperature: 1 }, draws: 8 }, 0),
  {
    name: "draws as often as the probabilities say (chi-square, 7 degrees)",
    make: () => ({ ...caseOf(frequent(), undefined), check: ({ out }) => chiSquare(out) }),
  },
]);

describe("lib/random", () => {
  const random = seeded(1);
  const anyWord = () => Math.floor(random() * 2 ** 32);

  it("takes exact portions", async () => {
    const pairs = Array.from({ length: 4096 }, (_, i) => {
      const share = i % 9 === 0 ? 2 ** 24 : i % 9 === 1 ? 0 : anyWord() >>> 8;
      return [i % 7 === 0 ? 2 ** 31 + (i % 500) : anyWord(), share] as const;
    });
    const down = pairs.map(([whole, share]) => Number((BigInt(whole) * BigInt(share)) >> 24n));
    const up = pairs.map(([whole, share]) => {
      return Number((BigInt(whole) * BigInt(share) + 0xffffffn) >> 24n);
    });
    const got = await callWgsl(gpu, "lib/random", "portion24(a, b)", pairs);
    expect(got).toEqual(Uint32Array.from(down));
    expect(await callWgsl(gpu, "lib/random", "portion24_up(a, b)", pairs)).toEqual(
      Uint32Array.from(up),
    );
  });

  it("draws the CPU's bits", async () => {
    const pairs = Array.from({ length: 1000 }, (_, i) => [i < 2 ? i - 1 : anyWord(), i] as const);
    const want = pairs.map(([seed, position]) => randomBits(seed, position) >>> 8);
    const got = await callWgsl(gpu, "lib/random", "draw24(a, b)", pairs);
    expect(got).toEqual(Uint32Array.from(want));
  });
});

describe("the CPU's sampler and the test agree", () => {
  it("leaves masses for every rule", () => {
    for (const { logits, settings } of draws) {
      const all = { ...GREEDY, ...settings };
      if (all.temperature > 0) {
        expect(keptMasses(logits, null, all).some((mass) => mass > 0)).toBe(true);
      }
    }
  });
});

/** -0 and later 0, in different hands. */
function zeros(): Float32Array {
  const logits = new Float32Array(600).fill(-1);
  logits[37] = -0;
  logits[500] = 0;
  return logits;
}

function tie(vocab: number, ids: readonly number[]): Float32Array {
  const logits = normals(3, vocab);
  for (const id of ids) logits[id] = 9;
  return logits;
}

/** `lanes` 0 is what a device without features gets. */
function row(one: Draws, lanes: number | undefined): CaseRow {
  const label = lanes === 0 ? "without features" : lanes ? `${lanes} lanes` : "default lanes";
  return {
    name: `${one.name}, ${one.logits.length} tokens, ${label}`,
    make: () => caseOf(one, lanes),
  };
}

function caseOf(
  { logits, settings, draws: count, prompt = [], ...rest }: Draws,
  lanes: number | undefined,
): GpuCase {
  const all = { ...GREEDY, ...settings };
  const vocab = logits.length;
  const shader =
    lanes === 0
      ? sampleShader({ vocab }, NO_FEATURES)
      : sampleShader(lanes ? { vocab, lanes } : { vocab }, gpu.features);
  const first = { position: 100, count: rest.count ?? 1 };
  const seen = new Uint32Array(Math.ceil(vocab / 32));
  for (const id of prompt) mark(seen, id);
  const bait = new Float32Array(Math.ceil(vocab / 32) * 32 + 32).fill(1e9);
  bait.set(logits);
  const initial = {
    params: sampleParams({ ...all, vocab, stride: 0 }),
    state: Uint32Array.of(first.position, first.count, 0, 77),
    logits: bait,
    tokens: new Uint32Array(16).fill(5),
    seen,
    out: new Uint32Array(count + 2).fill(9),
  };
  const want = follow(logits, all, first, prompt, count);
  const known = { values: new Uint32Array(), bound: Number.POSITIVE_INFINITY };
  return {
    steps: Array.from({ length: count }, () => ({ shader, grid: sampleGrid() })),
    buffers: initial,
    // Ids are judged by `check`, which forgives draws on the border between two tokens.
    expect: {
      state: { values: Uint32Array.of(first.position + first.count + count - 1, 1, count, 77) },
      out: { ...known, values: initial.out },
      tokens: { ...known, values: initial.tokens },
      seen: { ...known, values: seen },
    },
    check: (read) => judge(read, want, logits, all, first, prompt),
  };
}

function mark(seen: Uint32Array, id: number): void {
  seen[id >> 5] = ((seen[id >> 5] ?? 0) | (1 << (id & 31))) >>> 0;
}

/** What the CPU chooses, step by step. */
function follow(
  logits: Float32Array,
  settings: SamplingSettings,
  first: { position: number; count: number },
  prompt: readonly number[],
  count: number,
): number[] {
  const seen = new Uint8Array(logits.length);
  for (const id of prompt) seen[id] = 1;
  return Array.from({ length: count }, (_, step) => {
    const id = sample(logits, seen, settings, first.position + first.count + step);
    seen[id] = 1;
    return id;
  });
}

function judge(
  read: Readonly<Record<string, Words>>,
  want: readonly number[],
  logits: Float32Array,
  settings: SamplingSettings,
  first: { position: number; count: number },
  prompt: readonly number[],
): string | undefined {
  const { out = new Uint32Array(), tokens = out, seen = out } = read;
  const marks = new Uint32Array(Math.ceil(logits.length / 32));
  const penalized = new Uint8Array(logits.length);
  for (const id of prompt) {
    mark(marks, id);
    penalized[id] = 1;
  }
  for (const [step, id] of want.entries()) {
    const got = out[step] ?? -1;
    const position = first.position + first.count + step;
    if (got !== id && !onBorder(got, logits, penalized, settings, position)) {
      return `step ${step} gave ${got}, not ${id}`;
    }
    // What follows a border case depends on it when a penalty is on, and is left alone.
    if (got !== id && settings.repetitionPenalty !== 1) return undefined;
    mark(marks, got);
    penalized[got] = 1;
  }
  if (out[want.length] !== 9) return "out is written behind the last step";
  if (tokens[0] !== out[want.length - 1]) return `tokens[0] is ${tokens[0]}`;
  if (tokens[1] !== 5) return "more than one token is written";
  const wrong = marks.findIndex((word, i) => word !== seen[i]);
  return wrong < 0 ? undefined : `word ${wrong} of seen is ${seen[wrong]}, not ${marks[wrong]}`;
}

/** Whether a rounding of the masses, by 2^-16 of the whole, could have made the draw fall on `id`. */
function onBorder(
  id: number,
  logits: Float32Array,
  penalized: Uint8Array,
  settings: SamplingSettings,
  position: number,
): boolean {
  if (settings.temperature === 0) return false;
  const masses = keptMasses(logits, penalized, settings);
  const whole = masses.reduce((a, b) => a + b, 0);
  const target = (whole * (randomBits(settings.seed, position) >>> 8)) / 2 ** 24;
  const before = masses.subarray(0, id).reduce((a, b) => a + b, 0);
  const slack = whole / 2 ** 16;
  return target >= before - slack && target <= before + (masses[id] ?? 0) + slack;
}

function frequent(): Draws {
  return { name: "", logits: Float32Array.from(shares), settings: chances, draws: 1000 };
}

function chiSquare(out: Words | undefined): string | undefined {
  const counts = new Array<number>(shares.length).fill(0);
  for (const id of out?.subarray(0, 1000) ?? []) counts[id] = (counts[id] ?? 0) + 1;
  const total = shares.reduce((sum, logit) => sum + Math.exp(logit), 0);
  const statistic = shares.reduce((sum, logit, id) => {
    const expected = (1000 * Math.exp(logit)) / total;
    return sum + ((counts[id] ?? 0) - expected) ** 2 / expected;
  }, 0);
  // One in a thousand honest samplers would exceed this.
  return statistic < 24.3 ? undefined : `chi-square is ${statistic} for ${counts.join(" ")}`;
}
