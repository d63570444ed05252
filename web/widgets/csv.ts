/**
 * An answer as CSV (RFC 4180), with the raw numbers. Texts that a spreadsheet would take for a formula are quoted
 * with an apostrophe. Pure. Tested in `test/unit/answer.test.ts`.
 */
import type { Answer, Scalar } from '../wire/shapes';

export function csv(answer: Answer): string {
  const head = answer.columns.map((c) => (c.kind === 'previous' ? `${c.label ?? c.name} (before)` : (c.label ?? c.name)));
  const rows = Array.from({ length: answer.data[0]?.length ?? 0 }, (_, i) => answer.data.map((column) => column[i] ?? null));
  return [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function cell(value: Scalar): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `Revenue by day` becomes `revenue-by-day.csv`. */
export const csvName = (title: string): string =>
  `${title.toLowerCase().normalize('NFD').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'data'}.csv`;
