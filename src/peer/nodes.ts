import type { MatrixOp } from "./matrix.ts";
import type { Attribute, Domain, Initializer, OnnxNode } from "./onnx.ts";

/** Nodes and constants of a graph as it grows. */
export class Nodes {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Initializer[] = [];

  /** A node with one output, which goes by the node's name. */
  add(
    op: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: Domain = "",
  ): string {
    this.nodes.push({ op, domain, name, inputs, outputs: [name], attributes });
    return name;
  }

  constant(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): string {
    this.initializers.push({ name, dims, data });
    return name;
  }

  /** Keeps a matrix; the names that its node reads. */
  keep({ initializers }: MatrixOp): string[] {
    this.initializers.push(...initializers);
    return initializers.map(({ name }) => name);
  }

  reshape(name: string, input: string, dims: readonly number[]): string {
    const shape = this.constant(`${name}.shape`, [dims.length], BigInt64Array.from(dims, BigInt));
    return this.add("Reshape", name, [input, shape]);
  }

  transpose(name: string, input: string, perm: readonly number[]): string {
    return this.add("Transpose", name, [input], { perm: { ints: perm } });
  }
}
