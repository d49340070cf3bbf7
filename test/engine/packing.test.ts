import { beforeAll, describe, expect, it } from "vitest";
import { DevicePacker } from "../../src/engine/device-packer.ts";
import { holdAll } from "../../src/engine/hold-all.ts";
import { quantizePlace, type StoredWeights, WeightStore } from "../../src/engine/weight-store.ts";
import { PipelineCache } from "../../src/gpu/pipelines.ts";
import { readBuffer } from "../../src/gpu/readback.ts";
import { f16ToF32, f32ToF16 } from "../../src/lib/f16.ts";
import type { LoadedModel } from "../../src/model/files.ts";
import { buildPlan, type WeightRef, weightKey, weightRefs } from "../../src/model/plan.ts";
import type { ModelWeights } from "../../src/model/weights.ts";
import { packTensor } from "../../src/quant/pack.ts";
import { parseSetting } from "../../src/quant/setting.ts";
import { loadFamily } from "../support/families.ts";
import { closeAfterAll, openCaseGpu } from "../support/gpu-cases.ts";

const gpu = await openCaseGpu();
const { context } = gpu;
closeAfterAll(gpu);
const packer = new DevicePacker({ context, pipelines: new PipelineCache(context) });
// So that what was packed can be read here.
const make = context.createBuffer.bind(context);
context.createBuffer = (options) => {
  const { STORAGE, COPY_SRC } = GPUBufferUsage;
  return make({ ...options, usage: options.usage | (options.usage & STORAGE ? COPY_SRC : 0) });
};

let model: LoadedModel;
beforeAll(async () => {
  model = await loadFamily("qwen2");
});

const silent = (): void => undefined;
const { signal } = new AbortController();

interface Subject {
  readonly model: Pick<LoadedModel, "config" | "master" | "own">;
  readonly store: WeightStore;
}

/** A store of the model, or of what `change` makes of its weights. */
function subject(change?: (value: number) => number): Subject {
  const { config, master, own } = model;
  const changed = (values: Float32Array) => (change ? values.map(change) : values);
  const matrix: ModelWeights["matrix"] = (layer, name) => changed(master.matrix(layer, name));
  const embedding = changed(master.embedding);
  const weights = { config, own, master: { ...master, matrix, embedding, head: embedding } };
  return { model: weights, store: new WeightStore(context, weights, packer) };
}

function refsOf(setting: string): Map<string, WeightRef> {
  return weightRefs([buildPlan(model.config, parseSetting(setting), "decode")]);
}

/** Holds what a setting needs, and says which kernels packed it. */
async function hold({ store }: Subject, refs: ReadonlyMap<string, WeightRef>, least = 0) {
  const held = new Map<string, StoredWeights>();
  const packing = store.begin(refs.values(), least);
  for (const [key, ref] of refs) held.set(key, await store.hold(ref, packing));
  await store.finish(packing);
  packing.batch?.destroy();
  return { held, kernels: [...packing.checks.values()] };
}

/** The refs whose buffers are not what the CPU packs. */
async function differing({ model }: Subject, held: ReadonlyMap<string, StoredWeights>) {
  const found: string[] = [];
  for (const [key, { ref, ...buffers }] of held) {
    const wanted = packTensor(quantizePlace(model, ref), ref.layout);
    for (const part of ["weights", "scales", "positions"] as const) {
      const [words, buffer] = [wanted[part] ?? new Uint32Array(), buffers[part]];
      const read = buffer ? await readBuffer(context, buffer.buffer, words.byteLength) : [];
      if (String(new Uint32Array(read)) !== String(words)) found.push(`${key} ${part}`);
    }
  }
  return found;
}

describe("weights of a model, packed on the device", () => {
  it("are the CPU's where the reference holds the master's values, and where they are uploaded", async () => {
    const of = subject();
    // Its rows, first uploaded and then from the f32 of the reference, together and one by one.
    const mixed = "int4-g32;head=int8-asym-g64;0.k=nf4-g32+2:4;1.down=f16";
    const first = await hold(of, refsOf(mixed));
    expect(await differing(of, first.held)).toEqual([]);
    for (const stored of first.held.values()) of.store.release(stored);
    const reference = await hold(of, refsOf("f32"));
    expect(await differing(of, reference.held)).toEqual([]);
    for (const setting of [mixed, "int3-g32+a8+bitserial", "int5-row+2:4"]) {
      const { held, kernels } = await hold(of, refsOf(setting));
      expect(await differing(of, held), setting).toEqual([]);
      expect(kernels.filter(({ kernel }) => !kernel.endsWith("/f32"))).toEqual([]);
      for (const stored of held.values()) of.store.release(stored);
    }
  });

  it("are packed from an f16 reference only where that loses nothing", async () => {
    for (const [change, source] of [
      [(value: number) => f16ToF32(f32ToF16(value)), "f16"],
      [(value: number) => value * 1.001, "rows"],
    ] as const) {
      const of = subject(change);
      await hold(of, refsOf("f16"));
      const { held, kernels } = await hold(of, refsOf("int4-g32"));
      expect(kernels.map(({ kernel }) => kernel.split("/").at(-1))).toEqual(
        kernels.map(() => source),
      );
      expect(kernels.length).toBeGreaterThan(0);
      expect(await differing(of, held)).toEqual([]);
    }
  });

  it("come from the parts of a table that is cut", async () => {
    const of = subject();
    const [table] = [...refsOf("f32").values()].filter(({ layer }) => layer === "table");
    if (!table) throw new Error("no table");
    const part = (format: WeightRef["format"], firstRow: number, rows: number) => {
      const ref = { ...table, format, firstRow, rows };
      return [weightKey(ref), ref] as const;
    };
    const rest = table.rows - 64;
    await hold(of, new Map([part(table.format, 0, 64), part(table.format, 64, rest)]));
    const int8 = { id: "int8", group: 32, sparse: false, method: "rtn" } as const;
    const cut = new Map([part(int8, 0, 32), part(int8, 32, table.rows - 32)]);
    const { held, kernels } = await hold(of, cut);
    expect(await differing(of, held)).toEqual([]);
    expect(kernels.map(({ kernel }) => kernel)).toEqual(["pack/int8/packed/f32"]);
  });

  it("say what the CPU says of a weight that a format does not reach, and leave nothing behind", async () => {
    const refusal = async (least: number): Promise<unknown> =>
      hold(
        subject((value) => value * 1e7),
        refsOf("nf4-g32;head=f32"),
        least,
      ).catch((error) => error);
    expect(String(await refusal(0))).toMatch(/reaches no further than 65504/);
    expect(String(await refusal(0))).toBe(String(await refusal(Infinity)));
  });

  it("are packed in the ways that give the CPU's bits on this device, and it is said which do not", async () => {
    const cache = new PipelineCache(context);
    // As if the device rounded down where this is in a shader's name.
    const broken = (name: string) => {
      const get: PipelineCache["get"] = (source) =>
        cache.get({
          ...source,
          code: source.label.includes(name)
            ? source.code.replace("= round(", "= floor(")
            : source.code,
        });
      const { model: own } = subject();
      const devicePacker = new DevicePacker({ context, pipelines: { get } });
      return { model: own, store: new WeightStore(context, own, devicePacker) };
    };
    for (const [name, ways, sound] of [
      ["/f32", 2, 1],
      ["pack/int4", 2, 0],
    ] as const) {
      const of = broken(name);
      await hold(of, refsOf("f32"));
      const { held, kernels } = await hold(of, refsOf("int4-g32;head=f32"));
      expect(await differing(of, held)).toEqual([]);
      expect(kernels.length).toBe(ways);
      const wrong = kernels.filter(({ sentence }) => sentence !== undefined);
      expect(kernels.length - wrong.length).toBe(sound);
      expect(wrong[0]?.sentence).toMatch(
        /^pack\/int4\/packed\/f32 gives other bits than the CPU on /,
      );
    }
  });

  it("are packed on the CPU where there are few of them", async () => {
    const { store } = subject();
    const before = context.meters.liveBytes;
    const held = new Map<string, StoredWeights>();
    const { checks, packedTensors } = await holdAll(
      store,
      refsOf("int4-g32"),
      held,
      silent,
      signal,
    );
    expect([checks.length, packedTensors]).toEqual([0, held.size]);
    for (const stored of held.values()) store.release(stored);
    expect(context.meters.liveBytes).toBe(before);
  });
});
