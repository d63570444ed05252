/** Rows of numbers as SVG paths, and labels that do not lie on each other. Pure. Tested in `test/unit/scale.test.ts`. */
export type Point = { x: number; y: number };

/** Runs without gaps. */
export function runs(values: readonly (number | null)[], x: (i: number) => number, y: (v: number) => number): Point[][] {
  const found: Point[][] = [];
  let open: Point[] | null = null;
  for (const [i, v] of values.entries()) {
    if (v === null) open = null;
    else {
      if (!open) found.push((open = []));
      open.push({ x: x(i), y: y(v) });
    }
  }
  return found;
}

export const line = (points: readonly Point[]): string =>
  points.map((p, i) => `${i === 0 ? 'M' : 'L'}${round(p.x)} ${round(p.y)}`).join('');

export const lines = (found: readonly Point[][]): string => found.filter((r) => r.length > 1).map(line).join('');

/** Down to the floor and back. */
export const areas = (found: readonly Point[][], floor: number): string =>
  found
    .filter((r) => r.length > 1)
    .map((r) => `${line(r)}L${round(r[r.length - 1]?.x ?? 0)} ${round(floor)}L${round(r[0]?.x ?? 0)} ${round(floor)}Z`)
    .join('');

/** Each row upon the ones before it. Where a row has a gap the ones above it stand on what is below. */
export function stacked(rows: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const floor: number[] = [];
  return rows.map((row) =>
    row.map((v, i) => {
      if (v === null) return null;
      floor[i] = (floor[i] ?? 0) + v;
      return floor[i] ?? null;
    }),
  );
}

/** Points that stand alone: no line would show them. */
export const lonely = (found: readonly Point[][]): Point[] => found.flatMap((r) => (r.length === 1 ? r : []));

/** Heights moved apart until each has `gap` to the next, inside `low` to `high`. Keeps the order given. */
export function apart(heights: readonly number[], gap: number, low: number, high: number): number[] {
  const order = heights.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  let floor = low;
  for (const h of order) {
    h.y = Math.max(h.y, floor);
    floor = h.y + gap;
  }
  let ceiling = high;
  for (const h of order.reverse()) {
    h.y = Math.min(h.y, ceiling);
    ceiling = h.y - gap;
  }
  const placed = new Array<number>(heights.length).fill(0);
  for (const h of order) placed[h.i] = h.y;
  return placed;
}

const round = (v: number) => Math.round(v * 10) / 10;
