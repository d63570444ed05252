/**
 * An answer as stacked bars: one bar for each value of the first dimension, its parts the values of the second (or the
 * measures). Pure. Tested in `test/unit/cross.test.ts`.
 */
import type { Answer } from '../../wire/shapes';
import { count, type NumberShape } from '../../format/number';
import { plural } from '../../words/words';
import { dimensionColumns, dimensionText, measures, pickable } from '../answer';
import { type Cross, cross } from '../cross';
import type { Picked } from '../shape';

export interface Segment {
  /** Which of the parts. */
  part: number;
  value: number;
  /** Start and width in percent of the room. */
  from: number;
  width: number;
  picked: Picked[];
}

export interface Stack {
  label: string;
  sum: number;
  segments: Segment[];
  picked: Picked[];
}

interface Part {
  label: string;
  picked: Picked | null;
}

export interface Stacks {
  shape: NumberShape;
  parts: Part[];
  rows: Stack[];
  more: number;
}

interface Row extends Part {
  values: (number | null)[];
}

const MOST_ROWS = 100;
/** As many as there are colours that can be told apart; the last is for the others. */
const MOST_PARTS = 9;

export function stacks(answer: Answer): Stacks {
  const { shape, parts, rows, more } = dimensionColumns(answer).length > 1 ? crossed(answer) : sideBySide(answer);
  const total = (row: Row, sign: 1 | -1) => row.values.reduce<number>((sum, v) => sum + Math.max(0, (v ?? 0) * sign), 0) * sign;
  const low = Math.min(0, ...rows.map((row) => total(row, -1)));
  const range = Math.max(0, ...rows.map((row) => total(row, 1))) - low || 1;
  const stacked = rows.map((row): Stack => {
    let [below, above] = [0, 0];
    const segments = row.values.flatMap((value, part): Segment[] => {
      if (value === null || value === 0) return [];
      const start = value < 0 ? (below += value) : above;
      if (value > 0) above += value;
      const picked = [row.picked, parts[part]?.picked ?? null].filter((p) => p !== null);
      return [{ part, value, from: ((start - low) / range) * 100, width: (Math.abs(value) / range) * 100, picked }];
    });
    return { label: row.label, sum: below + above, segments, picked: row.picked ? [row.picked] : [] };
  });
  return { shape, parts, rows: stacked, more };
}

interface Table {
  shape: NumberShape;
  parts: Part[];
  rows: Row[];
  more: number;
}

function crossed(answer: Answer): Table {
  const whole = cross(answer, { rows: MOST_ROWS });
  const { cells, parts } = fewer(whole);
  const size = (row: Row) => row.values.reduce<number>((sum, v) => sum + (v ?? 0), 0);
  const rows = whole.rows.entries.map((row, i): Row => ({ ...row, values: cells[i] ?? [] })).sort((a, b) => size(b) - size(a));
  return { shape: whole.shape, parts, rows, more: whole.more.rows };
}

/** The smallest parts as one, when there are more of them than colours. */
function fewer(of: Cross): { cells: (number | null)[][]; parts: Part[] } {
  const entries = of.columns.entries;
  if (entries.length <= MOST_PARTS) return { cells: of.cells, parts: entries };
  const weight = entries.map((_, j) => of.cells.reduce((sum, row) => sum + Math.abs(row[j] ?? 0), 0));
  const ranked = entries.map((_, j) => j).sort((a, b) => (weight[b] ?? 0) - (weight[a] ?? 0));
  const kept = ranked.slice(0, MOST_PARTS - 1).sort((a, b) => a - b);
  const rest = ranked.slice(MOST_PARTS - 1);
  const cells = of.cells.map((row) => [...kept.map((j) => row[j] ?? null), rest.reduce((sum, j) => sum + (row[j] ?? 0), 0)]);
  return { cells, parts: [...kept.flatMap((j) => entries[j] ?? []), { label: plural(rest.length, '{n} other', '{n} others', { n: count(rest.length) }), picked: null }] };
}

function sideBySide(answer: Answer): Table {
  const all = measures(answer).slice(0, MOST_PARTS);
  const at = dimensionColumns(answer)[0];
  if (at === undefined) return { shape: {}, parts: [], rows: [], more: 0 };
  const cells = answer.data[at] ?? [];
  const dimension = answer.columns[at]?.name ?? '';
  return {
    shape: all[0]?.shape ?? {},
    parts: all.map((m) => ({ label: m.label, picked: null })),
    rows: cells.slice(0, MOST_ROWS).map((cell, i) => ({
      label: dimensionText(cell),
      picked: { dimension, value: pickable(cell) },
      values: all.map((m) => m.values[i] ?? null),
    })),
    more: Math.max(0, cells.length - MOST_ROWS),
  };
}
