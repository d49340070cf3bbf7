import { damaged, show } from "../json.ts";
import type { Cursor } from "./cursor.ts";

type Scalar = string | number | boolean;

/** A list stays where it is until somebody wants it. */
interface List {
  readonly type: number;
  readonly count: number;
  readonly at: number;
}

const stringType = 8;
const arrayType = 9;
/** Bytes of one value, by the number of its type. */
// biome-ignore format: a table
const widths: ReadonlyMap<number, number> = new Map([
  [0, 1], [1, 1], [2, 2], [3, 2], [4, 4], [5, 4], [6, 4], [7, 1], [10, 8], [11, 8], [12, 8],
]);

const maxKeyBytes = 256;
const maxKeys = 100_000;
/** Of texts alone: a chat template is one. */
const maxTextBytes = 4 << 20;

export function readMetadata(cursor: Cursor, keyCount: number): Metadata {
  const { name } = cursor;
  if (keyCount > maxKeys) throw damaged(`${name}: the header claims ${keyCount} keys`);
  const scalars = new Map<string, Scalar>();
  const lists = new Map<string, List>();
  for (let i = 0; i < keyCount; i++) {
    const key = cursor.text("a key", maxKeyBytes);
    const type = cursor.u32(`the type of ${show(key)}`);
    if (type !== arrayType) scalars.set(key, readScalar(cursor, type, key));
    else lists.set(key, passList(cursor, key));
  }
  return new Metadata(cursor, scalars, lists);
}

function readScalar(cursor: Cursor, type: number, key: string): Scalar {
  if (type === stringType) return cursor.text(key, maxTextBytes);
  const width = widths.get(type);
  if (width === undefined)
    throw damaged(`${cursor.name}: ${show(key)} has the unknown type ${type}`);
  return readNumber(cursor.view(width, key), type);
}

function readNumber(view: DataView, type: number): number | boolean {
  switch (type) {
    case 0:
      return view.getUint8(0);
    case 1:
      return view.getInt8(0);
    case 2:
      return view.getUint16(0, true);
    case 3:
      return view.getInt16(0, true);
    case 4:
      return view.getUint32(0, true);
    case 5:
      return view.getInt32(0, true);
    case 6:
      return view.getFloat32(0, true);
    case 7:
      return view.getUint8(0) !== 0;
    case 10:
      return Number(view.getBigUint64(0, true));
    case 11:
      return Number(view.getBigInt64(0, true));
    default:
      return view.getFloat64(0, true);
  }
}

/** Lists of lists are allowed by the format and used by nobody: passing over them is all that is done. */
function passList(cursor: Cursor, key: string, depth = 0): List {
  const type = cursor.u32(`the type of ${show(key)}`);
  const least = type === stringType ? 8 : type === arrayType ? 12 : widths.get(type);
  if (least === undefined || depth > 3)
    throw damaged(`${cursor.name}: ${show(key)} lists values of the unknown type ${type}`);
  const count = cursor.count(least, `the length of ${show(key)}`);
  const { at } = cursor;
  if (type === stringType) {
    for (let i = 0; i < count; i++) cursor.skip(cursor.u64(key), key);
  } else if (type === arrayType) {
    for (let i = 0; i < count; i++) passList(cursor, key, depth + 1);
  } else cursor.skip(count * least, key);
  return { type, count, at };
}

/** What a GGUF file says beside its tensors. A key that is there has the type that is asked for. */
export class Metadata {
  readonly #cursor: Cursor;
  readonly #scalars: ReadonlyMap<string, Scalar>;
  readonly #lists: ReadonlyMap<string, List>;

  constructor(
    cursor: Cursor,
    scalars: ReadonlyMap<string, Scalar>,
    lists: ReadonlyMap<string, List>,
  ) {
    this.#cursor = cursor.from(0);
    this.#scalars = scalars;
    this.#lists = lists;
  }

  has(key: string): boolean {
    return this.#scalars.has(key) || this.#lists.has(key);
  }

  text(key: string): string | null {
    const value = this.#scalar(key);
    if (value === null || typeof value === "string") return value;
    throw this.#wrong(key, "a text");
  }

  number(key: string): number | null {
    const value = this.#scalar(key);
    if (value === null || typeof value === "number") return value;
    throw this.#wrong(key, "a number");
  }

  flag(key: string): boolean | null {
    const value = this.#scalar(key);
    if (value === null || typeof value === "boolean") return value;
    throw this.#wrong(key, "true or false");
  }

  texts(key: string): string[] | null {
    const list = this.#list(key);
    if (list === null) return null;
    if (list.type !== stringType) throw this.#wrong(key, "a list of texts");
    const cursor = this.#cursor.from(list.at);
    return Array.from({ length: list.count }, () => cursor.text(key));
  }

  numbers(key: string): Float64Array | null {
    const list = this.#list(key);
    if (list === null) return null;
    const width = widths.get(list.type);
    if (width === undefined) throw this.#wrong(key, "a list of numbers");
    const cursor = this.#cursor.from(list.at);
    return Float64Array.from({ length: list.count }, () =>
      Number(readNumber(cursor.view(width, key), list.type)),
    );
  }

  #scalar(key: string): Scalar | null {
    if (this.#lists.has(key)) throw this.#wrong(key, "one value");
    return this.#scalars.get(key) ?? null;
  }

  #list(key: string): List | null {
    if (this.#scalars.has(key)) throw this.#wrong(key, "a list");
    return this.#lists.get(key) ?? null;
  }

  #wrong(key: string, wanted: string): Error {
    return damaged(`${this.#cursor.name}: ${key} is not ${wanted}`);
  }
}
