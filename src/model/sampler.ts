import { invariant } from "../lib/assert.ts";

/** How the next token is drawn; the engine's protocol has the same fields. */
export interface SamplingSettings {
  /** 0 is greedy, ties to the lowest id. */
  readonly temperature: number;
  /** 0 is off. */
  readonly topK: number;
  /** 1 is off. */
  readonly topP: number;
  /** 0 is off. */
  readonly minP: number;
  /** 1 is off. */
  readonly repetitionPenalty: number;
  readonly seed: number;
}

/**
 * The sampler that the GPU implements too. Probabilities become whole numbers early, so that
 * everything after is exact and the order of summing does not matter:
 *
 * 1. penalty: a token already in prompt or text has its logit l replaced by l > 0 ? l / penalty : l
 *    * penalty;
 * 2. temperature 0: the largest logit, ties to the lowest id, and nothing of the rest;
 * 3. p = exp((l - max) / temperature) / Z in f32, mass = u32(floor(p * 2^31)); the total stays
 *    below 2^32;
 * 4. top-k, top-p, min-p, each a smallest mass that is kept (see `keptMasses`);
 * 5. target = floor(bits * kept / 2^24), with 24 random bits and the total mass kept; ids are
 *    walked from 0 up until the cumulative mass exceeds the target.
 *
 * `seen`, [vocab], is nonzero for the tokens of prompt and text, null for none; `position` is where
 * the new token will stand, so a text depends on its seed alone, however its tokens are divided
 * among submits.
 */
export function sample(
  logits: Float32Array,
  seen: Uint8Array | null,
  settings: SamplingSettings,
  position: number,
): number {
  if (settings.temperature === 0)
    return argmax(penalized(logits, seen, settings.repetitionPenalty));
  const masses = keptMasses(logits, seen, settings);
  const kept = masses.reduce((sum, mass) => sum + mass, 0);
  const target = scaleDown(kept, randomBits(settings.seed, position) >>> 8);
  let cumulative = 0;
  for (let id = 0; id < masses.length; id++) {
    cumulative += masses[id] ?? 0;
    if (cumulative > target) return id;
  }
  invariant(false, "logits without a finite maximum cannot be sampled");
}

/**
 * Mass of every token, [vocab], 0 for those left out. Each rule comes down to the smallest mass it
 * keeps, so equals stay together:
 * - top-k: the k-th largest mass;
 * - top-p: the largest mass m for which all masses >= m, among those that top-k keeps, sum up to
 *   ceil(topP * their total) or more;
 * - min-p: ceil(minP * largest mass). topP and minP are taken in units of 2^-24, which is how f32
 *   holds numbers from 0.5 to 1, and the products are exact.
 */
export function keptMasses(
  logits: Float32Array,
  seen: Uint8Array | null,
  settings: SamplingSettings,
): Uint32Array {
  const { temperature, topK, topP, minP, repetitionPenalty } = settings;
  invariant(temperature > 0, `a temperature of ${temperature} has no distribution`);
  const masses = tokenMasses(penalized(logits, seen, repetitionPenalty), temperature);
  const sorted = masses.slice().sort().reverse();
  const largest = sorted[0] ?? 0;

  let smallest = 1;
  if (topK > 0) smallest = Math.max(smallest, sorted[Math.min(topK, sorted.length) - 1] ?? 0);
  if (topP < 1) {
    const candidates = sorted.filter((mass) => mass >= smallest);
    const total = candidates.reduce((sum, mass) => sum + mass, 0);
    smallest = boundaryMass(candidates, scaleUp(total, units(topP)));
  }
  if (minP > 0) smallest = Math.max(smallest, scaleUp(largest, units(minP)));
  return masses.map((mass) => (mass >= smallest ? mass : 0));
}

/** The mass at which a walk through `sorted`, largest first, reaches `needed`. */
function boundaryMass(sorted: Uint32Array, needed: number): number {
  let sum = 0;
  for (const mass of sorted) {
    sum += mass;
    if (sum >= needed) return mass;
  }
  return 1;
}

/** Index of the largest value, the lowest on ties. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let id = 1; id < values.length; id++) {
    if ((values[id] ?? 0) > (values[best] ?? 0)) best = id;
  }
  return best;
}

/**
 * 32 random bits for a position of a text: pcg(pcg(seed) + position) with O'Neill's PCG-RXS-M-XS as
 * a hash, all in u32:
 *   state = x * 747796405 + 2891336453
 *   word  = ((state >> ((state >> 28) + 4)) ^ state) * 277803737
 *   pcg   = (word >> 22) ^ word
 */
export function randomBits(seed: number, position: number): number {
  return pcg(pcg(seed >>> 0) + position);
}

function pcg(x: number): number {
  const state = (Math.imul(x, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

function penalized(logits: Float32Array, seen: Uint8Array | null, penalty: number): Float32Array {
  if (seen === null || penalty === 1) return logits;
  const divisor = Math.fround(penalty);
  return logits.map((logit, id) => {
    if (!seen[id]) return logit;
    return logit > 0 ? logit / divisor : logit * divisor;
  });
}

function tokenMasses(logits: Float32Array, temperature: number): Uint32Array {
  const divisor = Math.fround(temperature);
  const max = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const exps = logits.map((logit) => Math.exp(Math.fround(Math.fround(logit - max) / divisor)));
  const total = Math.fround(exps.reduce((sum, value) => sum + value, 0));
  // Scaling by a power of two is exact, so this floors the f32 quotient.
  return Uint32Array.from(exps, (value) => Math.floor(Math.fround(value / total) * 2 ** 31));
}

/** A fraction from 0 to 1 in units of 2^-24. */
function units(fraction: number): number {
  return Math.round(Math.min(1, Math.max(0, fraction)) * 2 ** 24);
}

/** floor(mass * units / 2^24), for which 53 bits are too few. */
function scaleDown(mass: number, units24: number): number {
  return Number((BigInt(mass) * BigInt(units24)) >> 24n);
}

/** ceil(mass * units / 2^24) */
function scaleUp(mass: number, units24: number): number {
  return Number((BigInt(mass) * BigInt(units24) + 0xffffffn) >> 24n);
}
