/**
 * The range of a dashboard: a preset that moves with today, or two dates. In the address it is `?last=30d` or
 * `?from=2026-01-01&to=2026-02-01` (or two instants: a stretch of a chart), half-open like everywhere in the API; people
 * choose the *last day* instead, so the picker adds and takes away that one day. Tested in `test/unit/range.test.ts`.
 */
import { type Plain, plural, type Several, t } from '../words/words';
import type { Compare, RangeInput } from '../wire/shapes';

export interface Preset {
  last: string;
  label: Plain;
  /** What the period before it is called. */
  before: Plain;
}

export const PRESETS: readonly Preset[] = [
  { last: 'today', label: 'Today', before: 'yesterday' },
  { last: '24h', label: 'Last 24 hours', before: 'the 24 hours before' },
  { last: '7d', label: 'Last 7 days', before: 'the 7 days before' },
  { last: '30d', label: 'Last 30 days', before: 'the 30 days before' },
  { last: '90d', label: 'Last 90 days', before: 'the 90 days before' },
  { last: '12m', label: 'Last 12 months', before: 'the 12 months before' },
  { last: 'mtd', label: 'This month so far', before: 'the same days last month' },
  { last: 'ytd', label: 'This year so far', before: 'the same days last year' },
  { last: 'all', label: 'All time', before: 'nothing' },
];

const LAST = /^([1-9][0-9]{0,4}[hdwmy]|today|mtd|ytd|all)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** The range in the address, or `null` when there is none that makes sense: then the dashboard's own counts. */
export function rangeFromQuery(query: URLSearchParams): RangeInput | null {
  const last = query.get('last');
  if (last && LAST.test(last)) return { last };
  const from = query.get('from');
  const to = query.get('to');
  if (from && to && isEdge(from) && isEdge(to) && Date.parse(from) < Date.parse(to)) return { from, to };
  return null;
}

/** The same range for the address bar: exactly one of the two forms. */
export function rangeToQuery(range: RangeInput): { last: string | null; from: string | null; to: string | null } {
  return 'last' in range ? { last: range.last, from: null, to: null } : { last: null, from: range.from, to: range.to };
}

const isCompare = (word: string | null): word is Compare => word === 'previous_period' || word === 'previous_year' || word === 'none';

/** What a dashboard is compared with: as the address says, else as the dashboard does. */
export const comparison = (word: string | null, own: Compare | null | undefined): Compare => (isCompare(word) ? word : (own ?? 'none'));

/** What to send with a request for data. Nothing chosen: nothing sent. */
export function dataQuery(range: RangeInput | null, compare: string | null, filters?: string): {
  last?: string;
  from?: string;
  to?: string;
  compare?: Compare;
  filters?: string;
} {
  return { ...(range ?? {}), ...(isCompare(compare) ? { compare } : {}), ...(filters ? { filters } : {}) };
}

const WORDS: Record<string, [one: string, many: Extract<Several, `Last ${string}`>]> = {
  h: ['Last {n} hour', 'Last {n} hours'],
  d: ['Last {n} day', 'Last {n} days'],
  w: ['Last {n} week', 'Last {n} weeks'],
  m: ['Last {n} month', 'Last {n} months'],
  y: ['Last {n} year', 'Last {n} years'],
};

export function rangeLabel(range: RangeInput, day: (text: string) => string): string {
  if (!('last' in range)) {
    if (!isDate(range.from) || !isDate(range.to)) return `${moment(range.from, day)} – ${moment(range.to, day)}`;
    const last = lastDay(range.to);
    return last === range.from ? day(range.from) : `${day(range.from)} – ${day(last)}`;
  }
  const preset = PRESETS.find((p) => p.last === range.last);
  if (preset) return t(preset.label);
  const n = Number.parseInt(range.last, 10);
  const words = WORDS[range.last.slice(-1)];
  return words ? plural(n, ...words, { n }) : range.last;
}

/** What a number is compared with, in words. */
export function beforeLabel(range: RangeInput, compare: Compare = 'previous_period'): string {
  if (compare === 'previous_year') return t('the same days a year before');
  const preset = 'last' in range ? PRESETS.find((p) => p.last === range.last) : undefined;
  return t(preset?.before ?? 'the period before');
}

/** An instant as its writer's clock shows it; a date alone is the beginning of that day. */
const moment = (text: string, day: (text: string) => string) => (isDate(text) ? day(text) : `${day(text.slice(0, 10))} ${text.slice(11, 16)}`);

/** A local date or an instant. */
const isEdge = (text: string): boolean => isDate(text) || (INSTANT.test(text) && !Number.isNaN(Date.parse(text)));

export function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

export function addDays(text: string, days: number): string {
  const at = new Date(`${text}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The last day that a half-open range includes. */
export const lastDay = (to: string): string => addDays(to, -1);

/** Two chosen days, the last one included, in any order, as a range. */
export function between(a: string, b: string): RangeInput | null {
  if (!isDate(a) || !isDate(b)) return null;
  const [from, last] = a <= b ? [a, b] : [b, a];
  return { from, to: addDays(last, 1) };
}
