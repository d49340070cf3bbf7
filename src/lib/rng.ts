import { invariant } from "./assert.ts";

/** Pseudo-random numbers, the same on every machine for the same seed. Not for secrets. */
export interface Rng {
  /** In [0, 1), a multiple of 2^-32. */
  uniform(): number;
  /** Mean 0, variance 1. */
  gauss(): number;
  /** Mean 0, mean magnitude 1 (variance 2). */
  laplace(): number;
  /** A whole number in [0, count), each equally likely; 1 <= count <= 2^32. */
  integer(count: number): number;
}

/** xoshiro128** (Blackman and Vigna, 2018); the seed's low 32 bits fill its state by splitmix32. */
export function createRng(seed: number): Rng {
  let mix = seed | 0;
  let a = scramble();
  let b = scramble();
  let c = scramble();
  let d = scramble();

  function scramble(): number {
    mix = (mix + 0x9e3779b9) | 0;
    let z = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  }

  function next(): number {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }

  function uniform(): number {
    return next() / 2 ** 32;
  }

  /** In (0, 1), so that its logarithm is finite. */
  function open(): number {
    return (next() + 0.5) / 2 ** 32;
  }

  return {
    uniform,
    gauss: () => Math.sqrt(-2 * Math.log(open())) * Math.cos(2 * Math.PI * uniform()),
    laplace: () => -Math.log(open()) * (next() & 0x80000000 ? 1 : -1),
    integer(count) {
      invariant(Number.isInteger(count) && count >= 1 && count <= 2 ** 32, `integer(${count})`);
      // Draws from the incomplete last round would favour small numbers.
      const limit = 2 ** 32 - (2 ** 32 % count);
      let draw = next();
      while (draw >= limit) draw = next();
      return draw % count;
    },
  };
}
