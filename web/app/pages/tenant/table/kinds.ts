/**
 * What the columns of a chosen CSV file seem to have: numbers, times or texts. A proposal from its beginning, which people change;
 * what a value really is, the server says. Pure. Tested in `test/unit/table_kinds.test.ts`.
 */
import type { TableColumnKind } from '../../../../wire/shapes';
import { fields, headings } from './csv';

export const KINDS: readonly { value: TableColumnKind; label: string }[] = [
  { value: 'text', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'time', label: 'Time' },
];

/** Columns of numbers that a table has at most. */
const MOST_NUMBERS = 8;
// A zero at the front is part of a code: of a postcode, of a number on a label.
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;
const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** The kind of each column but the key, by heading: at most one of times, of which every row has one. */
export function proposed(start: string, key: string): Record<string, TableColumnKind> {
  const names = headings(start);
  const rows = fields(start).slice(1);
  const found: Record<string, TableColumnKind> = {};
  let [times, numbers] = [0, 0];
  names.forEach((name, i) => {
    if (name === key) return;
    const all = rows.map((row) => row[i] ?? '');
    const values = all.filter((value) => value !== '');
    const are = (form: RegExp) => values.length > 0 && values.every((value) => form.test(value));
    found[name] = 'text';
    if (times === 0 && values.length === all.length && are(TIME)) [found[name], times] = ['time', 1];
    else if (numbers < MOST_NUMBERS && are(NUMBER)) [found[name], numbers] = ['number', numbers + 1];
  });
  return found;
}

/** A name for a dataset that none has: the table's, where it is free. */
export function freeName(wanted: string, taken: readonly string[]): string {
  for (let n = 1; ; n += 1) {
    const end = n === 1 ? '' : `_${n}`;
    const name = `${wanted.slice(0, 40 - end.length)}${end}`;
    if (!taken.includes(name)) return name;
  }
}
