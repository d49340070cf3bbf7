import { usuallyHeld } from "../model/files.ts";
import type { Opened } from "../model/opened.ts";
import { fileFormats } from "../model/own-blocks.ts";
import { parameterCount } from "../model/weights.ts";
import { elementsOf, isLeft } from "../model/weights-file.ts";
import type { FileFormats } from "../quant/native.ts";

/** A small model is held as float32; blocks, and all of a large one, as the files have them, where they cannot be read at once. */
export function heldBytes({ config, weights }: Opened): number {
  const late = parameterCount(config) > usuallyHeld;
  let bytes = 0;
  for (const { source, tensors } of weights) {
    for (const tensor of tensors.values()) {
      if (!isLeft(tensor, late)) bytes += elementsOf(tensor) * 4;
      else if (!source.readNow) bytes += tensor.end - tensor.start;
    }
  }
  return bytes;
}

/** How its matrices are stored, where some are in blocks that run as they are. */
export function formatsOf({ config, weights }: Opened): FileFormats | null {
  return fileFormats(config, new Map(weights.flatMap(({ tensors }) => [...tensors])));
}

/** Types of its weights, those that take most bytes first. */
export function typesOf({ weights }: Opened): string[] {
  const bytes = new Map<string, number>();
  for (const { tensors } of weights) {
    for (const { type, start, end } of tensors.values())
      bytes.set(type, (bytes.get(type) ?? 0) + end - start);
  }
  return [...bytes].sort((a, b) => b[1] - a[1]).map(([type]) => type);
}
