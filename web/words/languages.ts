/**
 * Which languages there are words in, and which of them somebody is spoken to. To add one: a catalogue beside the others
 * and a line here; the tests then name every text that it lacks. Pure, but for loading. Tested in
 * `test/unit/words_spoken.test.ts`.
 */
import type { Catalogue } from './words';

interface Other {
  load: () => Promise<{ default: Catalogue }>;
  /** Absent: from left to right. */
  dir?: 'rtl';
}

/** English is the source and needs no words of its own. */
export const ENGLISH = 'en';
export const OTHERS: Readonly<Record<string, Other>> = {
  de: { load: () => import('./de') },
  es: { load: () => import('./es') },
  fr: { load: () => import('./fr') },
};

export const direction = (language: string): 'ltr' | 'rtl' => OTHERS[language]?.dir ?? 'ltr';

export interface Choice {
  /** Of the words. */
  language: string;
  /** Of numbers and dates; `undefined` is the browser's own. */
  locale: string | undefined;
}

/** The language of a tag, `de` of `de-AT`; `null` where there are no words in it, or it is no tag. */
export function known(tag: string): string | null {
  let language: string;
  try {
    ({ language } = new Intl.Locale(tag));
  } catch {
    return null;
  }
  return language === ENGLISH || Object.hasOwn(OTHERS, language) ? language : null;
}

/**
 * What the page around asks for, else what the tenant has set, else what the browser is set to: the first that there are
 * words in. Numbers are written as the page around asks; else as the viewer's browser does in that very language, which
 * knows the region; so that nobody reads half a page in another language unless the page around wants it so.
 */
export function choose(host: string | null, tenant: string | null, browser: readonly string[]): Choice {
  const wanted = [host, tenant, ...browser].filter((tag) => tag !== null);
  const tag = wanted.find((one) => known(one) !== null);
  const language = (tag && known(tag)) ?? ENGLISH;
  return { language, locale: host ?? browser.find((one) => known(one) === language) ?? tag };
}
