/** A row of numbers as SVG paths in a box. Gaps stay gaps. Pure. Tested in `test/unit/scale.test.ts`. */
import { extent } from '../answer';

export interface Sparkline {
  line: string;
  area: string;
  /** The last stretch, when its bucket is not over. */
  soFar: string;
  before: string;
  end: { x: number; y: number } | null;
}

export function sparkline(all: readonly (number | null)[], before: readonly (number | null)[] | null, width: number, height: number, partial = false, margin = 2): Sparkline {
  const values = fewer(all, width * 2);
  const previous = before ? fewer(before, width * 2) : null;
  const known = extent([...values, ...(previous ?? [])]);
  if (known.low > known.high) return { line: '', area: '', soFar: '', before: '', end: null };
  const low = Math.min(0, known.low);
  const high = Math.max(known.high, low + Number.EPSILON);
  const x = (i: number, of: number) => (of <= 1 ? width / 2 : margin + (i / (of - 1)) * (width - 2 * margin));
  const y = (v: number) => height - margin - ((v - low) / (high - low || 1)) * (height - 2 * margin);
  const points = (row: readonly (number | null)[]) => row.map((v, i) => (v === null ? null : { x: round(x(i, row.length)), y: round(y(v)) }));

  const split = partial && values.length > 2;
  const now = points(values);
  const runs: { x: number; y: number }[][] = [];
  for (const p of split ? now.slice(0, -1) : now) {
    if (p === null) runs.push([]);
    else (runs[runs.length - 1] ?? runs[runs.push([]) - 1])?.push(p);
  }
  const filled = runs.filter((r) => r.length > 0);
  const line = filled.map(path).join('');
  const floor = round(y(Math.max(low, 0)));
  const area = filled
    .map((r) => `${path(r)}L${r[r.length - 1]?.x ?? 0} ${floor}L${r[0]?.x ?? 0} ${floor}Z`)
    .join('');
  const end = now.reduce((last, p) => p ?? last, null as { x: number; y: number } | null);
  const then = previous ? path(points(previous).filter((p) => p !== null)) : '';
  const soFar = split ? path(now.slice(-2).filter((p) => p !== null)) : '';
  return { line, area, soFar, before: then, end };
}

/** So many that each has a place of its own: of each stretch the least and the greatest, in turns. */
function fewer(values: readonly (number | null)[], most: number): readonly (number | null)[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, i) => {
    const { low, high } = extent(values.slice(Math.floor((i * values.length) / most), Math.floor(((i + 1) * values.length) / most)));
    return low > high ? null : i % 2 === 0 ? low : high;
  });
}

const path = (points: readonly { x: number; y: number }[]): string => points.map((p, i) => `${i === 0 ? 'M' : 'L'}${p.x} ${p.y}`).join('');
const round = (v: number) => Math.round(v * 100) / 100;
