/**
 * What the server put into the page that is framed: whose it is, and from where it may be framed. It needs no
 * credential and holds nothing secret. Tested in `test/unit/embed_protocol.test.ts`.
 */
import type { Branding, Problem } from '../wire/shapes';

export interface Boot {
  /** `""` at a host of its own, `"/t/acme"` in path style. Never ends with a slash. */
  base: string;
  /** What the address names; a public link names nothing but itself. */
  dashboard: string | null;
  widget: string | null;
  tenant: { name: string };
  branding: Branding | null;
  /** Why there is nothing to show, whoever asks; known before anybody does. */
  closed: Problem | null;
  /** The tenant's own list; nobody else is listened to. */
  origins: string[];
  version: string;
}

/** Understands the text of the `#boot` element; throws if there is none. */
export function parseBoot(text: string | null | undefined): Boot {
  if (!text?.trim()) throw new Error('This page has no boot data.');
  const raw = JSON.parse(text) as Partial<Boot> & { realm?: string };
  if (raw.realm !== 'embed') throw new Error('The boot data is not that of an embed.');
  return {
    base: (raw.base ?? '').replace(/\/+$/, ''),
    dashboard: raw.dashboard ?? null,
    widget: raw.widget ?? null,
    tenant: { name: raw.tenant?.name ?? '' },
    branding: raw.branding ?? null,
    closed: raw.closed ?? null,
    origins: Array.isArray(raw.origins) ? raw.origins.filter((o) => typeof o === 'string') : [],
    version: raw.version ?? '',
  };
}
