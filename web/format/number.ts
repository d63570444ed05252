/**
 * Numbers as people read them, in the viewer's locale: short units where there is little room (12.4K), all digits
 * where there is more, changes with sign and arrow. Tested in `test/unit/number.test.ts`.
 */
import { t } from '../words/words';
import type { NumberFormat } from '../wire/shapes';

export interface NumberShape {
  format?: NumberFormat | null | undefined;
  unit?: string | null | undefined;
}

let locale: string | undefined;

/** `undefined`: the browser's own, which is the viewer's. An embed may be told another one; so are tests. */
export function useLocale(tag: string | undefined): void {
  locale = tag;
  formats.clear();
}
export const viewerLocale = (): string | undefined => locale;

const formats = new Map<string, Intl.NumberFormat>();
function intl(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.NumberFormat(locale, options)));
  return made;
}

export const NOTHING = '–';
const CURRENCY = /^[A-Z]{3}$/;

/** `short`: three significant digits and a unit of thousands. `full`: every digit that means something. */
export function number(value: number | null | undefined, shape: NumberShape = {}, style: 'short' | 'full' = 'short'): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  const short = style === 'short';
  switch (shape.format) {
    case 'percent':
      return intl({ style: 'percent', maximumFractionDigits: short ? 1 : 2 }).format(value);
    case 'currency':
      return currency(value, shape.unit, short);
    case 'duration':
      return span(value, shape.unit);
    case 'integer':
      return withUnit(short ? compact(value) : intl({ maximumFractionDigits: 0 }).format(value), shape.unit);
    default:
      return withUnit(short ? compact(value) : intl({ maximumFractionDigits: 2 }).format(value), shape.unit);
  }
}

/** Without its unit, for axes and for places where the unit stands apart. */
export const bare = (value: number | null | undefined, shape: NumberShape = {}, style: 'short' | 'full' = 'short'): string =>
  number(value, shape.format === 'currency' || shape.format === 'duration' ? shape : { ...shape, unit: null }, style);

/** The numbers beside an axis: all of them written alike, as fine as their step needs. */
export function axis(ticks: readonly number[], shape: NumberShape = {}): string[] {
  const top = Math.max(...ticks.map(Math.abs));
  const step = ticks.length > 1 ? Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0)) : top;
  if (shape.format === 'duration') return ticks.map((t) => (t === 0 ? '0' : span(t, shape.unit)));
  const scale = shape.format === 'percent' ? 100 : 1;
  const digits = (size: number) => Math.min(6, Math.max(0, -Math.floor(Math.log10(size * scale || 1) + 1e-9)));
  const compacted = top >= 10_000 && shape.format !== 'percent';
  const unit = shape.format === 'currency' && shape.unit && CURRENCY.test(shape.unit) ? shape.unit : null;
  const format = intl({
    ...(shape.format === 'percent' ? { style: 'percent' } : unit ? { style: 'currency', currency: unit, currencyDisplay: 'narrowSymbol' } : {}),
    ...(compacted ? { notation: 'compact', maximumFractionDigits: 1 } : fine(step, digits)),
    minimumFractionDigits: 0,
  });
  return ticks.map((t) => format.format(t));
}

/** 2.5 needs one digit more than its size says. */
function fine(step: number, digits: (size: number) => number): Intl.NumberFormatOptions {
  const plain = digits(step);
  const rounded = Number((step * 10 ** plain).toPrecision(6));
  return { maximumFractionDigits: Number.isInteger(rounded) ? plain : plain + 1 };
}

/** The unit that stands beside a bare number, if any. */
export const unitBeside = (shape: NumberShape): string =>
  shape.format === 'currency' || shape.format === 'duration' || shape.format === 'percent' ? '' : (shape.unit ?? '');

function compact(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return intl({ notation: 'compact', maximumSignificantDigits: 3 }).format(value);
  return intl({ maximumFractionDigits: size >= 100 ? 0 : size >= 10 ? 1 : 2 }).format(value);
}

function currency(value: number, unit: string | null | undefined, short: boolean): string {
  if (!unit || !CURRENCY.test(unit)) return withUnit(short ? compact(value) : intl({ maximumFractionDigits: 2 }).format(value), unit);
  const options: Intl.NumberFormatOptions = { style: 'currency', currency: unit, currencyDisplay: 'narrowSymbol' };
  if (short && Math.abs(value) >= 10_000) return intl({ ...options, notation: 'compact', maximumSignificantDigits: 3 }).format(value);
  return intl({ ...options, maximumFractionDigits: short && Math.abs(value) >= 100 ? 0 : 2 }).format(value);
}

const withUnit = (text: string, unit: string | null | undefined) => (unit ? `${text}\u00a0${unit}` : text);

const SECONDS: Record<string, number> = { ms: 0.001, s: 1, sec: 1, min: 60, m: 60, h: 3600, hours: 3600, d: 86400, days: 86400 };

/** A length of time: its two largest units. */
export function span(value: number, unit: string | null | undefined = 's'): string {
  const seconds = Math.abs(value) * (SECONDS[unit ?? 's'] ?? 1);
  const sign = value < 0 ? '−' : '';
  const n = (v: number, digits = 0) => intl({ maximumFractionDigits: digits }).format(v);
  if (seconds < 1) return `${sign}${n(seconds * 1000)}\u00a0ms`;
  if (seconds < 60) return `${sign}${n(seconds, seconds < 10 ? 1 : 0)}\u00a0s`;
  const parts: [number, string][] = [[86400, t('d')], [3600, 'h'], [60, 'min'], [1, 's']];
  const first = parts.findIndex(([size]) => seconds >= size);
  const [size, name] = parts[first] ?? [1, 's'];
  const [next, nextName] = parts[first + 1] ?? [1, 's'];
  const whole = Math.floor(seconds / size);
  const rest = Math.floor((seconds - whole * size) / next);
  return `${sign}${n(whole)}\u00a0${name}${rest > 0 ? `\u00a0${n(rest)}\u00a0${nextName}` : ''}`;
}

export const milliseconds = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? NOTHING : ms < 1000 ? `${intl({ maximumFractionDigits: 0 }).format(ms)}\u00a0ms` : span(ms, 'ms');

const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  let size = value;
  let step = 0;
  while (size >= 1000 && step < BYTES.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${intl({ maximumFractionDigits: step === 0 || size >= 100 ? 0 : 1 }).format(size)}\u00a0${BYTES[step]}`;
}

export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? NOTHING : intl({ maximumFractionDigits: 0 }).format(value);

/** `{one: 'member', other: 'members'}` with the number before it. */
export const counted = (value: number, words: { one: string; other: string }): string =>
  `${count(value)}\u00a0${value === 1 ? words.one : words.other}`;

export interface Delta {
  direction: 'up' | 'down' | 'flat';
  /** `+12.4%`, or what to say when there is nothing to compare with. */
  text: string;
  ratio: number | null;
}

/** The change against an earlier value. From nothing to something has no percentage. */
export function delta(now: number | null | undefined, before: number | null | undefined): Delta | null {
  if (now === null || now === undefined || before === null || before === undefined) return null;
  if (before === 0) return now === 0 ? { direction: 'flat', text: percent(0), ratio: 0 } : { direction: now > 0 ? 'up' : 'down', text: t('new'), ratio: null };
  const ratio = (now - before) / Math.abs(before);
  const rounded = Math.round(ratio * 1000) / 1000;
  return { direction: rounded > 0 ? 'up' : rounded < 0 ? 'down' : 'flat', text: percent(rounded), ratio };
}

const percent = (ratio: number): string =>
  intl({ style: 'percent', maximumFractionDigits: Math.abs(ratio) >= 1 ? 0 : 1, signDisplay: 'exceptZero' }).format(ratio).replace('-', '−');
