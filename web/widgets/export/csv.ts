/**
 * An answer as CSV (RFC 4180), with the raw numbers, line by line. Texts that a spreadsheet would take for a formula are
 * quoted with an apostrophe. Pure. Tested in `test/unit/export.test.ts`.
 */
import type { Answer, Scalar } from '../../wire/shapes';
import { t } from '../../words/words';
import { rowCount } from '../answer';

export function* csv(answer: Answer): Generator<string> {
  yield line(answer.columns.map((c) => (c.kind === 'previous' ? t('{name} (before)', { name: c.label ?? c.name }) : (c.label ?? c.name))));
  for (let row = 0; row < rowCount(answer); row += 1) yield line(answer.data.map((column) => column[row] ?? null));
}

const line = (cells: readonly Scalar[]): string => `${cells.map(cell).join(',')}\r\n`;

function cell(value: Scalar): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
