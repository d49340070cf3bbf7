import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/assert.ts";
import { createRng, type Rng } from "../../src/lib/rng.ts";
import { type LoadedModel, loadModel } from "../../src/model/files.ts";
import { givenFiles } from "../../src/model/model-files.ts";
import { type Files, tinyModels } from "../support/tiny-model.ts";

const mebibyte = 2 ** 20;
const each = 600;
const text = "abc ab 123 \u00bd  <s>\n ".repeat(20);

/** Loads it and uses all that was loaded; what it refuses is a sentence. */
async function use(files: Files): Promise<LoadedModel | UserError> {
  try {
    const model = await loadModel(givenFiles(files));
    const ids = model.tokenizer.encode(text);
    model.tokenizer.decode(ids);
    model.tokenizer.byteLengths(ids);
    model.chat?.render([{ role: "user", content: text }], true);
    return model;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

const numbers = [0, 1, 2, 3, 31, 2 ** 16, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Stands for lists within lists, which JSON.stringify could not write. */
const nestMark = "a deep nest";
const nest = "[".repeat(100_000) + "]".repeat(100_000);

const hostileValues: readonly (() => unknown)[] = [
  () => null,
  () => -1,
  () => 0.5,
  () => 1e308,
  () => 2 ** 53,
  () => "",
  () => "x".repeat(100_000),
  () => [],
  () => ({}),
  () => Array.from({ length: 20_000 }, (_, i) => i),
  () => nestMark,
  () => JSON.parse('{"__proto__": {"type": "BPE"}, "constructor": 1}'),
  () => ({ type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated" }),
  () => ({ type: "Split", pattern: { Regex: "(a|a)*b|(\\s|\\s)*c" }, behavior: "Isolated" }),
  () => ({ type: "Split", pattern: { Regex: "((" }, behavior: "Isolated" }),
  () => ({ type: "Replace", pattern: { String: "a" }, content: "aa".repeat(5_000) }),
  () => ({
    type: "Sequence",
    normalizers: Array(60).fill({ type: "Replace", pattern: { String: "a" }, content: "aa" }),
  }),
  () => ({ type: "TemplateProcessing", single: Array(50_000).fill({ Sequence: { id: "A" } }) }),
  () => "{% for i in range(1000000) %}{% for j in range(1000000) %}x{% endfor %}{% endfor %}",
  () =>
    "{% for i in range(9999) %}{% for j in range(9999) %}{% for k in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}",
  () =>
    "{% set ns = namespace(x='xxxxxxxx') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
  () => "{{ messages[0]['content'] | ",
];

function pick<T>(rng: Rng, list: readonly T[]): T {
  const item = list[rng.integer(list.length)];
  if (item === undefined) throw new Error("an empty list");
  return item;
}

/** Another value somewhere in a JSON file. */
function mutateJson(rng: Rng, bytes: Uint8Array): Uint8Array {
  const root: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const holders: { object: Record<string, unknown>; key: string }[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const object = value as Record<string, unknown>;
    for (const key of Object.keys(object)) {
      holders.push({ object, key });
      visit(object[key]);
    }
  };
  visit(root);
  const { object, key } = pick(rng, holders);
  const kind = rng.integer(4);
  if (kind === 0) delete object[key];
  else object[key] = kind === 1 ? pick(rng, numbers) : pick(rng, hostileValues)();
  const written = JSON.stringify(root).replace(JSON.stringify(nestMark), nest);
  return new TextEncoder().encode(written);
}

function mutateBytes(rng: Rng, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  // Headers stand in front and are what can mislead.
  const limit = rng.integer(3) === 0 ? bytes.length : Math.min(bytes.length, 1200);
  const at = rng.integer(limit);
  const view = new DataView(copy.buffer);
  switch (rng.integer(7)) {
    case 0:
      return bytes.slice(0, rng.integer(bytes.length));
    case 1:
      for (let i = 0; i <= rng.integer(4); i++) copy[rng.integer(limit)] = rng.integer(256);
      return copy;
    case 2:
      if (at + 4 <= copy.length) view.setUint32(at, pick(rng, numbers), true);
      return copy;
    case 3:
      if (at + 8 <= copy.length)
        view.setBigUint64(at, pick(rng, [2n ** 63n, 2n ** 64n - 1n, 2n ** 40n, 2n ** 53n]), true);
      return copy;
    case 4: {
      const cut = Math.min(bytes.length, at + 1 + rng.integer(16));
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(cut)]);
    }
    case 5: {
      const more = Uint8Array.from({ length: 1 + rng.integer(40) }, () => rng.integer(256));
      return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
    }
    default: {
      // A weight that is no number.
      const place = bytes.length - 4 * (1 + rng.integer(Math.floor(bytes.length / 8)));
      view.setFloat32(place, pick(rng, [Number.NaN, Number.POSITIVE_INFINITY]), true);
      return copy;
    }
  }
}

function mutate(rng: Rng, files: Files): Files {
  const name = pick(rng, Object.keys(files));
  const bytes = files[name] ?? new Uint8Array();
  const changed =
    name.endsWith(".json") && rng.integer(5) > 0 ? mutateJson(rng, bytes) : mutateBytes(rng, bytes);
  return { ...files, [name]: changed };
}

function memory(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

describe("damaged and hostile files", () => {
  it.each(Object.keys(tinyModels))("%s: whole, it loads", async (name) => {
    const model = await use(tinyModels[name] ?? {});
    expect(model).not.toBeInstanceOf(UserError);
  });

  it.each(Object.keys(tinyModels).map((name, i) => [name, i] as const))(
    `%s: ${each} of them load or are refused in one sentence, in no time and little memory`,
    async (name, seed) => {
      const files = tinyModels[name] ?? {};
      const rng = createRng(100 + seed);
      let refused = 0;
      for (let round = 0; round < each; round++) {
        const mutated = mutate(rng, files);
        const size = Object.values(mutated).reduce((sum, { length }) => sum + length, 0);
        const before = memory();
        // Of this process: a machine that is busy must not look like a file that hangs.
        const begun = performance.now();
        const started = process.cpuUsage();
        const result = await use(mutated);
        const place = `${name}, round ${round}`;
        const { user, system } = process.cpuUsage(started);
        // Waiting for what never comes takes no time of the process.
        expect(performance.now() - begun, place).toBeLessThan(30_000);
        expect((user + system) / 1000, place).toBeLessThan(2000);
        expect(memory() - before, place).toBeLessThan(size + 64 * mebibyte);
        if (!(result instanceof UserError)) continue;
        refused++;
        // Within brackets stands what a library says.
        expect(result.message.replace(/\(.*\)/, ""), place).not.toMatch(/\n|undefined|\[object/);
        expect(result.message.length, place).toBeLessThan(700);
      }
      expect(refused).toBeGreaterThan(each / 3);
    },
  );
});
