import type { InferenceSession, Tensor } from "onnxruntime-node";
import { f16ToF32 } from "../lib/f16.ts";
import { formatRow } from "../quant/registry.ts";
import type { QuantTensor } from "../quant/types.ts";
import type { KernelShape } from "./kernel-bench-case.ts";
import { type Initializer, onnxModel } from "./kernel-bench-onnx.ts";

type Runtime = typeof import("onnxruntime-node");

/** ONNX Runtime's kernel for one matrix, on its WebGPU provider. */
export interface PeerKernel {
  /** y [m][n] of x [m][k], from call to numbers. */
  call(x: Float32Array): Promise<Float32Array>;
  /** Milliseconds of one run of the kernel, by the slope between two chains of it. */
  sample(): Promise<number>;
  destroy(): Promise<void>;
}

/** How long the shorter chain lasts about. */
const CHAIN_MS = 20;
const LONGEST_CHAIN = 32;

/**
 * The peer, or a sentence that says why not. It brings its own copy of Dawn, which opens the Vulkan
 * driver that the environment names: whoever wants it on our driver opens ours first.
 */
export async function openPeer(): Promise<Runtime | string> {
  try {
    // A CommonJS package: bundlers see its exports, Node only the default one.
    const loaded: Runtime & { default?: Runtime } = await import("onnxruntime-node");
    return loaded.default ?? loaded;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return `onnxruntime-node does not load here: ${reason}`;
  }
}

/**
 * The same codes and scales as one node, MatMulNBits or MatMul; undefined where the peer has no
 * such kernel. `accuracyLevel` 4 lets it round activations to 8 bits, 0 asks for f32.
 */
export async function peerKernel(
  runtime: Runtime,
  tensor: QuantTensor,
  shape: KernelShape,
  accuracyLevel: 0 | 4 = 0,
): Promise<PeerKernel | undefined> {
  const matrix = peerMatrix(tensor, accuracyLevel);
  if (!matrix) return undefined;
  const { m, n, k } = shape;
  const sessions: InferenceSession[] = [];
  const open = async (nodes: number, output: "cpu" | "gpu-buffer" = "cpu") => {
    const model = onnxModel({ ...matrix, input: [m, k], output: [m, n], nodes });
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: ["webgpu"],
      preferredOutputLocation: output,
      logSeverityLevel: 3,
    });
    sessions.push(session);
    return session;
  };
  const input = (x: Float32Array): Tensor => new runtime.Tensor("float32", x, [m, k]);
  const single = await open(1);
  const zeros = input(new Float32Array(m * k));
  const call = (session: InferenceSession, A: Tensor): Promise<number> =>
    timed(async () => void (await session.run({ A })));
  await call(single, zeros);
  const runs = Math.ceil(CHAIN_MS / (await call(single, zeros)));
  const length = Math.max(1, Math.min(runs, LONGEST_CHAIN));
  const [short, long] =
    n === k
      ? await chains(open, call, zeros, length)
      : await bursts(open, call, single, zeros, length);
  return {
    async call(x) {
      const { Y } = await single.run({ A: input(x) });
      return Y?.data instanceof Float32Array ? Y.data : new Float32Array();
    },
    async sample() {
      const [less, more] = [await short(), await long()];
      return more > less ? (more - less) / length : more / (2 * length);
    },
    async destroy() {
      for (const session of sessions) await session.release();
    },
  };
}

type Open = (nodes: number, output?: "cpu" | "gpu-buffer") => Promise<InferenceSession>;
type Call = (session: InferenceSession, A: Tensor) => Promise<number>;
type Timed = () => Promise<number>;

/** Models of the matrix several times in a row: all in one run, which suits the peer best. */
async function chains(open: Open, call: Call, A: Tensor, length: number): Promise<[Timed, Timed]> {
  const [short, long] = [await open(length), await open(2 * length)];
  for (const session of [short, long]) await call(session, A);
  return [() => call(short, A), () => call(long, A)];
}

/** A matrix that is not square makes no chain: runs that leave their output on the GPU, then one that waits. */
async function bursts(
  open: Open,
  call: Call,
  last: InferenceSession,
  A: Tensor,
  length: number,
): Promise<[Timed, Timed]> {
  const session = await open(1, "gpu-buffer");
  const burst = (runs: number): Promise<number> =>
    timed(async () => {
      for (let i = 0; i < runs; i++) (await session.run({ A })).Y?.dispose();
      await call(last, A);
    });
  await burst(1);
  return [() => burst(length), () => burst(2 * length)];
}

async function timed(task: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await task();
  return performance.now() - begun;
}

interface PeerMatrix {
  readonly op: string;
  readonly domain: string;
  readonly attributes: Readonly<Record<string, number>>;
  readonly initializers: readonly Initializer[];
}

function peerMatrix(tensor: QuantTensor, accuracyLevel: number): PeerMatrix | undefined {
  const { format, rows, cols, codes, scales, positions } = tensor;
  const { bits, family, asymmetric } = formatRow(format.id);
  if (positions || asymmetric) return undefined;
  if (codes instanceof Float32Array) {
    const data = transposed(codes, rows, cols);
    const initializers = [{ name: "B", dims: [cols, rows], data }];
    return { op: "MatMul", domain: "", attributes: {}, initializers };
  }
  const fits = family === "int" && [2, 4, 8].includes(bits) && typeof format.group === "number";
  if (!fits || !(codes instanceof Uint8Array) || !scales || cols % Number(format.group) !== 0) {
    return undefined;
  }
  const block = Number(format.group);
  const groups = cols / block;
  return {
    op: "MatMulNBits",
    domain: "com.microsoft",
    attributes: { K: cols, N: rows, bits, block_size: block, accuracy_level: accuracyLevel },
    initializers: [
      { name: "B", dims: [rows, groups, (block * bits) / 8], data: packed(codes, bits) },
      { name: "scales", dims: [rows, groups], data: Float32Array.from(scales, f16ToF32) },
    ],
  };
}

/** Codes side by side in bytes, the first in the low bits; ours are unsigned around the same middle as the peer's. */
function packed(codes: Uint8Array, bits: number): Uint8Array {
  const each = 8 / bits;
  const bytes = new Uint8Array(codes.length / each);
  codes.forEach((code, i) => {
    const at = Math.floor(i / each);
    bytes[at] = (bytes[at] ?? 0) | (code << (bits * (i % each)));
  });
  return bytes;
}

/** [rows][cols] to [cols][rows] */
function transposed(values: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let n = 0; n < rows; n++) {
    for (let k = 0; k < cols; k++) out[k * rows + n] = values[n * cols + k] ?? 0;
  }
  return out;
}
