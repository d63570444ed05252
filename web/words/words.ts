/**
 * What people read, in their language. A text is written in English where it is shown and is the key of its
 * translations: `t('Week of {date}', { date })`. What always holds: without a catalogue, or where it lacks a text, English
 * is shown; what stands in a slot is put in as it is, a text like any other. An entry decides which language is spoken
 * (`useWords`), and with which catalogues: those beside this file are of what both entries draw with, those in `app/` of what
 * every member meets, those in `editing/` and `managing/` of who works with it. Pure. Tested in
 * `test/unit/words_spoken.test.ts`; that every text has its translations, in `test/unit/words_all.test.ts`.
 */
import type AppGerman from './app/de';
import type German from './de';
import type EditingGerman from './editing/de';
import type ManagingGerman from './managing/de';

/** By the categories of `Intl.PluralRules`; those that are absent are like `other`. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;
/** By the English text. What depends on how many there are has its forms. */
export type Catalogue = Readonly<Record<string, string | Forms>>;

/** German has them all, and every other language is held to it by the compiler. */
type All = typeof German & typeof AppGerman & typeof EditingGerman & typeof ManagingGerman;
export type Text = { [K in keyof All]: All[K] extends string ? K : never }[keyof All];
/** The English text for many of something. */
export type Several = Exclude<keyof All, Text>;
type TranslationOf<C> = { readonly [K in keyof C]: C[K] extends string ? string : Forms };
export type Translation = TranslationOf<typeof German>;
export type AppTranslation = TranslationOf<typeof AppGerman>;
export type EditingTranslation = TranslationOf<typeof EditingGerman>;
export type ManagingTranslation = TranslationOf<typeof ManagingGerman>;

/** The names that stand in braces. */
type Slot<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Slot<Rest> : never;
/** Texts that are whole as they are: what lists and tables of texts hold. */
export type Plain = { [T in Text]: [Slot<T>] extends [never] ? T : never }[Text];
type Filling<T extends string> = [Slot<T>] extends [never] ? [] : [slots: Readonly<Record<Slot<T>, string | number>>];

let language = 'en';
let words: Catalogue = {};

/** From now on; what is on the screen already has to be drawn again. */
export function useWords(tag: string, catalogue: Catalogue = {}): void {
  language = tag;
  words = catalogue;
}

/** More of the same language, for what comes later. */
export function addWords(catalogue: Catalogue): void {
  words = { ...words, ...catalogue };
}

const filled = (text: string, slots: Readonly<Record<string, string | number>> = {}): string =>
  text.replace(/\{(\w+)\}/g, (slot, name: string) => String(slots[name] ?? slot));

export const t = <T extends Text>(text: T, ...[slots]: Filling<T>): string => filled((words[text] as string | undefined) ?? text, slots);

/** What was said elsewhere in English (by the server, in a list of names), where there are words for it. */
export const heard = (text: string): string => (typeof words[text] === 'string' ? words[text] : text);

/** A list of choices, called as they are in this language. */
export const labelled = <T extends { label: Plain }>(list: readonly T[]): (Omit<T, 'label'> & { label: string })[] => list.map((one) => ({ ...one, label: t(one.label) }));

/** Inside of a sentence: German keeps the capitals of its nouns, and each language those of abbreviations. */
export const within = (text: string): string => (language === 'de' ? text : text.replace(/^\p{Lu}(?!\p{Lu})/u, (first) => first.toLowerCase()));

/** For `n` things: `one` and `many` are what English says. `n` itself stands in the text only where a slot says so. */
export function plural<T extends Several>(n: number, one: string, many: T, ...[slots]: Filling<T>): string {
  const forms = (words[many] as Forms | undefined) ?? { one, other: many };
  return filled(forms[new Intl.PluralRules(language).select(n)] ?? forms.other, slots);
}
