import { UserError } from "../lib/assert.ts";
import { balanceRows } from "./balance.ts";
import { bcqRows } from "./bcq.ts";
import { bipolarRows } from "./bipolar.ts";
import { bitmodRows } from "./bitmod.ts";
import { bookRows } from "./books.ts";
import { dualGrainRows } from "./dual-grain.ts";
import { fdbRows } from "./fdb.ts";
import { floatRows } from "./float.ts";
import { intRows } from "./int.ts";
import { microscaleRows } from "./microscale.ts";
import { nestedRows } from "./nested.ts";
import { paletteRows } from "./palette.ts";
import { partialRows } from "./partial.ts";
import { smallBlockRows } from "./small-blocks.ts";
import { superblockRows } from "./superblocks.ts";
import { ternaryRows } from "./ternary.ts";
import type { FormatRow, Layout, WeightFormat } from "./types.ts";

/** Every weight format, in the order in which lists show them. */
export const formats: readonly FormatRow[] = [
  ...floatRows,
  ...intRows,
  ...bookRows,
  ...microscaleRows,
  ...bitmodRows,
  ...balanceRows,
  ...bipolarRows,
  ...ternaryRows,
  ...fdbRows,
  ...bcqRows,
  ...partialRows,
  ...dualGrainRows,
  ...nestedRows,
  ...paletteRows,
  ...smallBlockRows,
  ...superblockRows,
];

const byId = new Map(formats.map((row) => [row.id, row]));

/** The row of a registry id, or undefined. */
export function findFormat(id: string): FormatRow | undefined {
  return byId.get(id);
}

/** The row that names such as `int4-g32` mean by what stands before their group. */
export function findStem(stem: string): FormatRow | undefined {
  const named = formats.filter((row) => (row.stem ?? row.id) === stem);
  return named.find(({ groups }) => groups.length > 0) ?? named[0];
}

/** The row of a registry id; throws UserError on an unknown one. */
export function formatRow(id: string): FormatRow {
  const row = byId.get(id);
  if (row) return row;
  throw new UserError(`"${id}" is not a weight format; there are ${[...byId.keys()].join(", ")}.`);
}

/** What kernel families read: weights in a layout, inputs as floats, as bytes or as bit planes. All but the first are exact within 32 inputs. */
const families = {
  dequant: { layout: "packed", inputs: "floats" },
  dp4a: { layout: "packed", inputs: "bytes" },
  bitserial: { layout: "planes", inputs: "planes" },
  lut: { layout: "planes", inputs: "bytes" },
} as const;

export type Family = keyof typeof families;
export type ExactFamily = Exclude<Family, "dequant">;

/** In the order in which settings that name none prefer them. */
export const exactNames: readonly ExactFamily[] = ["dp4a", "bitserial", "lut"];

/** The exact kernel families of a format; those of bit planes have no kernel for 2:4. */
export function exactFamilies({ id, sparse }: WeightFormat): readonly ExactFamily[] {
  const { shader } = formatRow(id);
  return exactNames.filter(
    (family) => shader[family] && !(sparse && layoutOf(family) === "planes"),
  );
}

export function layoutOf(family: Family): Layout {
  return families[family].layout;
}

/** How a family reads activations. */
export function inputForm(family: Family): "floats" | "bytes" | "planes" {
  return families[family].inputs;
}

/** The format with a group of 32 where its name asks for one: its usual form, and how lists show it. */
export function usualFormat({ id, groups }: FormatRow): WeightFormat {
  const [group] = groups;
  return { id, ...(group === undefined ? {} : { group }), sparse: false, method: "rtn" };
}
