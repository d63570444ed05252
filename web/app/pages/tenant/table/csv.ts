/**
 * What a chosen CSV file looks like before it is sent: enough to name a table and to choose its key. What is really in it, and
 * what is wrong with it, the server says. Pure. Tested in `test/unit/table_csv.test.ts`.
 */
import type { FieldError } from '../../../../wire/shapes';

/** As on the server. */
export const MOST_BYTES = 16 * 1024 * 1024;
/** How many lines that are wrong are shown. */
export const SHOWN = 12;

/** The name that stands for a heading: `Airline Name` is `airline_name`. */
export const nameOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');

/** The name of the table that a file makes, unless somebody chooses another. */
export const tableName = (file: string): string => nameOf(file.replace(/\.[^.]*$/, '')).replace(/^[0-9_]+/, '').slice(0, 40);

/** The headings in the first line; the separator is a comma, else a semicolon or a tab. */
export function headings(start: string): string[] {
  const text = start.replace(/^\uFEFF/, '');
  const [first = ''] = text.split(/\r?\n/, 1);
  const separator = [',', ';', '\t'].find((one) => first.includes(one)) ?? ',';
  const found: string[] = [];
  let [word, quoted] = ['', false];
  for (const sign of first) {
    if (sign === '"') quoted = !quoted;
    else if (sign === separator && !quoted) {
      found.push(word);
      word = '';
    } else word += sign;
  }
  return [...found, word].map((heading) => heading.trim()).filter((heading) => heading !== '');
}

/** What is wrong, line by line, and how much more there is. */
export function lines(errors: readonly FieldError[]): { shown: string[]; more: number } {
  const all = errors.map((e) => e.detail ?? '').filter((detail) => detail !== '');
  return { shown: all.slice(0, SHOWN), more: Math.max(0, all.length - SHOWN) };
}
