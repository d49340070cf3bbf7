export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Labelled {
  /** The middle of the point. */
  readonly x: number;
  readonly y: number;
  /** Of its label. */
  readonly width: number;
  readonly height: number;
}

/** From the middle of a point to its edge, and on to its label. */
const EDGE = 4;
const REACH = 6;

/** Where a label may stand: across and along from its point, in the order of preference. */
const PLACES = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
] as const;

/**
 * A place beside its point for every label, the first ones first, so that none covers a point or another label.
 * Null where there is no such place: a label on top of another is worth less than none.
 */
export function placeLabels(points: readonly Labelled[], bounds: Box): (Box | null)[] {
  const taken = points.map(({ x, y }) => ({
    x: x - EDGE,
    y: y - EDGE,
    width: 2 * EDGE,
    height: 2 * EDGE,
  }));
  return points.map((point) => {
    const place = PLACES.map((side) => boxAt(point, side)).find(
      (box) => inside(box, bounds) && !taken.some((other) => overlap(box, other)),
    );
    if (place) taken.push(place);
    return place ?? null;
  });
}

function boxAt({ x, y, width, height }: Labelled, [across, down]: (typeof PLACES)[number]): Box {
  return {
    x: x + across * REACH - (width * (1 - across)) / 2,
    y: y + down * REACH - (height * (1 - down)) / 2,
    width,
    height,
  };
}

function inside(box: Box, bounds: Box): boolean {
  return (
    box.x >= bounds.x &&
    box.y >= bounds.y &&
    box.x + box.width <= bounds.x + bounds.width &&
    box.y + box.height <= bounds.y + bounds.height
  );
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
