import type { Architecture, Windows } from "./architecture.ts";
import { flag, perLayer, size, wrong } from "./config-fields.ts";
import { type JsonObject, show } from "./json.ts";

const noLimit = 1 << 24;

/** For each layer the positions that a token sees, itself included; null: all before it. */
export function layerWindows(
  row: Architecture,
  json: JsonObject,
  layers: number,
  at: string,
): (number | null)[] {
  const all = Array.from({ length: layers }, () => null);
  const { windows } = row;
  if (!windows) return all;
  // A null in the file takes the window away; only a missing field falls back.
  const given = json[windows.field] === undefined ? windows.fallback : json[windows.field];
  if (given === null) return all;
  const window = size({ [windows.field]: given }, windows.field, noLimit, at);
  return slidingLayers(windows, json, layers, at).map((slides) => (slides ? window : null));
}

function slidingLayers(windows: Windows, json: JsonObject, layers: number, at: string): boolean[] {
  const every = <T>(of: (layer: number) => T): T[] =>
    Array.from({ length: layers }, (_, layer) => of(layer));
  if (windows.kind === "all") return every(() => true);
  if (windows.kind === "types") return attentionTypes(json, layers, at).map((t) => t === "local");
  // The flag outranks layer_types: transformers drops the window itself without it.
  if (windows.kind === "flag" && !flag(json, "use_sliding_window", at)) return every(() => false);
  const types = perLayer(json, "layer_types", layers, at);
  if (types) {
    return types.map((type) => {
      if (type === "sliding_attention" || type === "full_attention")
        return type === "sliding_attention";
      throw wrong(type, "layer_types", at, '"full_attention" or "sliding_attention" in each entry');
    });
  }
  if (windows.kind === "pattern") {
    const name =
      json.sliding_window_pattern === undefined
        ? "_sliding_window_pattern"
        : "sliding_window_pattern";
    const pattern = size(json, name, noLimit, at, 6);
    return every((layer) => (layer + 1) % pattern !== 0);
  }
  const first = json.max_window_layers ?? 28;
  if (typeof first !== "number") throw wrong(first, "max_window_layers", at, "a number");
  return every((layer) => layer >= first);
}

/** GPT-Neo's "global" and "local", a list, or run by run: [[["global", "local"], 4]]. */
function attentionTypes(json: JsonObject, layers: number, at: string): readonly unknown[] {
  const listed = perLayer(json, "attention_layers", layers, at) ?? unrolled(json.attention_types);
  const known = listed?.every((type) => type === "global" || type === "local");
  if (!known || listed === undefined || listed.length < layers) {
    throw wrong(
      json.attention_layers ?? json.attention_types,
      "attention_types",
      at,
      `lists of "global" and "local" for ${layers} layers`,
    );
  }
  return listed.slice(0, layers);
}

function unrolled(runs: unknown): unknown[] | undefined {
  if (!Array.isArray(runs)) return undefined;
  const types: unknown[] = [];
  for (const run of runs) {
    const [names, times]: unknown[] = Array.isArray(run) ? run : [];
    if (!Array.isArray(names) || typeof times !== "number" || times > 1024) return undefined;
    for (let i = 0; i < times; i++) types.push(...names);
  }
  return types;
}

/** Which layers rotate queries and keys. */
export function rotatedLayers(
  row: Architecture,
  json: JsonObject,
  layers: number,
  at: string,
): boolean[] {
  if (!row.rotary?.skips) return Array.from({ length: layers }, () => row.rotary !== undefined);
  const listed = perLayer(json, "no_rope_layers", layers, at);
  // Despite the name a 1 marks a layer that is rotated.
  if (listed) {
    return listed.map((mark) => {
      if (mark === 0 || mark === 1) return mark === 1;
      throw wrong(listed, "no_rope_layers", at, `1 or 0 in each entry, not ${show(mark)}`);
    });
  }
  const interval = size(json, "no_rope_layer_interval", noLimit, at, 4);
  return Array.from({ length: layers }, (_, layer) => (layer + 1) % interval !== 0);
}
