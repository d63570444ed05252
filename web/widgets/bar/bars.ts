/** An answer as ranked bars on a common zero. Pure. Tested in `test/unit/answer.test.ts`. */
import type { Answer } from '../../wire/shapes';
import type { NumberShape } from '../../format/number';
import { measures, rowLabels } from '../answer';

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
}

export interface Bars {
  label: string;
  shape: NumberShape;
  rows: Bar[];
  compared: boolean;
}

export function bars(answer: Answer): Bars {
  const measure = measures(answer)[0];
  const labels = rowLabels(answer);
  if (!measure) return { label: '', shape: {}, rows: [], compared: false };
  const known = [...measure.values, ...(measure.previous ?? [])].filter((v): v is number => v !== null);
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const range = high - low || 1;
  const at = (v: number | null) => (v === null ? { from: 0, width: 0 } : { from: ((Math.min(v, 0) - low) / range) * 100, width: (Math.abs(v) / range) * 100 });
  return {
    label: measure.label,
    shape: measure.shape,
    compared: measure.previous?.some((v) => v !== null) ?? false,
    rows: labels.map((label, i) => {
      const value = measure.values[i] ?? null;
      const previous = measure.previous?.[i] ?? null;
      const [now, before] = [at(value), at(previous)];
      return { key: `${i} ${label}`, label, value, previous, from: now.from, width: now.width, beforeFrom: before.from, beforeWidth: before.width };
    }),
  };
}
