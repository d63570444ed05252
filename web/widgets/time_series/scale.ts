/**
 * Axes: round numbers up the side, calendar steps along the bottom. Times are wall-clock milliseconds, counted as
 * if they were UTC, so that no zone can shift a day. Pure. Tested in `test/unit/scale.test.ts`.
 */
import type { Grain } from '../../wire/shapes';
import { viewerLocale } from '../../format/number';

/** Round steps from at or below `low` to at or above `high`, about `wanted` of them. Always contains zero. */
export function valueTicks(low: number, high: number, wanted = 4): number[] {
  const [from, to] = [Math.min(0, low), Math.max(0, high)];
  const span = to - from;
  if (!(span > 0)) return [0, 1];
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10);
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Unit = 'fixed' | 'month' | 'year';
interface Step {
  unit: Unit;
  n: number;
  /** About so long. */
  ms: number;
}

const fixed = (ms: number): Step => ({ unit: 'fixed', n: ms, ms });
const months = (n: number): Step => ({ unit: 'month', n, ms: n * 30.4 * DAY });
const years = (n: number): Step => ({ unit: 'year', n, ms: n * 365.2 * DAY });

const STEPS: readonly Step[] = [
  ...[1, 5, 15, 30].map((n) => fixed(n * MINUTE)),
  ...[1, 3, 6, 12].map((n) => fixed(n * HOUR)),
  ...[1, 2, 4, 7, 14].map((n) => fixed(n * DAY)),
  ...[1, 2, 3, 6].map(months),
  ...[1, 2, 5, 10, 20, 50].map(years),
];

const GRAIN_MS: Record<Grain, number> = {
  minute: MINUTE, hour: HOUR, day: DAY, week: 7 * DAY, month: 28 * DAY, quarter: 89 * DAY, year: 365 * DAY,
};

export interface Tick {
  at: number;
  label: string;
}

/** As many as there is room for, never finer than the buckets are. */
export function timeTicks(times: readonly number[], grain: Grain, most: number): Tick[] {
  const [from, to] = [times[0], times[times.length - 1]];
  if (from === undefined || to === undefined) return [];
  const room = Math.max(1, most);
  if (grain === 'week' || times.length === 1) {
    const every = Math.ceil(times.length / room);
    return labelled(times.filter((_, i) => i % every === 0), every * GRAIN_MS[grain]);
  }
  const step = STEPS.find((s) => s.ms >= GRAIN_MS[grain] * 0.99 && (to - from) / s.ms <= room) ?? years(100);
  return labelled(along(from, to, step), step.ms);
}

function along(from: number, to: number, step: Step): number[] {
  const found: number[] = [];
  if (step.unit === 'fixed') {
    for (let at = Math.ceil(from / step.n) * step.n; at <= to; at += step.n) found.push(at);
    return found;
  }
  const start = new Date(from);
  const size = step.unit === 'month' ? step.n : step.n * 12;
  const whole = (start.getUTCFullYear() * 12 + start.getUTCMonth()) / size;
  for (let i = Math.floor(whole); ; i += 1) {
    const at = Date.UTC(1970, i * size - 1970 * 12, 1);
    if (at > to) return found;
    if (at >= from) found.push(at);
  }
}

function labelled(at: number[], step: number): Tick[] {
  return at.map((ms, i) => ({ at: ms, label: tickLabel(ms, step, at[i - 1] ?? null) }));
}

const formats = new Map<string, Intl.DateTimeFormat>();
function format(ms: number, options: Intl.DateTimeFormatOptions): string {
  const key = `${viewerLocale() ?? ''}${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(viewerLocale(), { ...options, timeZone: 'UTC' })));
  return made.format(ms);
}

/** Hours within a day, days within months, months within years; the larger unit is said where it changes. */
export function tickLabel(ms: number, step: number, before: number | null): string {
  const at = new Date(ms);
  const last = before === null ? null : new Date(before);
  if (step < DAY) {
    const newDay = at.getUTCHours() === 0 && at.getUTCMinutes() === 0 && last?.getUTCDate() !== at.getUTCDate();
    return newDay ? format(ms, { day: 'numeric', month: 'short' }) : format(ms, { hour: '2-digit', minute: '2-digit' });
  }
  if (step < 28 * DAY) return format(ms, { day: 'numeric', month: 'short' });
  if (step < 360 * DAY) {
    const newYear = last === null || last.getUTCFullYear() !== at.getUTCFullYear();
    return format(ms, newYear ? { month: 'short', year: 'numeric' } : { month: 'short' });
  }
  return format(ms, { year: 'numeric' });
}
