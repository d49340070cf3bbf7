import type { Sampling } from "../engine/protocol.ts";
import { defaultMaxTokens, defaultPrompt, defaultSampling } from "./defaults.ts";
import type { Place } from "./types.ts";

/** What a link reopens: `#int4-g32+2:4;head=f16&prompt=A cat&seed=3`. What is left out has its default. */
export interface Linked {
  readonly setting: string;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly place: Place;
  /** hf:org/name, an address, or kept:… for files that this browser keeps; null is the embedded model. */
  readonly model: string | null;
}

/** Longer prompts stay out of the address: links get cut in mail and chat. */
const LONGEST_PROMPT = 400;

const numbers = {
  temperature: { key: "temperature", min: 0, max: 5 },
  topK: { key: "top-k", min: 0, max: 1_000_000 },
  topP: { key: "top-p", min: 0, max: 1 },
  minP: { key: "min-p", min: 0, max: 1 },
  repetitionPenalty: { key: "repetition", min: 0.1, max: 5 },
  seed: { key: "seed", min: 0, max: 4_294_967_295 },
} as const satisfies Record<keyof Sampling, { key: string; min: number; max: number }>;

export function writeLink({ setting, prompt, maxTokens, sampling, place, model }: Linked): string {
  const parts = [encodePart(setting)];
  if (model !== null) parts.push(`model=${encodePart(model).replaceAll("%2F", "/")}`);
  if (prompt !== defaultPrompt && prompt.length <= LONGEST_PROMPT) {
    parts.push(`prompt=${encodePart(prompt)}`);
  }
  if (maxTokens !== defaultMaxTokens) parts.push(`tokens=${maxTokens}`);
  for (const name of Object.keys(numbers) as (keyof Sampling)[]) {
    if (sampling[name] !== defaultSampling[name]) {
      parts.push(`${numbers[name].key}=${sampling[name]}`);
    }
  }
  if (place !== "playground") parts.push(`view=${place}`);
  return `#${parts.join("&")}`;
}

/** Reads what it can: a link that was cut or mistyped still opens the page. The setting is not judged here. */
export function readLink(hash: string): Partial<Linked> {
  const [first = "", ...rest] = hash.replace(/^#/, "").split("&");
  const fields = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf("=");
    if (at > 0) fields.set(part.slice(0, at), decodePart(part.slice(at + 1)));
  }
  const sampling: { -readonly [Key in keyof Sampling]: number } = { ...defaultSampling };
  for (const name of Object.keys(numbers) as (keyof Sampling)[]) {
    const { key, min, max } = numbers[name];
    sampling[name] = numberIn(fields.get(key), min, max) ?? sampling[name];
  }
  const setting = decodePart(first);
  const prompt = fields.get("prompt");
  const maxTokens = numberIn(fields.get("tokens"), 1, 100_000);
  return {
    ...(setting === "" ? {} : { setting }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(maxTokens === undefined ? {} : { maxTokens: Math.floor(maxTokens) }),
    sampling,
    place: placeOf(fields.get("view")),
    model: fields.get("model") || null,
  };
}

function placeOf(view: string | undefined): Place {
  return view === "lab" || view === "chat" ? view : "playground";
}

function numberIn(text: string | undefined, min: number, max: number): number | undefined {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return value >= min && value <= max ? value : undefined;
}

/** Percent escapes, but the signs that settings are made of stay readable. */
function encodePart(text: string): string {
  // Half of a pair of surrogates has no percent escape.
  const whole = text.replace(/[\ud800-\udfff]/gu, "\ufffd");
  return encodeURIComponent(whole).replace(/%(2B|3A|3B|3D|40|2C)/g, decodeURIComponent);
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
