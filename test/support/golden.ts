import { readFileSync } from "node:fs";
import { join } from "node:path";

const fixtures = join(import.meta.dirname, "..", "fixtures");

export interface GreedyRun {
  readonly prompt: string;
  readonly ids: readonly number[];
  readonly greedy: readonly number[];
  readonly margins: readonly number[];
}

/** What an independent program says of the stories model. */
export interface StoriesGolden {
  readonly greedy: readonly GreedyRun[];
  readonly logits: { readonly ids: readonly number[] };
  readonly eval: {
    readonly settings: readonly {
      readonly setting: string;
      readonly tokens: number;
      readonly nll: number;
      readonly kl: {
        readonly mean: number;
        readonly median: number;
        readonly p99: number;
        readonly max: number;
      };
      readonly top1: number;
      readonly top5: number;
    }[];
  };
}

export interface Stories260KGolden {
  readonly greedy_ids: readonly number[];
  readonly greedy_text: string;
  readonly logits_for: readonly number[];
}

export function storiesGolden(): StoriesGolden {
  return JSON.parse(fixtureText("stories/golden.json")) as StoriesGolden;
}

export function stories260KGolden(): Stories260KGolden {
  return JSON.parse(fixtureText("stories260K/golden.json")) as Stories260KGolden;
}

export function fixtureText(path: string): string {
  return readFileSync(join(fixtures, path), "utf8");
}

/** Raw little-endian f32. */
export function fixtureFloats(path: string): Float32Array {
  const bytes = readFileSync(join(fixtures, path));
  return new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
}

/** How many ids two programs must agree on: up to the first step whose two best logits are closer than rounding noise. */
export function firmSteps(margins: readonly number[], noise = 0.01): number {
  const close = margins.findIndex((margin) => margin < noise);
  return close < 0 ? margins.length : close;
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++)
    largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return largest;
}
