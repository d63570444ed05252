/** What the editor's choices are called. Pure. */
import type { Plain } from '../../../../words/words';
import type { Agg, ColourRule, Compare, Tone } from '../../../../wire/shapes';

export const AGGREGATES: readonly { value: Agg; label: Plain }[] = [
  { value: 'sum', label: 'Sum' },
  { value: 'avg', label: 'Average' },
  { value: 'min', label: 'Least' },
  { value: 'max', label: 'Greatest' },
  { value: 'last', label: 'Latest' },
  { value: 'count', label: 'Count' },
  { value: 'distinct', label: 'Different' },
];

export const GRAINS = [
  { value: 'auto', label: 'As it fits' },
  { value: 'minute', label: 'Minutes' },
  { value: 'hour', label: 'Hours' },
  { value: 'day', label: 'Days' },
  { value: 'week', label: 'Weeks' },
  { value: 'month', label: 'Months' },
  { value: 'quarter', label: 'Quarters' },
  { value: 'year', label: 'Years' },
] as const satisfies readonly { value: string; label: Plain }[];

export const RANGES = [
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: '90d', label: 'Last 90 days' },
  { value: '12m', label: 'Last 12 months' },
  { value: 'mtd', label: 'This month' },
  { value: 'ytd', label: 'This year' },
  { value: 'all', label: 'All time' },
] as const satisfies readonly { value: string; label: Plain }[];

export const COMPARISONS: readonly { value: Compare; label: Plain }[] = [
  { value: 'none', label: 'Nothing' },
  { value: 'previous_period', label: 'The period before' },
  { value: 'previous_year', label: 'The same days a year before' },
];

/** What a filter asks of a dimension or a measure; of a number a table's colours ask the same. */
export const DIMENSION_TESTS = [
  { value: 'in', label: 'is one of' },
  { value: 'not_in', label: 'is none of' },
  { value: 'contains', label: 'contains' },
  { value: 'starts_with', label: 'begins with' },
] as const satisfies readonly { value: string; label: Plain }[];
export const MEASURE_TESTS: readonly { value: ColourRule['op']; label: Plain }[] = [
  { value: 'gte', label: 'at least' },
  { value: 'gt', label: 'more than' },
  { value: 'lte', label: 'at most' },
  { value: 'lt', label: 'less than' },
  { value: 'eq', label: 'exactly' },
];

export const TONE_NAMES: readonly { value: Tone; label: Plain }[] = [
  { value: 'good', label: 'Good' },
  { value: 'warn', label: 'Worth a look' },
  { value: 'bad', label: 'Not good' },
];

/** The values of a list, as they are typed: commas between them. */
export const listed = (values: readonly (string | null)[]): string => values.filter((v): v is string => v !== null).join(', ');
export const unlisted = (text: string): string[] => text.split(',').map((v) => v.trim()).filter((v) => v !== '');

/** A number as it was typed: `null` for nothing, `undefined` for what is none. A comma is a point. */
export function typed(text: string): number | null | undefined {
  const plain = text.trim().replace(/^([^.,]*),([^.,]*)$/, '$1.$2');
  if (plain === '') return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}
