/**
 * What the address's fragment brings along: a credential, and how the host wants it to look. The fragment never leaves
 * the browser, and a credential in it is taken out of the address at once. Pure. Tested in
 * `test/unit/embed_protocol.test.ts`.
 */
import type { ThemeScheme } from './protocol';

export interface Address {
  /** A token, or the secret of a public link. */
  credential: string | null;
  scheme: ThemeScheme | null;
  locale: string | null;
  debug: boolean;
  /** The fragment without the credential, as it is put back. */
  rest: string;
}

/** `shared`: the page of a public link, where the whole fragment is the secret. */
export function readFragment(hash: string, shared: boolean): Address {
  const text = hash.replace(/^#/, '');
  if (shared && !text.includes('=')) return { credential: text || null, scheme: null, locale: null, debug: false, rest: '' };
  const parts = new URLSearchParams(text);
  const credential = parts.get('token');
  parts.delete('token');
  const rest = parts.toString();
  return {
    credential: credential || null,
    scheme: asScheme(parts.get('theme')),
    locale: parts.get('locale') || null,
    debug: parts.has('debug'),
    rest: rest ? `#${rest}` : '',
  };
}

export const asScheme = (text: unknown): ThemeScheme | null => (text === 'light' || text === 'dark' || text === 'auto' ? text : null);
