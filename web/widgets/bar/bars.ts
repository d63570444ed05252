/** An answer as ranked bars on a common zero. Pure. Tested in `test/unit/answer.test.ts`. */
import type { Answer } from '../../wire/shapes';
import type { NumberShape } from '../../format/number';
import { dimensionColumns, extent, measures, pickable, rowCount, rowLabels } from '../answer';
import type { Picked } from '../shape';

export interface Bar {
  key: string;
  label: string;
  value: number | null;
  previous: number | null;
  /** Start and width in percent of the room. */
  from: number;
  width: number;
  beforeFrom: number;
  beforeWidth: number;
  picked: Picked[];
}

export interface Bars {
  label: string;
  shape: NumberShape;
  rows: Bar[];
  compared: boolean;
  /** Rows that were left out because a picture bears only so many. */
  more: number;
}

/** More bars than anybody looks at; the table has the others. */
const MOST = 200;

export function bars(answer: Answer): Bars {
  const measure = measures(answer)[0];
  const labels = rowLabels(answer, MOST);
  const dims = dimensionColumns(answer);
  if (!measure) return { label: '', shape: {}, rows: [], compared: false, more: 0 };
  const known = [extent(measure.values), extent(measure.previous ?? [])];
  const low = Math.min(0, ...known.map((e) => e.low));
  const high = Math.max(0, ...known.map((e) => e.high));
  const range = high - low || 1;
  const at = (v: number | null) => (v === null ? { from: 0, width: 0 } : { from: ((Math.min(v, 0) - low) / range) * 100, width: (Math.abs(v) / range) * 100 });
  return {
    label: measure.label,
    shape: measure.shape,
    compared: measure.previous?.some((v) => v !== null) ?? false,
    more: Math.max(0, rowCount(answer) - MOST),
    rows: labels.map((label, i) => {
      const value = measure.values[i] ?? null;
      const previous = measure.previous?.[i] ?? null;
      const [now, before] = [at(value), at(previous)];
      return { key: `${i} ${label}`, label, value, previous, from: now.from, width: now.width, beforeFrom: before.from, beforeWidth: before.width, picked: dims.map((d) => ({ dimension: answer.columns[d]?.name ?? '', value: pickable(answer.data[d]?.[i]) })) };
    }),
  };
}
