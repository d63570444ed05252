/**
 * What a chosen CSV file looks like before it is sent: enough to name a table and to choose its key. What is really in it, and
 * what is wrong with it, the server says. Pure. Tested in `test/unit/table_csv.test.ts`.
 */
import type { FieldError } from '../../../../wire/shapes';

/** As on the server. */
export const MOST_BYTES = 16 * 1024 * 1024;
/** Bytes of a file that are looked at. */
export const BEGINNING = 65_536;
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

/** The beginning of a file without the line that it was cut off in. */
export const whole = (start: string, all: boolean): string => (all ? start : start.slice(0, start.lastIndexOf('\n') + 1) || start);

/** Lines of which the beginning is looked at. */
const LOOKED_AT = 200;

/** The fields of the first lines; the separator is a comma, else a semicolon or a tab, as the first line has it. */
export function fields(start: string): string[][] {
  const text = start.replace(/^\uFEFF/, '');
  const [first = ''] = text.split(/\r?\n/, 1);
  const separator = [',', ';', '\t'].find((one) => first.includes(one)) ?? ',';
  const found: string[][] = [];
  let [line, word, quoted]: [string[], string, boolean] = [[], '', false];
  for (const sign of text) {
    if (sign === '"') quoted = !quoted;
    else if (sign === separator && !quoted) {
      line.push(word.trim());
      word = '';
    } else if (sign === '\n' && !quoted) {
      if (line.length > 0 || word.trim() !== '') found.push([...line, word.trim()]);
      [line, word] = [[], ''];
      if (found.length > LOOKED_AT) return found;
    } else word += sign;
  }
  return line.length > 0 || word.trim() !== '' ? [...found, [...line, word.trim()]] : found;
}

/** The headings in the first line. */
export const headings = (start: string): string[] => (fields(start)[0] ?? []).filter((heading) => heading !== '');

/** What is wrong, line by line, and how much more there is. */
export function lines(errors: readonly FieldError[]): { shown: string[]; more: number } {
  const all = errors.map((e) => e.detail ?? '').filter((detail) => detail !== '');
  return { shown: all.slice(0, SHOWN), more: Math.max(0, all.length - SHOWN) };
}
