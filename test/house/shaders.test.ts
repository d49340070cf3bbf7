import { describe, expect, it } from "vitest";
import { activateShader } from "../../src/kernels/activate.ts";
import { appendShader } from "../../src/kernels/append.ts";
import { assemble } from "../../src/kernels/assemble.ts";
import { attentionShader } from "../../src/kernels/attention.ts";
import { embedShader } from "../../src/kernels/embed.ts";
import { layernormShader } from "../../src/kernels/layernorm.ts";
import { linearShader } from "../../src/kernels/linear.ts";
import { linearVariants } from "../../src/kernels/linear-variants.ts";
import { packShaders, packsOnDevice } from "../../src/kernels/pack.ts";
import { placeShader } from "../../src/kernels/place.ts";
import { qknormShader } from "../../src/kernels/qknorm.ts";
import { quantizeShader } from "../../src/kernels/quantize.ts";
import { rmsnormShader } from "../../src/kernels/rmsnorm.ts";
import { ROOFS, roofShader } from "../../src/kernels/roof.ts";
import { ropeShader } from "../../src/kernels/rope.ts";
import { sampleShader } from "../../src/kernels/sample.ts";
import { shaderFile, shaderFiles } from "../../src/kernels/sources.ts";
import type { DeviceFeatures, ShaderKey } from "../../src/kernels/spec.ts";
import { swigluShader } from "../../src/kernels/swiglu.ts";
import { exactFamilies, formats, usualFormat } from "../../src/quant/registry.ts";

const features: DeviceFeatures = {
  f16: false,
  subgroups: true,
  subgroupMin: 4,
  subgroupMax: 64,
  packedDot: true,
  maxUniformBytes: 65_536,
  maxInvocations: 256,
};

function everyShader(): ShaderKey[] {
  const shaders: ShaderKey[] = [
    ...(["set", "add"] as const).flatMap((store) => [
      rmsnormShader({ width: 256, store }, features),
      layernormShader({ width: 256, store }, features),
    ]),
    qknormShader({ queries: 8, keys: 4, queryWidth: 32, keyWidth: 32 }, features),
    placeShader("learned", features),
    placeShader({ scale: 8 }, features),
    ...[32, 8, 0].map((dims) => ropeShader({ headDim: 32, dims }, features)),
    ropeShader({ headDim: 32, dims: 32, later: true }, features),
    ...([16, 8, 4] as const).flatMap((kv) => [
      appendShader({ headDim: 32, kv }, features),
      attentionShader({ heads: 8, kvHeads: 4, headDim: 32, kv }, features),
    ]),
    ...[null, 8].map((window) =>
      attentionShader({ heads: 8, kvHeads: 4, headDim: 32, batch: 1, window }, features),
    ),
    ...(["silu", "gelu", "gelu_tanh", "relu"] as const).flatMap((activation) => [
      swigluShader({ activation }, features),
      activateShader({ activation }, features),
    ]),
    sampleShader({ vocab: 2048 }, features),
    ...ROOFS.map((kind) => roofShader(kind, features)),
    ...(["bytes", "planes", "fake"] as const).map((form) =>
      quantizeShader({ form, bits: 8 }, features),
    ),
  ];
  for (const row of formats) {
    for (const sparse of row.sparse ? [false, true] : [false]) {
      const format = { ...usualFormat(row), sparse };
      shaders.push(embedShader(format, features));
      for (const layout of ["packed", "planes"] as const) {
        if (!packsOnDevice(format, layout)) continue;
        for (const source of ["rows", "f32", "f16"] as const) {
          const { scales, codes } = packShaders(format, layout, source);
          shaders.push(...(scales ? [scales] : []), codes);
        }
      }
      for (const kind of ["dequant", ...exactFamilies(format)] as const) {
        for (const tokens of [1, 16] as const) {
          for (const variant of linearVariants(format, kind, tokens, features)) {
            shaders.push(linearShader(format, kind, "logits", variant, features, 4));
            shaders.push(linearShader(format, kind, "logits_bias", variant, features, 4));
          }
        }
      }
    }
  }
  return shaders;
}

/** Every `@group(0) @binding(n) var<space, access> name` of a module. */
function declaredBindings(code: string): { name: string; binding: number; access: string }[] {
  const declaration =
    /@group\(0\) @binding\((\d+)\) var<(uniform|storage), ?(\w+)?> (\w+):|@group\(0\) @binding\((\d+)\) var<uniform> (\w+):/g;
  return [...code.matchAll(declaration)].map(
    ([, number, , access, name, uniformNumber, uniformName]) => ({
      name: name ?? uniformName ?? "",
      binding: Number(number ?? uniformNumber),
      access: access ?? "uniform",
    }),
  );
}

describe("assembled shaders", () => {
  it("bind what their specs say, under the same names and numbers", () => {
    for (const key of everyShader()) {
      const { code } = assemble(key);
      const found = declaredBindings(code).sort((a, b) => a.binding - b.binding);
      const said = key.bindings
        .map(({ name, binding, access }) => ({ name, binding, access }))
        .sort((a, b) => a.binding - b.binding);
      expect(found, key.label).toEqual(said);
    }
  });
});

describe("variants of matrix kernels", () => {
  it("are there for inputs wider than a uniform binding, whatever the device", () => {
    for (const subgroup of [0, 4, 8, 32]) {
      const device = {
        ...features,
        subgroups: subgroup > 0,
        subgroupMin: subgroup,
        subgroupMax: subgroup,
      };
      for (const row of formats) {
        const format = usualFormat(row);
        for (const family of ["dequant", ...exactFamilies(format)] as const) {
          for (const tokens of [1, 16] as const) {
            const sources = linearVariants(format, family, tokens, device).map(({ x }) => x);
            expect(sources, `${row.id} ${family} ${tokens} ${subgroup}`).toContain("storage");
          }
        }
      }
    }
  });
});

describe("shader files", () => {
  it.each(shaderFiles().map((stem) => [stem]))("%s can be read alone", (stem) => {
    const lines = shaderFile(stem).split("\n");
    expect(lines[0]).toMatch(/^\/\/ /);
    expect(lines.length).toBeLessThan(220);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(140);
      expect(line).not.toMatch(/\t|\s$|^ ( {2})*\S/);
    }
  });
});
