import { UserError } from "../lib/assert.ts";
import { damaged, isObject, type JsonObject, show } from "./json.ts";
import { regexRisk } from "./regex-risk.ts";

/** More steps than any tokenizer has. */
const maxSteps = 100;
/** How much longer a text may become before it is cut. */
const maxGrowth = 64;
/** Tokens that every text gets around it. */
const maxTemplate = 100;

/**
 * The tokenizer's rules as the library computes them rightly: checked first, as some would take any
 * time or memory, and rewritten where the library cuts otherwise than Hugging Face's own code.
 */
export function safeRules(json: JsonObject, name: string): JsonObject {
  const count = { steps: 0 };
  const normalizer = walk(json.normalizer, `${name}: normalizer`, count);
  const pre = walk(json.pre_tokenizer, `${name}: pre_tokenizer`, count);
  checkGrowth(normalizer, name);
  checkTemplate(json.post_processor, name);
  return { ...json, normalizer, pre_tokenizer: pre };
}

const lists = ["normalizers", "pretokenizers"];

function walk(part: unknown, place: string, count: { steps: number }, depth = 0): unknown {
  if (!isObject(part)) return part;
  if (++count.steps > maxSteps || depth > 8)
    throw damaged(`${place} has more than ${maxSteps} steps`);
  const pattern = isObject(part.pattern) ? part.pattern.Regex : undefined;
  if (typeof pattern === "string") {
    const risk = regexRisk(pattern);
    if (risk !== null)
      throw new UserError(`${place}: the pattern ${show(pattern)} ${risk}; choose another model`);
  }
  if (part.type === "Digits") return digits(part.individual_digits === true);
  const changed: Record<string, unknown> = { ...part };
  for (const list of lists) {
    const inner = part[list];
    if (Array.isArray(inner))
      changed[list] = inner.map((step) => walk(step, place, count, depth + 1));
  }
  return changed;
}

/** Every kind of number, as Hugging Face counts digits: the library knows those of ASCII only. */
function digits(individual: boolean): JsonObject {
  const pattern = { Regex: individual ? "\\p{N}" : "\\p{N}+" };
  return { type: "Split", pattern, behavior: "Isolated", invert: false };
}

function checkGrowth(normalizer: unknown, name: string): void {
  let growth = 1;
  const visit = (part: unknown): void => {
    if (!isObject(part)) return;
    if (Array.isArray(part.normalizers)) part.normalizers.forEach(visit);
    if (
      part.type === "Prepend" &&
      typeof part.prepend === "string" &&
      part.prepend.length > maxGrowth
    )
      growth = Number.POSITIVE_INFINITY;
    if (part.type !== "Replace" || typeof part.content !== "string") return;
    const text = isObject(part.pattern) ? part.pattern.String : undefined;
    const length = typeof text === "string" ? text.length : 0;
    growth *= Math.max(1, length === 0 ? part.content.length + 1 : part.content.length / length);
  };
  visit(normalizer);
  if (growth > maxGrowth) {
    throw new UserError(
      `${name}: normalizer makes texts more than ${maxGrowth} times as long; choose another model`,
    );
  }
}

function checkTemplate(part: unknown, name: string, depth = 0): void {
  if (!isObject(part) || depth > 8) return;
  for (const list of [part.single, part.pair]) {
    if (Array.isArray(list) && list.length > maxTemplate)
      throw damaged(`${name}: post_processor adds ${list.length} parts to every text`);
  }
  for (const tokens of isObject(part.special_tokens) ? Object.values(part.special_tokens) : []) {
    const ids = isObject(tokens) ? tokens.ids : undefined;
    if (Array.isArray(ids) && ids.length > maxTemplate)
      throw damaged(`${name}: post_processor adds ${ids.length} tokens to every text`);
  }
  if (Array.isArray(part.processors))
    for (const step of part.processors.slice(0, maxSteps)) checkTemplate(step, name, depth + 1);
}
