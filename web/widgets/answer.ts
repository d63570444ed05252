/**
 * Reading an answer: the server sends columns, pictures need series and rows. Pure. Tested in
 * `test/unit/answer.test.ts`.
 */
import type { Answer, AnswerColumn, Question, Scalar } from '../wire/shapes';
import { bucket, wallClock, wallClockOf } from '../format/time';
import type { NumberShape } from '../format/number';
import { type Plain, t } from '../words/words';

/** How a missing dimension is called. */
export const NO_VALUE = '(none)' satisfies Plain;

/**
 * The same answer with a name for the rows that stand for all groups behind the limit, and that name: no group of the
 * answer has it. Nothing to be picked stands behind it.
 */
export function withOthers(answer: Answer): { answer: Answer; others: string | null } {
  const rest = new Set(answer.rest ?? []);
  if (rest.size === 0) return { answer, others: null };
  const dims = new Set(dimensionColumns(answer));
  const taken = new Set([...dims].flatMap((i) => answer.data[i] ?? []));
  let others = t('Other');
  while (taken.has(others)) others += ' …';
  const data = answer.data.map((column, i) => (dims.has(i) ? column.map((cell, row) => (rest.has(row) ? others : cell)) : column));
  // Nothing is left out any more.
  return { answer: { ...answer, data, truncated: false }, others };
}

export interface MeasureColumn {
  name: string;
  label: string;
  shape: NumberShape;
  values: (number | null)[];
  previous: (number | null)[] | null;
}

const numbers = (cells: readonly Scalar[] | undefined): (number | null)[] =>
  (cells ?? []).map((v) => (typeof v === 'number' && Number.isFinite(v) ? v : null));

const shapeOf = (column: AnswerColumn): NumberShape => ({ format: column.format, unit: column.unit });

/** The measures with the columns of the period before beside them, when there are any. */
export function measures(answer: Answer): MeasureColumn[] {
  const found: MeasureColumn[] = [];
  for (const [i, column] of answer.columns.entries()) {
    if (column.kind !== 'measure') continue;
    const before = answer.columns.findIndex((c) => c.kind === 'previous' && c.name === column.name);
    found.push({
      name: column.name,
      label: column.label ?? column.name,
      shape: shapeOf(column),
      values: numbers(answer.data[i]),
      previous: before < 0 ? null : numbers(answer.data[before]),
    });
  }
  return found;
}

/** Whether the values of several rows can be added: a sum of averages, of ratios, of different people, or of what was added up already, says nothing. */
export function additive(question: Question | undefined, measure: number): boolean {
  const figure = question?.measures[measure];
  return figure !== undefined && 'agg' in figure && figure.show !== 'running' && (figure.agg === 'sum' || figure.agg === 'count');
}

/** The least and the greatest; a row of a million numbers is more than a function takes as its arguments. */
export function extent(values: Iterable<number | null>): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    if (v === null) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return { low, high };
}

/** Where an answer has its dimensions. */
export const dimensionColumns = (answer: Answer): number[] => answer.columns.flatMap((c, i) => (c.kind === 'dimension' ? [i] : []));

/** A dimension's value as it is picked: what is missing stays `null`. */
export const pickable = (value: Scalar | undefined): string | null => (value === null || value === undefined ? null : String(value));

export const rowCount = (answer: Answer): number => answer.data[0]?.length ?? 0;

/** No rows, or nothing but gaps in them. */
export const isEmpty = (answer: Answer): boolean =>
  rowCount(answer) === 0 || measures(answer).every((m) => m.values.every((v) => v === null));

export const dimensionText = (value: Scalar | undefined): string =>
  value === null || value === undefined || value === '' ? t(NO_VALUE) : String(value);

/** What names a row: its dimensions, or its bucket when there are none. */
export function rowLabels(answer: Answer, most = Infinity): string[] {
  const dims = dimensionColumns(answer);
  const time = answer.columns.findIndex((c) => c.kind === 'time');
  return Array.from({ length: Math.min(most, rowCount(answer)) }, (_, row) => {
    const parts = dims.map((i) => dimensionText(answer.data[i]?.[row]));
    if (time >= 0) parts.unshift(bucket(String(answer.data[time]?.[row] ?? ''), answer.columns[time]?.grain ?? answer.grain, 'short'));
    return parts.join(' · ');
  });
}

export interface Series {
  label: string;
  shape: NumberShape;
  values: (number | null)[];
  previous: (number | null)[] | null;
}

export interface TimeModel {
  /** Wall-clock milliseconds, ascending. */
  times: number[];
  /** The same as the answer writes them. */
  texts: string[];
  series: Series[];
  /** Series that were left out because a picture bears only so many. */
  more: number;
  /** The last bucket is not over yet. */
  partial: boolean;
  /** The first bucket began before the range did, so that only a part of it counts. */
  begun: boolean;
}

/** Rows of (time, dimensions…, measures…) as one series per combination. The largest come first. */
export function timeModel(answer: Answer, most: number): TimeModel {
  const at = answer.columns.findIndex((c) => c.kind === 'time');
  const rows = rowCount(answer);
  if (at < 0 || rows === 0) return { times: [], texts: [], series: [], more: 0, partial: false, begun: false };

  const stamps = (answer.data[at] ?? []).map((v) => wallClock(String(v)));
  const times = [...new Set(stamps)].sort((a, b) => a - b);
  const position = new Map(times.map((t, i) => [t, i]));
  const texts = new Array<string>(times.length);
  for (let row = 0; row < rows; row += 1) texts[position.get(stamps[row] ?? 0) ?? 0] ??= String(answer.data[at]?.[row]);
  const dims = dimensionColumns(answer);
  const cols = measures(answer);
  const made = new Map<string, Series>();

  for (let row = 0; row < rows; row += 1) {
    const place = position.get(stamps[row] ?? 0) ?? 0;
    const of = dims.map((i) => dimensionText(answer.data[i]?.[row])).join(' · ');
    for (const column of cols) {
      const label = dims.length === 0 ? column.label : cols.length === 1 ? of : `${of} · ${column.label}`;
      let series = made.get(label);
      if (!series) {
        const blank = () => new Array<number | null>(times.length).fill(null);
        made.set(label, (series = { label, shape: column.shape, values: blank(), previous: column.previous ? blank() : null }));
      }
      series.values[place] = column.values[row] ?? null;
      if (series.previous) series.previous[place] = column.previous?.[row] ?? null;
    }
  }
  const all = [...made.values()];
  const size = (s: Series) => s.values.reduce<number>((sum, v) => sum + Math.abs(v ?? 0), 0);
  if (dims.length > 0) all.sort((a, b) => size(b) - size(a));
  return {
    times,
    texts,
    series: all.slice(0, most),
    more: Math.max(0, all.length - most),
    partial: answer.partial === true,
    begun: times.length > 2 && (times[0] ?? 0) < wallClockOf(answer.range.from, answer.time_zone),
  };
}

/** A sentence that says what a chart shows, for those who do not see it. */
export function describe(model: TimeModel, say: { when: (ms: number) => string; value: (v: number | null, s: NumberShape) => string }): string {
  const [first, last] = [model.times[0], model.times[model.times.length - 1]];
  if (first === undefined || last === undefined) return t('No data.');
  const lines = model.series.map((s) => {
    const known = s.values.flatMap((v, i) => (v === null ? [] : [{ v, t: model.times[i] ?? 0 }]));
    const top = known.reduce<{ v: number; t: number } | null>((best, p) => (best === null || p.v > best.v ? p : best), null);
    const end = known[known.length - 1];
    if (!top || !end) return t('{series}: no data.', { series: s.label });
    return t('{series}: highest {high} ({when}), last {last}.', { series: s.label, high: say.value(top.v, s.shape), when: say.when(top.t), last: say.value(end.v, s.shape) });
  });
  return `${t('{from} to {to}.', { from: say.when(first), to: say.when(last) })} ${lines.join(' ')}`;
}
