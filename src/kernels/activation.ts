import { erf } from "../lib/erf.ts";
import { ULP } from "./judged.ts";

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

/**
 * How far a kernel's f32 may be from that. WGSL lets exp be off by 3 + 2 |x| units and a quotient by 2.5; what vanishes may be flushed. The
 * fit behind "gelu" is off by 1.5e-7 of erfc at most.
 */
export function activationBound(activation: Activation, x: number): number {
  const value = Math.abs(activationOf(activation)(x));
  const tiny = 2 ** -100;
  switch (activation) {
    case "silu":
      return value * (8 + 2 * Math.abs(x)) * ULP + tiny;
    case "gelu":
      return Math.abs(x) * 4e-7 + tiny;
    case "gelu_tanh": {
      // The argument carries the rounding of five operations into the exponent.
      const exponent = Math.min(80, Math.abs(2 * geluArgument(x)));
      return value * (8 + 8 * exponent) * ULP + tiny;
    }
    case "relu":
      return 0;
    default:
      return activation satisfies never;
  }
}
