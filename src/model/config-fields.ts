import type { UserError } from "../lib/assert.ts";
import { damaged, type JsonObject, show } from "./json.ts";

/** Readers of single fields of config.json; what does not fit is a sentence with the file and the field. */

/** Far above any model that fits a browser; a damaged number must not become a huge allocation. */
export const limits = { layers: 1024, size: 1 << 20, vocab: 1 << 22, context: 1 << 24 };

export function size(
  json: JsonObject,
  field: string,
  limit: number,
  at: string,
  fallback?: number,
): number {
  const value = json[field] ?? fallback;
  if (value === undefined) throw damaged(`${at}: ${field} is missing`);
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > limit) {
    throw wrong(value, field, at, `a whole number from 1 to ${limit}`);
  }
  return value;
}

export function positive(value: unknown, field: string, at: string): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
    throw wrong(value, field, at, "a positive number");
  }
  return value;
}

export function flag(json: JsonObject, field: string, at: string, fallback = false): boolean {
  const value = json[field] ?? fallback;
  if (typeof value !== "boolean") throw wrong(value, field, at, "true or false");
  return value;
}

/** A list with one entry a layer, or undefined where the file has none. */
export function perLayer(
  json: JsonObject,
  field: string,
  layers: number,
  at: string,
): readonly unknown[] | undefined {
  const value = json[field] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length < layers) {
    throw wrong(value, field, at, `a list of ${layers} entries, one a layer`);
  }
  return value.slice(0, layers);
}

export function wrong(value: unknown, field: string, at: string, wanted: string): UserError {
  return damaged(`${at}: ${field} is ${show(value)}, but should be ${wanted}`);
}

export function tokenIds(value: unknown, field: string, vocabSize: number, at: string): number[] {
  const ids: unknown[] = Array.isArray(value)
    ? value
    : value === undefined || value === null
      ? []
      : [value];
  const checked: number[] = [];
  for (const id of ids) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= vocabSize) {
      throw damaged(
        `${at}: ${field} is ${show(value)}, but token ids here go from 0 to ${vocabSize - 1}`,
      );
    }
    if (!checked.includes(id)) checked.push(id);
  }
  return checked;
}
