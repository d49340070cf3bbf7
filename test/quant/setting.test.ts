import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/assert.ts";
import { canonicalOverrides, layerMatrices } from "../../src/quant/overrides.ts";
import { exactFamilies, exactNames, formatRow, formats } from "../../src/quant/registry.ts";
import {
  type ActivationGroup,
  defaultHead,
  formatName,
  formatOf,
  formatSetting,
  type KernelFamily,
  type Override,
  parseSetting,
  type Setting,
  SettingError,
  tableFormat,
} from "../../src/quant/setting.ts";
import type { WeightFormat } from "../../src/quant/types.ts";
import { everyFormat, format } from "./support.ts";

const LAYERS = 6;
const anyDense = fc.constantFrom(...everyFormat());
const anyFormat: fc.Arbitrary<WeightFormat> = fc
  .tuple(anyDense, fc.boolean(), fc.boolean(), fc.option(fc.integer({ min: 1, max: 99 })))
  .map(([dense, sparse, clip, pruned]) => ({
    ...dense,
    sparse: sparse && formatRow(dense.id).sparse,
    ...(!sparse && pruned !== null && formatRow(dense.id).exactZero && { pruned }),
    method: clip && formatRow(dense.id).methods.includes("clip") ? "clip" : "rtn",
  }));
const anyHead = anyFormat.map(({ pruned: _, ...one }) => ({ ...one, sparse: false }));
/** Few formats, so that overrides meet and merge. */
const anyOverride: fc.Arbitrary<Override> = fc
  .tuple(
    fc.nat(LAYERS - 1),
    fc.nat(LAYERS - 1),
    fc.constantFrom(null, ...layerMatrices),
    fc.constantFrom(format("int4", 32), format("int8", 32), format("f16")),
  )
  .map(([a, b, matrix, chosen]) => ({
    first: Math.min(a, b),
    last: Math.max(a, b),
    matrix,
    format: chosen,
  }));
const anySetting: fc.Arbitrary<Setting> = fc
  .record({
    base: fc.oneof(anyFormat, fc.constant(format("int4", 32))),
    activations: fc.constantFrom(32, 8, 6, 4, 2),
    activationGroup: fc.constantFrom<ActivationGroup>(32, "row"),
    kv: fc.constantFrom(32, 16, 8, 4),
    family: fc.constantFrom<KernelFamily>("auto", "dequant", ...exactNames),
    head: anyHead,
    overrides: fc.array(anyOverride, { maxLength: 8 }),
  })
  .filter(
    ({ base, family, activations, activationGroup }) =>
      (activations !== 32 || activationGroup === 32) &&
      (family === "auto" ||
        family === "dequant" ||
        (activations !== 32 && exactFamilies(base).includes(family))),
  );

describe("canonical strings", () => {
  it.each([
    "f32",
    "f16",
    "int4-g32",
    "int4-asym-g64",
    "int4-g32+2:4+a8+kv8+dp4a",
    "f32+kv16",
    "int4-g32+50%+a8@clip;3=int8-g32+5%",
    "int4-row",
    "f16+2:4",
    "int4-g32+2:4",
    "int2-g32+a8+bitserial",
    "bcq3-g32+a8+lut",
    "bipolar2-row+a2+lut;0=int4-g32+2:4",
    "int8-asym-g32+2:4+a8+dp4a@clip",
    "int4-g32@clip",
    "f32+a8",
    "int4-g32;head=int4-g32;0-1=int8-g32;5.down=int6-g32",
    "int4-g32;head=f16",
    "f16;head=int8-g32",
    "int4-g32;3=int4-g32@clip;0-2.q=int4-g32+2:4",
    "nf4-g64",
    "nf4-g64+2:4@clip",
    "nf4-dq-row",
    "fp4-bnb-g128",
    "mxfp4+a8+dp4a",
    "nvfp4+2:4;head=mxfp4",
    "bitmod3-g32+a8",
    "native",
    "native+a8+kv8+dp4a;head=int8-g32;3=int4-g32",
    "int4-g32;head=native;0-1=native",
  ])("%s reads and writes as itself", (text) => {
    expect(formatSetting(parseSetting(text))).toBe(text);
  });

  it.each([
    [" INT4-G32 ; HEAD = f16 ", "int4-g32;head=f16"],
    ["int4-g32@rtn", "int4-g32"],
    ["int4-g32@clip+a8", "int4-g32+a8@clip"],
    ["int4-g32+dp4a+a8+2:4", "int4-g32+2:4+a8+dp4a"],
    ["int4-g32;head=int8-g32", "int4-g32"],
    ["f16;head=f16", "f16"],
    ["int4-g32;2=int8-g32;head=f16;1=int8-g32", "int4-g32;head=f16;1-2=int8-g32"],
    ["int4-g32;0-5=int4-g32", "int4-g32"],
    ["int4-g32;0-5=int8-g32;3=int4-g32", "int4-g32;0-2=int8-g32;4-5=int8-g32"],
    ["int4-g32;0-2=int8-g32;1.down=int4-g32", "int4-g32;0-2=int8-g32;1.down=int4-g32"],
    ["int4-g32;1.down=int4-g32;0-2=int8-g32", "int4-g32;0-2=int8-g32"],
    ["int4-g32;1.down=f16;0.down=f16;0.q=f16", "int4-g32;0.q=f16;0-1.down=f16"],
    [layerMatrices.reduce((text, m) => `${text};4.${m}=f16`, "int4-g32"), "int4-g32;4=f16"],
    [
      "int4-g32;4.q=f16;4.k=f16;4.v=f16;4.o=f16;4.gate=f16",
      "int4-g32;4=f16;4.up=int4-g32;4.down=int4-g32",
    ],
    ["int4-g32;4.q=f16;4.k=f16;4.v=f16;4.o=f16", "int4-g32;4.q=f16;4.k=f16;4.v=f16;4.o=f16"],
  ])("%s is written %s", (text, canonical) => {
    expect(formatSetting(parseSetting(text))).toBe(canonical);
  });

  it("come back as the same setting", () => {
    fc.assert(
      fc.property(anySetting, (setting) => {
        const overrides = canonicalOverrides(setting.base, setting.overrides);
        expect(parseSetting(formatSetting(setting))).toEqual({ ...setting, overrides });
      }),
    );
  });

  it("do not change when read and written again", () => {
    fc.assert(
      fc.property(anySetting, (setting) => {
        const text = formatSetting(setting);
        expect(formatSetting(parseSetting(text))).toBe(text);
      }),
    );
  });

  it("are the same for all lists of overrides with the same effect, and keep the effect", () => {
    fc.assert(
      fc.property(fc.array(anyOverride, { maxLength: 12 }), (overrides) => {
        const base = format("int4", 32);
        const short = canonicalOverrides(base, overrides);
        const spelled: Override[] = [];
        const setting = { ...parseSetting("int4-g32"), overrides };
        for (let layer = 0; layer < LAYERS; layer++) {
          for (const matrix of layerMatrices) {
            const chosen = formatOf(setting, layer, matrix);
            spelled.push({ first: layer, last: layer, matrix, format: chosen });
            expect(formatOf({ ...setting, overrides: short }, layer, matrix)).toEqual(chosen);
          }
        }
        expect(canonicalOverrides(base, spelled)).toEqual(short);
      }),
    );
  });
});

describe("what a setting says of a matrix", () => {
  const setting = parseSetting("int4-g32;0-1=int8-g32;1.down=int6-g64@clip");

  it("is the base, or the last override that names it", () => {
    expect(formatName(formatOf(setting, 0, "down"))).toBe("int8-g32");
    expect(formatName(formatOf(setting, 1, "down"))).toBe("int6-g64@clip");
    expect(formatName(formatOf(setting, 1, "up"))).toBe("int8-g32");
    expect(formatName(formatOf(setting, 2, "down"))).toBe("int4-g32");
  });

  it("has a head of its own", () => {
    expect(formatName(tableFormat(setting, "head"))).toBe("int8-g32");
    expect(formatName(tableFormat(parseSetting("f32+2:4"), "head"))).toBe("f32");
    expect(formatName(tableFormat(parseSetting("f16;head=int4-row"), "head"))).toBe("int4-row");
    expect(formatName(defaultHead(format("f16", undefined, { sparse: true })))).toBe("f16");
  });

  it("does not pass the base's sparsity or method on", () => {
    const mixed = parseSetting("int4-g32+2:4@clip;3=int8-g32");
    expect(formatOf(mixed, 3, "q")).toEqual(format("int8", 32));
    expect(tableFormat(mixed, "head")).toEqual(format("int8", 32));
  });
});

describe("what cannot be read", () => {
  it.each([
    ["", "", "lacks a weight format"],
    ["int9-g32", "int9-g32", "is not a weight format"],
    ["int4", "int4", "lacks its group"],
    ["int4-g48", "int4-g48", "group size"],
    ["f16-g32", "f16-g32", "has no groups"],
    ["mxfp4-g32", "mxfp4-g32", "has a group of its own"],
    ["nf4-dq-g64@clip", "@clip", "chooses scales in a way that nf4-dq does not have"],
    ["nf4-g64+a8+dp4a", "+dp4a", "needs integer weights, not nf4"],
    ["bitmod4-g32+a8+bitserial", "+bitserial", "has no bit planes"],
    ["fp3-g64", "fp3-g64", "is not available yet"],
    ["int4-g32+0%", "+0%", "is not a part"],
    ["int4-g32+100%", "+100%", "is not a part"],
    ["int4-g32+2:4+50%", "+50%", "set already"],
    ["int4-g32+50%+40%", "+40%", "set already"],
    ["bipolar2-g32+50%", "+50%", "needs a code that stands for 0"],
    ["int4-g32;head=int4-g32+50%", "+50%", "does not apply to the embedding"],
    ["int4-g32+kv8+kv4", "+kv4", "set already"],
    ["int4-g32+kv6", "+kv6", "is not a part"],
    ["int4-g32@gptq", "@gptq", "is not available yet"],
    ["int4-g32+a7", "+a7", "is not a part"],
    ["int4-g32+", "+", "is not a part"],
    ["int4-g32@best", "@best", "is not a method"],
    ["f16@clip", "@clip", "float formats have none"],
    ["int4-g32@clip@rtn", "@rtn", "is a second method"],
    ["int4-g32+a8+a4", "+a4", "set already"],
    ["int4-g32+2:4+2:4", "+2:4", "set already"],
    ["int4-g32+dp4a", "+dp4a", "needs integer activations"],
    ["int4-g32+bitserial", "+bitserial", "needs integer activations"],
    ["bcq3-g32+lut", "+lut", "needs integer activations"],
    ["int4-g32+a8+lut", "+lut", "needs weights that are sums of signs, not int4"],
    ["nested4-g32+a8+dp4a", "+dp4a", "has no bytes of nested4"],
    ["f16+a8+dp4a", "+dp4a", "needs integer weights, not f16"],
    ["int4-g32+2:4+a8+bitserial", "+bitserial", "has no kernel for 2:4"],
    ["int4-g32+a8+bitserial;2=int4-g32+2:4", "+bitserial", "has no kernel for 2:4"],
    ["int4-g32;", "", "does not say which layers"],
    ["int4-g32;down", "down", "does not say which layers"],
    ["int4-g32;tail=f16", "tail", "names no layers"],
    ["int4-g32;6=f16", "6", "not there"],
    ["int4-g32;0-99999999999=f16", "0-99999999999", "not there"],
    ["int4-g32;3-1=f16", "3-1", "runs backwards"],
    ["int4-g32;0.key=f16", ".key", "is not a matrix"],
    ["int4-g32;0=", "", "lacks a weight format"],
    ["int4-g32;0=int4-g32+a8", "+a8", "is not a part of an override"],
    ["int4-g32;head=int4-g32+2:4", "+2:4", "does not apply to the embedding"],
    ["int4-g32;head=f16;head=f32", "head", "is given twice"],
    ["native+2:4", "+2:4", "would change weights that native leaves alone"],
    ["native@clip", "@clip", "would change weights that native leaves alone"],
    ["native-g32", "native-g32", "is not a weight format"],
    ["native+dp4a", "+dp4a", "needs integer activations"],
  ])('"%s" fails at "%s": %s', (text, wrong, problem) => {
    const error = errorOf(text);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toContain(problem);
    expect(error.message).toMatch(/^\S.*\.$/);
    expect(text.slice(error.index, error.index + error.length)).toBe(wrong);
    for (const fit of error.expected) expect(error.message).toContain(fit);
  });

  it.each([
    ["native", 0],
    ["int4-g32;head=native", 14],
    ["int4-g32;1.up=native", 14],
  ])("refuses %s for a model whose file has no blocks", (text, index) => {
    expect(() => parseSetting(text, { native: false })).toThrow(
      `"native" at character ${index + 1} leaves the blocks of a GGUF file as they are, and there are none here; f32, f16 would fit.`,
    );
    expect(formatSetting(parseSetting(text, { native: true }))).toBe(text);
  });

  it("points at the last of several like pieces", () => {
    const text = "int4-g32; 0 = int9-g32";
    expect(errorOf(text)).toMatchObject({ index: 14, length: 8 });
    expect(errorOf("int4-g32;head=f16;head=f32").index).toBe(18);
  });

  it("lists formats that can be written in its place", () => {
    const { expected } = errorOf("int4-g32;1=x");
    expect(expected.length).toBe(formats.length);
    for (const fit of expected) parseSetting(`int4-g32;1=${fit}`);
    for (const fit of errorOf("int4-g32+x").expected) {
      const needsActivations = fit === "+dp4a" || fit === "+bitserial";
      parseSetting(`int4-g32${needsActivations ? "+a8" : ""}${fit}`);
    }
  });

  it("never fails with anything but a sentence", () => {
    const piece = fc.constantFrom(
      ..."int4 -g32 -row f16 +2:4 +a8 +dp4a @clip ; = head 0 0-3 . .down - + @ %".split(" "),
      " ",
      "İ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        try {
          const canonical = formatSetting(parseSetting(text));
          expect(formatSetting(parseSetting(canonical))).toBe(canonical);
        } catch (error) {
          if (!(error instanceof SettingError)) throw error;
          expect(error.index + error.length).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function errorOf(text: string): SettingError {
  try {
    parseSetting(text, { layers: LAYERS });
  } catch (error) {
    if (error instanceof SettingError) return error;
    throw error;
  }
  throw new Error(`"${text}" was read`);
}
