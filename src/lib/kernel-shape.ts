/** As written: outputs x inputs, or tokens x outputs x inputs. */
export interface WrittenShape {
  readonly m?: number;
  readonly n: number;
  readonly k: number;
}

const MOST = 65_536;

/** "1024x1024" or "64 x 1024 x 1024"; null where it is no shape. */
export function parseShape(text: string): WrittenShape | null {
  const sides = text.split(/[x×]/).map((side) => (side.trim() === "" ? 0 : Number(side)));
  const [k, n, m] = sides.toReversed();
  const fits = sides.every((side) => Number.isInteger(side) && side >= 1 && side <= MOST);
  if (!fits || k === undefined || n === undefined || sides.length > 3) return null;
  return m === undefined ? { n, k } : { m, n, k };
}
