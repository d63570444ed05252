/**
 * In which language the app speaks: as the member chose in this browser, else as the browser is set, else English. What the
 * tenant has set does not count here: every tenant begins with English, and it is not known before the sign-in. What always
 * holds: a page speaks one language from its first paint on, its words and its numbers together, and another choice loads it
 * anew; English asks for nothing; nobody waits longer than `PATIENCE_MS` for words that do not come, but is spoken to in
 * English. The choice itself is tested in `test/unit/words_spoken.test.ts`, the rest in `test/browser/languages.test.ts`.
 */
import { useLocale } from '../format/number';
import { useWording } from '../wire/problem';
import { choose, direction, ENGLISH, known, OTHERS } from '../words/languages';
import type { Refusals } from '../words/refusals/refusals';
import { addWords, type Catalogue, useWords } from '../words/words';

const KEY = 'language';
const PATIENCE_MS = 4_000;

type Words<What = Catalogue> = Readonly<Record<string, () => Promise<{ default: What }>>>;
/** What every member meets. */
const APP: Words = { de: () => import('../words/app/de'), es: () => import('../words/app/es'), fr: () => import('../words/app/fr') };
/** What who edits and administers meets besides. */
const EDITING: Words = { de: () => import('../words/editing/de'), es: () => import('../words/editing/es'), fr: () => import('../words/editing/fr') };
const MANAGING: Words = { de: () => import('../words/managing/de'), es: () => import('../words/managing/es'), fr: () => import('../words/managing/fr') };
/** What the server refuses. */
const REFUSALS: Words<Refusals> = { de: () => import('../words/refusals/de'), es: () => import('../words/refusals/es'), fr: () => import('../words/refusals/fr') };

/** What is to be spoken, what is, and when that is settled. */
let wanted = ENGLISH;
let spoken = ENGLISH;
let settled: Promise<void> | null = null;

/** What the member chose; `null` is as the browser is set. */
export function chosen(): string | null {
  try {
    return known(localStorage.getItem(KEY) ?? '');
  } catch {
    return null;
  }
}

/** The page is loaded anew in it. Whoever has something unsaved is asked by the browser. */
export function chooseLanguage(language: string | null): void {
  try {
    if (language === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, language);
  } catch {
    /* no storage: it stays as the browser is set */
  }
  location.reload();
}

/** Once, at the very beginning. `null`: there is nothing to wait for. */
export function speak(): Promise<void> | null {
  const { language, locale } = choose(null, chosen(), navigator.languages);
  useLocale(locale);
  wanted = language;
  return (settled = language === ENGLISH ? null : speakOther(language));
}

async function speakOther(language: string): Promise<void> {
  const patience = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  const words = Promise.all([OTHERS[language]?.load(), APP[language]?.(), REFUSALS[language]?.(), import('../words/refusals/refusals')]).catch(() => null);
  const found = await Promise.race([words, patience]);
  if (!found) return;
  const [drawn, app, refusals, { wordedBy }] = found;
  spoken = language;
  useWords(language, { ...drawn?.default, ...app?.default });
  useWording(wordedBy(refusals?.default ?? {}));
  document.documentElement.lang = language;
  document.documentElement.dir = direction(language);
}

/** A part of the app that has more to say: its words come with it, also while the first ones are still on their way. */
export const working = <T>(load: () => Promise<T>) => async (): Promise<T> => {
  const words = Promise.all([EDITING[wanted]?.(), MANAGING[wanted]?.()]).catch(() => []);
  const [part, more] = await Promise.all([load(), words, settled]);
  for (const one of more) if (one && spoken === wanted) addWords(one.default);
  return part;
};
