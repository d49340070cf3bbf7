import { writeSync } from "node:fs";
import { type AdapterChoice, openNodeGpu } from "../../src/cli/adapters.ts";
import { deviceFeatures } from "../../src/engine/shared.ts";
import { GpuContext } from "../../src/gpu/context.ts";
import { PipelineCache } from "../../src/gpu/pipelines.ts";
import { assemble } from "../../src/kernels/assemble.ts";
import { linearShader } from "../../src/kernels/linear.ts";
import { type Family, linearVariants } from "../../src/kernels/linear-variants.ts";
import { familyOf } from "../../src/model/plan.ts";
import { peerKernel } from "../../src/peer/kernel.ts";
import { nodeRuntime } from "../../src/peer/node.ts";
import { quantizeTensor } from "../../src/quant/quantize.ts";
import { formatRow, formats, usualFormat } from "../../src/quant/registry.ts";
import { parseSetting } from "../../src/quant/setting.ts";
import { formatName } from "../../src/quant/weight-format.ts";
import { MARK } from "./isa-parse.ts";

/** What the table needs to know of a shader; goes before its code as a line of JSON. */
export interface ShaderFacts {
  readonly label: string;
  readonly peer: boolean;
  readonly family: Family;
  readonly bits: number;
  readonly activationBits: number;
  /** 2:4: every kept weight is widened to two inputs, one of them 0, and both are multiplied. */
  readonly sparse: boolean;
  /** Weights that a lane decodes in one turn of its loop over units, all four rows. */
  readonly unitWeights: number;
  /** Tokens that share them. */
  readonly tokens: number;
  readonly lanes: number;
}

/** The usual form of every format, and what stands beside it. */
const SETTINGS = [
  ...formats.map((row) => formatName(usualFormat(row))),
  "int4-g32+2:4",
  "f32+2:4",
  "int8-g32+a8+dp4a",
  "int4-g32+a8+dp4a",
  "int2-g32+a8+dp4a",
  "int4-g32+2:4+a8+dp4a",
  "int4-g32+a8+bitserial",
  "int2-g32+a8+bitserial",
  "int2-g32+a2+bitserial",
  "bipolar1-g32+a8+lut",
  "bcq3-g32+a8+lut",
];

const PEER_SETTINGS = ["f32", "int8-g32", "int4-g32"];
const PEER_SIDE = 1024;

/** Compiles every kernel on a device that is not there; the driver prints them on stderr. */
export async function compileKernels(chip: AdapterChoice): Promise<void> {
  const { gpu, adapter } = await openNodeGpu(chip);
  const context = await GpuContext.open(adapter);
  const pipelines = new PipelineCache(context);
  const features = deviceFeatures(context, new Set(gpu.wgslLanguageFeatures));
  for (const text of SETTINGS) {
    const setting = parseSetting(text);
    const { base, activations } = setting;
    const family = familyOf(setting, base);
    const { bits, shader } = formatRow(base.id);
    for (const tokens of [1, 16] as const) {
      for (const variant of linearVariants(base, family, tokens, features)) {
        const key = linearShader(base, family, "set", variant, features, activations);
        mark({
          label: key.label,
          peer: false,
          family,
          bits,
          activationBits: activations,
          sparse: base.sparse,
          // Units are blocks of 32 kept codes, or 16 bytes of floats, of four rows.
          unitWeights: 4 * shader.unit,
          tokens: variant.tokens,
          lanes: variant.lanes * variant.splits,
        });
        await pipelines.get(assemble(key));
      }
    }
  }
  await compilePeer();
  writeSync(2, `${MARK}\n`);
}

async function compilePeer(): Promise<void> {
  const runtime = await nodeRuntime().catch(() => null);
  if (!runtime) return;
  for (const text of PEER_SETTINGS) {
    const { base: format } = parseSetting(text);
    const side = PEER_SIDE;
    const tensor = quantizeTensor(new Float32Array(side * side).fill(1), side, side, format);
    const { bits } = formatRow(format.id);
    for (const m of [1, 64]) {
      for (const accuracy of text === "int4-g32" ? ([0, 4] as const) : ([0] as const)) {
        const name = format.id === "f32" ? "MatMul" : `MatMulNBits ${text}`;
        const label = `${name}${accuracy === 4 ? ", accuracy level 4" : ""}, M = ${m}`;
        const facts = { label, peer: true, family: "dequant", bits, activationBits: 32 } as const;
        mark({ ...facts, sparse: false, unitWeights: 0, tokens: 1, lanes: 0 });
        const kernel = await peerKernel(runtime, tensor, { m, n: side, k: side }, accuracy);
        await kernel?.destroy();
      }
    }
  }
}

/** Straight to the file descriptor, as the driver writes: the two must keep their order. */
function mark(facts: ShaderFacts): void {
  writeSync(2, `${MARK}${JSON.stringify(facts)}\n`);
}
