/**
 * Times. Two kinds that are never mixed: instants (`2026-11-21T08:00:00Z`), shown in the viewer's zone, and the
 * buckets of an answer (`2026-11-21`, local to the tenant), which are wall-clock texts and are never shifted.
 * Tested in `test/unit/time.test.ts`.
 */
import { t } from '../words/words';
import type { Grain } from '../wire/shapes';
import { viewerLocale } from './number';

const formats = new Map<string, Intl.DateTimeFormat>();
function intl(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${viewerLocale() ?? ''}${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(viewerLocale(), options)));
  return made;
}

export const date = (instant: string): string =>
  intl({ day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(instant));

export const dateTime = (instant: string): string =>
  intl({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(instant));

export const exact = (instant: string): string =>
  intl({ dateStyle: 'full', timeStyle: 'long' }).format(new Date(instant));

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 minutes ago`, `in 6 days`; `now` within a minute. */
export function ago(instant: string, now: number = Date.now()): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  const relative = new Intl.RelativeTimeFormat(viewerLocale(), { numeric: 'auto', style: 'long' });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, 'second');
}

/** A bucket's wall-clock text as milliseconds on a time axis without zones. */
export function wallClock(text: string): number {
  // What answers have in them, by the million: read by the browser itself.
  const plain = text.length === 10 ? Date.parse(`${text}T00:00:00Z`) : Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`);
  if (!Number.isNaN(plain)) return plain;
  const [day = '', time = ''] = text.replace(' ', 'T').split('T');
  const [y = 1970, m = 1, d = 1] = day.split('-').map(Number);
  const [h = 0, min = 0, s = 0] = time.replace(/[Z+].*$/, '').split(':').map((part) => Number(part) || 0);
  return Date.UTC(y, m - 1, d, h, min, s);
}

/** An instant as the wall clock of a zone shows it, on that same axis. */
export function wallClockOf(instant: string, zone: string): number {
  const shape = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return wallClock(shape.format(new Date(instant)));
}

/** A bucket in words, as fine as its grain; a time that is no bucket is a moment. */
export function bucket(text: string, grain: Grain | null | undefined, style: 'short' | 'long' = 'long'): string {
  if (!grain && text.length > 10) {
    return intl({ timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(wallClock(text)));
  }
  return bucketAt(wallClock(text), grain, style);
}

export function bucketAt(ms: number, grain: Grain | null | undefined, style: 'short' | 'long' = 'long'): string {
  const at = new Date(ms);
  const long = style === 'long';
  const zone = { timeZone: 'UTC' } as const;
  switch (grain) {
    case 'year':
      return intl({ ...zone, year: 'numeric' }).format(at);
    case 'quarter':
      return t('Q{quarter} {year}', { quarter: Math.floor(at.getUTCMonth() / 3) + 1, year: at.getUTCFullYear() });
    case 'month':
      return intl({ ...zone, month: long ? 'long' : 'short', year: 'numeric' }).format(at);
    case 'week':
      return t('Week of {date}', { date: intl({ ...zone, day: 'numeric', month: 'short', ...(long ? { year: 'numeric' } : {}) }).format(at) });
    case 'hour':
    case 'minute':
      return intl({ ...zone, weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at);
    default:
      return intl({ ...zone, ...(long ? { weekday: 'short' } : {}), day: 'numeric', month: 'short', ...(long ? { year: 'numeric' } : {}) }).format(at);
  }
}

/** A half-open span of instants as its first and last day in the given zone. */
export function days(span: { from: string; to: string }, zone: string): string {
  const shape = intl({ day: 'numeric', month: 'short', year: 'numeric', timeZone: zone });
  const from = new Date(span.from);
  const last = new Date(new Date(span.to).getTime() - 1);
  return last.getTime() <= from.getTime() ? shape.format(from) : shape.formatRange(from, last);
}

/** `Europe/Zurich` as people say it, with its present distance from UTC. */
export function zoneName(zone: string, now: Date = new Date()): string {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(now);
    const offset = parts.find((p) => p.type === 'timeZoneName')?.value ?? '';
    return `${zone.replaceAll('_', ' ')}${offset ? ` (${offset})` : ''}`;
  } catch {
    return zone;
  }
}
