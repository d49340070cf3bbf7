import type { Sampling } from "../engine/protocol.ts";

export const defaultSetting = "int4-g32";
/** Where the address of a mirror is remembered. */
export const hubKey = "bitdial/hub";
export const defaultPrompt = "One day, Tim and his dog found a small boat";
export const defaultMaxTokens = 160;

export const defaultSampling: Sampling = {
  temperature: 0.8,
  topK: 0,
  topP: 0.95,
  minP: 0,
  repetitionPenalty: 1,
  seed: 7,
};

/** The text that quality is measured on, an address below the page's own. */
export const qualityText = { name: "stories.txt", path: "texts/stories.txt" } as const;
export const qualityWindow = 256;
export const qualityStride = 128;
/** Tokens of the quick estimate; the whole text has more. */
export const quickTokens = 2048;
/** A measurement that stops by itself does so when the interval of the mean KL is within this share of it. */
export const narrowWithin = 0.05;

/** What the page offers to begin with, from nearly the original to hardly anything left. */
export const presets = [
  { setting: "int8-g32", label: "Safe", why: "Hard to tell from the original." },
  { setting: "int4-g32", label: "Usual", why: "What most local models ship as." },
  {
    setting: "int4-g32+2:4",
    label: "Sparse",
    why: "Half the weights are gone, the other half has 4 bits.",
  },
  {
    setting: "int3-asym-g32@clip",
    label: "Tight",
    why: "3 bits with a range chosen group by group.",
  },
  { setting: "int2-g32+a8+bitserial", label: "Extreme", why: "2 bits, multiplied bit by bit." },
] as const;
