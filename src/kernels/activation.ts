import { erf } from "../lib/erf.ts";

/** "gelu" is x Φ(x) with the true normal distribution, "gelu_tanh" the approximation by tanh. */
export type Activation = "silu" | "gelu" | "gelu_tanh" | "relu";

/** In f64. */
export function activationOf(activation: Activation): (x: number) => number {
  switch (activation) {
    case "silu":
      return (x) => x / (1 + Math.exp(-x));
    case "gelu":
      return (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
    case "gelu_tanh":
      return (x) => x / (1 + Math.exp(-2 * geluArgument(x)));
    case "relu":
      return (x) => Math.max(x, 0);
    default:
      return activation satisfies never;
  }
}

/** 1 + tanh(u) is 2 / (1 + exp(-2 u)), which loses nothing where tanh is near -1. */
function geluArgument(x: number): number {
  return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
}
