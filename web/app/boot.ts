/**
 * What the server put into the page: which realm this is, under which base path, whose brand. Read once, before
 * anything is drawn. The rest of the app asks this module and never looks at the document for it.
 * Tested in `test/unit/boot.test.ts`.
 */
import type { Branding } from '../wire/shapes';

export interface Boot {
  realm: 'tenant' | 'console';
  /** `""` at a host of its own, `"/t/acme"` in path style. Never ends with a slash. */
  base: string;
  tenant: { slug: string; name: string } | null;
  branding: Branding | null;
  /** What the console is called. Nothing in this code names the platform: at a tenant's address it has no name. */
  product: string;
  version: string;
}

/** Understands the text of the `#boot` element; throws if there is none. */
export function parseBoot(text: string | null | undefined): Boot {
  if (!text?.trim()) throw new Error('This page has no boot data.');
  const raw = JSON.parse(text) as Partial<Boot>;
  if (raw.realm !== 'tenant' && raw.realm !== 'console') throw new Error('The boot data names no realm.');
  return {
    realm: raw.realm,
    base: (raw.base ?? '').replace(/\/+$/, ''),
    tenant: raw.tenant ?? null,
    branding: raw.branding ?? null,
    product: raw.product ?? '',
    version: raw.version ?? '',
  };
}

export const boot: Boot = /* @__PURE__ */ parseBoot(
  typeof document === 'undefined'
    ? '{"realm":"tenant"}'
    : document.getElementById('boot')?.textContent,
);
