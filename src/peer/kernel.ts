import type { InferenceSession, Tensor } from "onnxruntime-web";
import type { QuantTensor } from "../quant/types.ts";
import { type MatrixOp, matrixOp, peerLack } from "./matrix.ts";
import { onnxModel } from "./onnx.ts";
import type { Runtime } from "./runtime.ts";

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
 * The same codes and scales as one node, MatMulNBits or MatMul; undefined where the peer has no
 * such kernel. `accuracyLevel` 4 lets it round activations to 8 bits, 0 asks for f32.
 */
export async function peerKernel(
  runtime: Runtime,
  tensor: QuantTensor,
  shape: { readonly m: number; readonly n: number; readonly k: number },
  accuracyLevel: 0 | 4 = 0,
): Promise<PeerKernel | undefined> {
  if (peerLack(tensor.format, tensor.cols) !== null) return undefined;
  const matrix = matrixOp(tensor, "B", accuracyLevel);
  const { m, n, k } = shape;
  const sessions: InferenceSession[] = [];
  const open = async (nodes: number, output: "cpu" | "gpu-buffer" = "cpu") => {
    const model = chainModel(matrix, [m, k], [m, n], nodes);
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

/** The matrix so many times in a row, each on the output of the one before. */
function chainModel(
  { op, domain, attributes, initializers }: MatrixOp,
  input: readonly number[],
  output: readonly number[],
  nodes: number,
): Uint8Array {
  const weights = initializers.map(({ name }) => name);
  return onnxModel({
    name: op,
    nodes: Array.from({ length: nodes }, (_, at) => ({
      op,
      domain,
      name: `${op}${at}`,
      inputs: [at === 0 ? "A" : `Y${at}`, ...weights],
      outputs: [at === nodes - 1 ? "Y" : `Y${at + 1}`],
      attributes,
    })),
    initializers,
    inputs: [{ name: "A", type: "float", dims: input }],
    outputs: [{ name: "Y", type: "float", dims: output }],
  });
}
