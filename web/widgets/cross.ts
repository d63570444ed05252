/**
 * An answer of two dimensions (or of one and time) as rows and columns: what pivots, heatmaps, cohorts and stacked
 * bars draw. Pure. Tested in `test/unit/cross.test.ts`.
 */
import type { Answer, Scalar } from '../wire/shapes';
import type { NumberShape } from '../format/number';
import { bucket } from '../format/time';
import { t } from '../words/words';
import { dimensionColumns, dimensionText, measures, pickable } from './answer';
import type { Picked } from './shape';

export interface Axis {
  /** What it is called. */
  label: string;
  entries: { label: string; picked: Picked | null }[];
}

export interface Cross {
  rows: Axis;
  columns: Axis;
  /** By row and column; `null` where there is nothing. */
  cells: (number | null)[][];
  measure: string;
  shape: NumberShape;
  /** Rows and columns that were left out because a picture bears only so many. */
  more: { rows: number; columns: number };
}

/** Numbers by size, words by the alphabet, and numbers inside of words by size, too. */
const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

interface Side {
  index: number;
  time: boolean;
  keys: (Scalar | undefined)[];
}

export function cross(answer: Answer, options: { sorted?: boolean; rows?: number; columns?: number } = {}): Cross {
  const measure = measures(answer)[0];
  const [first, second] = dimensionColumns(answer);
  const time = answer.columns.findIndex((c) => c.kind === 'time');
  const across = second ?? (time < 0 ? undefined : time);
  const none: Axis = { label: '', entries: [] };
  if (!measure || first === undefined || across === undefined) {
    return { rows: none, columns: none, cells: [], measure: '', shape: {}, more: { rows: 0, columns: 0 } };
  }
  const down = side(answer, first, options.sorted ?? false);
  const over = side(answer, across, options.sorted ?? false);
  const shownRows = down.keys.slice(0, options.rows ?? Infinity);
  const shownColumns = over.keys.slice(0, options.columns ?? Infinity);
  const [rowAt, columnAt] = [places(shownRows), places(shownColumns)];
  const cells = shownRows.map(() => new Array<number | null>(shownColumns.length).fill(null));
  for (const [i, value] of measure.values.entries()) {
    const row = rowAt.get(answer.data[first]?.[i] ?? null);
    const column = columnAt.get(answer.data[across]?.[i] ?? null);
    if (row !== undefined && column !== undefined) (cells[row] ?? [])[column] = value;
  }
  return {
    rows: axis(answer, down, shownRows),
    columns: axis(answer, over, shownColumns),
    cells,
    measure: measure.label,
    shape: measure.shape,
    more: { rows: down.keys.length - shownRows.length, columns: over.keys.length - shownColumns.length },
  };
}

function side(answer: Answer, index: number, sorted: boolean): Side {
  const time = answer.columns[index]?.kind === 'time';
  const keys = [...new Set((answer.data[index] ?? []).map((v) => v ?? null))];
  // Ages, years and weeks in their order, however they are ranked.
  const numbered = keys.every((k) => k === null || /^\d/.test(String(k)));
  if (sorted || time || numbered) keys.sort((a, b) => (a === null ? 1 : b === null ? -1 : natural.compare(String(a), String(b))));
  return { index, time, keys };
}

const places = (keys: readonly (Scalar | undefined)[]) => new Map(keys.map((key, i) => [key ?? null, i]));

function axis(answer: Answer, { index, time }: Side, keys: readonly (Scalar | undefined)[]): Axis {
  const column = answer.columns[index];
  const name = column?.name ?? '';
  return {
    label: time ? t('Time') : (column?.label ?? name),
    entries: keys.map((key) => ({
      label: time ? bucket(String(key), column?.grain ?? answer.grain, 'short') : dimensionText(key),
      picked: time ? null : { dimension: name, value: pickable(key) },
    })),
  };
}

/** What was picked by pointing at a cell. */
export const cellPick = (of: Cross, row: number, column: number): Picked[] =>
  [of.rows.entries[row]?.picked, of.columns.entries[column]?.picked].filter((p): p is Picked => !!p);

export const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((all, v) => (v === null ? all : (all ?? 0) + v), null);
