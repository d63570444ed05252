/** What the editor's choices are called. Pure. */
import type { Aggregate, Dataset, QuestionMeasure } from '../../../../wire/shapes';

export const AGGREGATES: readonly { value: Aggregate; label: string }[] = [
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
] as const;

export const RANGES = [
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: '90d', label: 'Last 90 days' },
  { value: '12m', label: 'Last 12 months' },
  { value: 'mtd', label: 'This month' },
  { value: 'ytd', label: 'This year' },
  { value: 'all', label: 'All time' },
] as const;

/** What a filter asks of a dimension or a measure. */
export const DIMENSION_TESTS = [
  { value: 'in', label: 'is one of' },
  { value: 'not_in', label: 'is none of' },
  { value: 'contains', label: 'contains' },
  { value: 'starts_with', label: 'begins with' },
] as const;
export const MEASURE_TESTS = [
  { value: 'gte', label: 'at least' },
  { value: 'gt', label: 'more than' },
  { value: 'lte', label: 'at most' },
  { value: 'lt', label: 'less than' },
  { value: 'eq', label: 'exactly' },
] as const;

/** A measure of a question, in words. */
export function measureLabel(measure: QuestionMeasure, set: Dataset | null): string {
  const agg = AGGREGATES.find((a) => a.value === measure.agg)?.label ?? measure.agg;
  const of = set?.measures.find((m) => m.name === measure.measure)?.label ?? set?.dimensions.find((d) => d.name === measure.dimension)?.label ?? measure.measure ?? measure.dimension;
  return of ? `${agg} of ${of}` : agg;
}

/** The values of a list, as they are typed: commas between them. */
export const listed = (values: readonly (string | null)[]): string => values.filter((v): v is string => v !== null).join(', ');
export const unlisted = (text: string): string[] => text.split(',').map((v) => v.trim()).filter((v) => v !== '');
