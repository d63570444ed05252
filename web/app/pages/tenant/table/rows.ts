/**
 * A row while it is edited, what has to be sent of it, and the file that all of them make. Values are edited as texts, numbers and
 * times too: the server knows what a column has. Texts that are empty have no value.
 * Pure. Tested in `test/unit/table_rows.test.ts`.
 */
import type { TableColumnKind, TableRow } from '../../../../wire/shapes';

interface Named {
  name: string;
  label: string;
  description?: string | null;
  kind?: TableColumnKind;
}
/** What its rows have, of a table. */
interface Names {
  key: Named;
  columns: readonly Named[];
}

/** As on the server. */
export const MOST_TEXT = 256;

export const fieldsOf = ({ key, columns }: Names): readonly Named[] => [key, ...columns];

/** A value as it is written. */
export const textOf = (value: TableRow[string] | undefined): string => (value == null ? '' : String(value));

/** What stands in the fields: everything is there, and empty where there is no value. */
export const draftOf = (table: Names, row: TableRow | null): Record<string, string> =>
  Object.fromEntries(fieldsOf(table).map(({ name }) => [name, textOf(row?.[name])]));

/** What to send for a draft: a row that was found by another key goes with it. */
export function changesOf(table: Names, draft: Record<string, string>, was: TableRow | null): { rows: TableRow[]; delete?: string[] } {
  const texts = fieldsOf(table).map(({ name }) => [name, draft[name]?.trim() || null] as const);
  const [before, now] = [textOf(was?.[table.key.name]), draft[table.key.name]?.trim()];
  return { rows: [Object.fromEntries(texts)], ...(before && before !== now ? { delete: [before] } : {}) };
}

/** Which columns two rows say different things in; all of them, when one is not there. */
export const differing = (table: Names, a: TableRow | null | undefined, b: TableRow | null | undefined): string[] =>
  fieldsOf(table).filter(({ name }) => !a || !b || textOf(a[name]) !== textOf(b[name])).map(({ label }) => label);

/**
 * All rows as CSV, under the names that an upload knows them by, so that the file can come back. A text that a spreadsheet
 * would run gets an apostrophe, as in every file that is taken along; a number with a sign is none.
 */
export function* csvOf(table: Names, rows: Iterable<TableRow>): Generator<string> {
  const names = fieldsOf(table).map(({ name }) => name);
  yield line(names);
  for (const row of rows) yield line(names.map((name) => textOf(row[name])));
}

const line = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`;

function cell(text: string): string {
  const still = /^([=@\t\r]|[+-](?![\d.,]))/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(still) ? `"${still.replaceAll('"', '""')}"` : still;
}
