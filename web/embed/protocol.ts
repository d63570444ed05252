/**
 * What frame and host say to each other, and who is listened to. Every message is `{ insula: 1, type, … }`. What always
 * holds: a message counts only if it comes from the very window and the very origin that are expected; what is not
 * understood is not a message. Pure. Tested in `test/unit/embed_protocol.test.ts`.
 */
import type { Filter, RangeInput } from '../wire/shapes';

export const VERSION = 1;

export type ThemeScheme = 'light' | 'dark' | 'auto';

/** From the host. */
export type HostMessage =
  | { type: 'token'; token: string }
  | { type: 'theme'; scheme: ThemeScheme }
  | { type: 'locale'; locale: string | null }
  | { type: 'filters'; filters: Filter[] }
  | { type: 'range'; range: RangeInput | null };

/** From the frame. `ready` and `expiring` ask for a token. */
export type FrameMessage =
  | { type: 'ready' }
  | { type: 'expiring' }
  | { type: 'loaded' }
  | { type: 'resize'; height: number }
  | { type: 'error'; code: string; title: string }
  | { type: 'filter'; filters: Filter[] }
  | { type: 'event'; name: string; detail: unknown };

/** What may be said to anybody, because it tells nothing: the host that is asked for a token is not known yet. */
export const OPEN: ReadonlySet<FrameMessage['type']> = new Set(['ready', 'resize', 'error']);

const MOST_FILTERS = 20;

/** A message of the host; `null` when it is none, or not whole. */
export function parseHost(data: unknown): HostMessage | null {
  if (!isObject(data) || data.insula !== VERSION) return null;
  switch (data.type) {
    case 'token':
      return typeof data.token === 'string' && data.token !== '' ? { type: 'token', token: data.token } : null;
    case 'theme':
      return data.scheme === 'light' || data.scheme === 'dark' || data.scheme === 'auto' ? { type: 'theme', scheme: data.scheme } : null;
    case 'locale':
      return data.locale === null || isLocale(data.locale) ? { type: 'locale', locale: data.locale } : null;
    case 'filters':
      return Array.isArray(data.filters) && data.filters.length <= MOST_FILTERS && data.filters.every(isFilter) ? { type: 'filters', filters: data.filters } : null;
    case 'range':
      return data.range === null || isRange(data.range) ? { type: 'range', range: data.range } : null;
    default:
      return null;
  }
}

/** Whether an origin stands in a list, exactly. `"null"` (a sandboxed or local page) never does. */
export const isListed = (origin: string, list: readonly string[]): boolean => origin !== 'null' && list.includes(origin);

export function isLocale(tag: unknown): tag is string {
  if (typeof tag !== 'string') return false;
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Only its shape: what it may say is the server's to judge. */
function isFilter(value: unknown): value is Filter {
  return isObject(value) && typeof value.op === 'string' && (typeof value.dimension === 'string' || typeof value.measure === 'string');
}

function isRange(value: unknown): value is RangeInput {
  if (!isObject(value)) return false;
  return typeof value.last === 'string' || (typeof value.from === 'string' && typeof value.to === 'string');
}
