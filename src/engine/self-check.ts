import { embedGrid, embedParams, embedRef, embedShader } from "../kernels/embed.ts";
import { linearGrid, linearParams, linearShader } from "../kernels/linear.ts";
import { linearBound, linearIntRef, linearRef } from "../kernels/linear-ref.ts";
import type { ShaderKey } from "../kernels/spec.ts";
import { createRng } from "../lib/rng.ts";
import type { Plan } from "../model/plan.ts";
import { packTensor } from "../quant/pack.ts";
import { quantizeTensor } from "../quant/quantize.ts";
import { formatName } from "../quant/setting.ts";
import type { PackedTensor, QuantTensor, WeightFormat } from "../quant/types.ts";
import { packCodes } from "./check-codes.ts";
import { chosenVariant, type LinearStep, linearCandidates, linearNames } from "./lower-linear.ts";
import type { SelfCheck } from "./protocol.ts";
import { runOnce } from "./run-once.ts";
import type { Shared } from "./shared.ts";
import type { VariantChooser } from "./variants.ts";

// Sizes that no tile divides: rows, inputs, tokens of a batch.
const rows = 21;
const cols = 172;
const batch = 5;

/**
 * Holds every matrix kernel of the plans against the CPU on a small hostile matrix, once for each kernel and variant. A variant that fails
 * is struck off and the next one takes its place; when none is left, this throws with the kernel, the format and the device.
 */
export async function checkPlans(
  shared: Shared,
  chooser: VariantChooser,
  plans: readonly Plan[],
  known: Map<string, SelfCheck>,
  signal: AbortSignal,
): Promise<SelfCheck[]> {
  const checks = new Map<string, SelfCheck>();
  for (const plan of plans) {
    for (const step of plan.steps) {
      signal.throwIfAborted();
      if (step.op === "embed") {
        const label = embedShader(step.weights.format, shared.features).label;
        const check = known.get(label) ?? (await checkEmbed(shared, step.weights.format));
        known.set(label, check);
        checks.set(label, check);
        if (!check.ok) throw new Error(check.sentence);
      } else if (step.op === "linear") {
        const check = await soundVariant(shared, chooser, step, plan.tokens, known);
        // What was found wrong on the way stays, however many steps have the same kernel.
        if (!checks.get(check.kernel)?.sentence) checks.set(check.kernel, check);
      }
    }
  }
  return [...checks.values()];
}

/** Checks the chosen variant, then the next, until one is sound. */
async function soundVariant(
  shared: Shared,
  chooser: VariantChooser,
  step: LinearStep,
  tokens: number,
  known: Map<string, SelfCheck>,
): Promise<SelfCheck> {
  const { op } = linearNames(step, tokens);
  let fault: SelfCheck | null = null;
  // A changed copy is one candidate more.
  for (let tries = linearCandidates(shared, step, tokens).length + 1; tries > 0; tries--) {
    const variant = chosenVariant(shared, chooser, step, tokens);
    // Stores differ in where they write, not in what: "set" stands for all.
    const key = linearShader(
      step.weights.format,
      step.family,
      "set",
      variant,
      shared.features,
      step.activationBits,
    );
    const copy = shared.copies.of(key);
    const { label } = shared.copies.source(key);
    const count = tokens === 1 ? 1 : batch;
    const check =
      known.get(label) ??
      (copy
        ? await checkCopy(shared, step, key, count)
        : await checkLinear(shared, step, key, count));
    known.set(label, check);
    if (check.ok)
      return fault
        ? { ...check, sentence: `${fault.sentence} ${key.label} is used instead.` }
        : check;
    fault = check;
    if (copy) shared.copies.drop(copy);
    else chooser.reject(op, variant.id);
  }
  throw new Error(
    `${fault?.sentence ?? op} No other variant is left: choose another format or kernel family.`,
  );
}

/** A shader that the user changed may not even compile on another device than the one it was changed on. */
async function checkCopy(
  shared: Shared,
  step: LinearStep,
  key: ShaderKey,
  tokens: number,
): Promise<SelfCheck> {
  const { label } = shared.copies.source(key);
  const failed = (why: string): SelfCheck => ({
    kernel: label,
    format: formatName(step.weights.format),
    ok: false,
    error: Infinity,
    sentence: `The changed copy of ${key.label} ${why}`,
  });
  // The device's own handler of errors need not hear of a mistake that is told here.
  const { device } = shared.context;
  device.pushErrorScope("validation");
  try {
    const check = await checkLinear(shared, step, key, tokens);
    if (check.ok) return { ...check, kernel: label };
    return failed(`computes wrongly here (${check.error.toPrecision(3)} times its bound).`);
  } catch (error) {
    return failed(`does not run here: ${error instanceof Error ? error.message : String(error)}.`);
  } finally {
    await device.popErrorScope();
  }
}

async function checkLinear(
  shared: Shared,
  step: LinearStep,
  key: ShaderKey,
  tokens: number,
): Promise<SelfCheck> {
  const { format } = step.weights;
  const tensor = hostileTensor(format);
  const packed = packTensor([tensor], step.weights.layout);
  const stride = 192;
  const x = new Float32Array(16 * stride);
  const rng = createRng(5);
  for (let t = 0; t < tokens; t++) for (let k = 0; k < cols; k++) x[t * stride + k] = rng.gauss();
  const codes = step.family === "dequant" ? null : packCodes(x, tokens, cols, stride, step);
  const [variant] = linearCandidates(shared, step, tokens).filter(({ id }) =>
    key.label.includes(`/${id}`),
  );
  if (!variant) throw new Error(`${key.label} is no variant of this device`);
  const yStride = Math.ceil(rows / 4) * 4;
  const found = await run(shared, key, linearGrid(variant, rows, tokens), packed, {
    params: linearParams({ rows, cols, tokens, xStride: stride, yStride, yOffset: 0, format }),
    x,
    ...(codes && { xq: codes.words, xs: codes.scales }),
    y: new Float32Array(tokens * yStride),
  });
  const expected = codes
    ? linearIntRef(tensor, { codes: codes.codes, scales: codes.activationScales }, tokens)
    : linearRef(tensor, x, tokens, stride);
  // Integer sums are exact; what may differ is a fused multiply-add in the float epilogue.
  const bound = codes
    ? expected.map((value) => Math.abs(value) * 1e-5 + 1e-4)
    : linearBound(tensor, x, tokens, stride);
  let error = 0;
  for (let t = 0; t < tokens; t++) {
    for (let n = 0; n < rows; n++) {
      const off = Math.abs((found[t * yStride + n] ?? Number.NaN) - (expected[t * rows + n] ?? 0));
      error = Math.max(error, Number.isNaN(off) ? Infinity : off / (bound[t * rows + n] ?? 1));
    }
  }
  return verdict(shared, key.label, format, error);
}

async function checkEmbed(shared: Shared, format: WeightFormat): Promise<SelfCheck> {
  const key = embedShader(format, shared.features);
  const tensor = hostileTensor(format);
  const ids = Uint32Array.of(20, 0, 3, 17);
  const found = await run(
    shared,
    key,
    embedGrid(cols, ids.length),
    packTensor([tensor], "packed"),
    {
      params: embedParams({ rows, cols, yStride: 192, format }),
      tokens: ids,
      y: new Float32Array(ids.length * 192),
    },
  );
  const expected = embedRef(tensor, ids);
  let error = 0;
  for (let t = 0; t < ids.length; t++) {
    for (let k = 0; k < cols; k++) {
      const want = expected[t * cols + k] ?? 0;
      const off =
        Math.abs((found[t * 192 + k] ?? Number.NaN) - want) / (Math.abs(want) * 2e-7 + 1e-30);
      error = Math.max(error, Number.isNaN(off) ? Infinity : off);
    }
  }
  return verdict(shared, key.label, format, error);
}

function verdict(shared: Shared, kernel: string, format: WeightFormat, error: number): SelfCheck {
  const ok = error <= 1;
  if (ok) return { kernel, format: formatName(format), ok, error };
  const { description, vendor, architecture } = shared.context.adapter.info;
  const device = description || `${vendor} ${architecture}`;
  const sentence = `${kernel} computes ${formatName(format)} wrongly on ${device} (${error.toPrecision(3)} times its bound).`;
  return { kernel, format: formatName(format), ok, error, sentence };
}

/** Random rows, with a zero group, an outlier and tiny values among them. */
function hostileTensor(format: WeightFormat): QuantTensor {
  const rng = createRng(3);
  const values = Float32Array.from({ length: rows * cols }, () => rng.laplace() * 0.05);
  values.fill(0, 32, 64);
  values[cols + 5] = 100;
  for (let k = 0; k < 32; k++) values[2 * cols + k] = rng.gauss() * 1e-6;
  return quantizeTensor(values, rows, cols, format);
}

async function run(
  shared: Shared,
  key: ShaderKey,
  grid: readonly [number, number, number],
  { weights, scales, positions }: PackedTensor,
  data: Readonly<Record<string, Float32Array | Uint32Array>>,
): Promise<Float32Array> {
  const pipeline = await shared.pipelines.get(shared.copies.source(key));
  const packed = { weights, ...(scales && { scales }), ...(positions && { positions }) };
  return new Float32Array(await runOnce(shared.context, pipeline, grid, { ...data, ...packed }));
}
