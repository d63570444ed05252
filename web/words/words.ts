/**
 * What people read, in their language. A text is written in English where it is shown and is the key of its
 * translations: `t('Week of {date}', { date })`. What always holds: without a catalogue, or where it lacks a text, English
 * is shown; what stands in a slot is put in as it is, a text like any other. An entry decides whether another language is
 * spoken (`useWords`): the members' app never does. Pure. Tested in `test/unit/words_spoken.test.ts`; that every text has its
 * translations, in `test/unit/words_all.test.ts`.
 */
import type German from './de';

/** By the categories of `Intl.PluralRules`; those that are absent are like `other`. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;
/** By the English text. What depends on how many there are has its forms. */
export type Catalogue = Readonly<Record<string, string | Forms>>;

/** German has them all, and every other language is held to it by the compiler. */
type All = typeof German;
export type Text = { [K in keyof All]: All[K] extends string ? K : never }[keyof All];
/** The English text for many of something. */
export type Several = Exclude<keyof All, Text>;
export type Translation = { readonly [K in keyof All]: All[K] extends string ? string : Forms };

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

const filled = (text: string, slots: Readonly<Record<string, string | number>> = {}): string =>
  text.replace(/\{(\w+)\}/g, (slot, name: string) => String(slots[name] ?? slot));

export const t = <T extends Text>(text: T, ...[slots]: Filling<T>): string => filled((words[text] as string | undefined) ?? text, slots);

/** For `n` things: `one` and `many` are what English says. `n` itself stands in the text only where a slot says so. */
export function plural<T extends Several>(n: number, one: string, many: T, ...[slots]: Filling<T>): string {
  const forms = (words[many] as Forms | undefined) ?? { one, other: many };
  return filled(forms[new Intl.PluralRules(language).select(n)] ?? forms.other, slots);
}
