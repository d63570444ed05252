/**
 * How a spreadsheet is told to write what an answer has: its codes for what `format/number` and `format/time` do for the
 * page. Pure. Tested in `test/unit/export.test.ts`.
 */
import type { AnswerColumn, Grain, Scalar } from '../../wire/shapes';

const CURRENCY = /^[A-Z]{3}$/;
/** A spreadsheet takes 255 characters of a code. */
const MOST_UNIT = 40;

/** Of the numbers of a column. Where all are whole, no decimals are shown. */
export function cellFormat(column: Pick<AnswerColumn, 'format' | 'unit'>, cells: readonly Scalar[]): string {
  const { format, unit } = column;
  if (format === 'percent') return '0.00%';
  // The code of a currency and not its sign: a `$` is not everywhere the same.
  if (format === 'currency' && unit && CURRENCY.test(unit)) return `[$${unit}] #,##0${decimals(unit)}`;
  const whole = format === 'integer' || cells.every((v) => typeof v !== 'number' || Number.isInteger(v));
  return `${whole ? '#,##0' : '#,##0.00'}${unit ? literal(`\u00a0${unit}`) : ''}`;
}

/** Of a bucket, as fine as its grain, and of a moment. The same in all languages. */
export function timeFormat(grain: Grain | null | undefined): string {
  switch (grain) {
    case 'year':
      return 'yyyy';
    case 'month':
      return 'yyyy-mm';
    case 'quarter':
    case 'week':
    case 'day':
      return 'yyyy-mm-dd';
    case 'hour':
    case 'minute':
      return 'yyyy-mm-dd hh:mm';
    default:
      return 'yyyy-mm-dd hh:mm:ss';
  }
}

/** None of yen, three of dinars. */
function decimals(currency: string): string {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return digits > 0 ? `.${'0'.repeat(digits)}` : '';
}

/** Inside of quotes nothing has a meaning but the quotes. */
const literal = (text: string): string => `"${Array.from(text).slice(0, MOST_UNIT).join('').replaceAll('"', '″')}"`;
