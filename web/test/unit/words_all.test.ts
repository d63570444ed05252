/** Every text of an embed has its translations, every translation its text, and nothing is said past them. */
import { describe, expect, it } from 'vitest';
import german from '../../words/de';
import french from '../../words/fr';
import spanish from '../../words/es';
import { OTHERS } from '../../words/languages';
import type { Catalogue, Forms } from '../../words/words';
import { reach, wording } from './bare_words';

const CATALOGUES: Record<string, Catalogue> = { de: german, es: spanish, fr: french };
/** The panel for those who build, in English whoever looks; the catalogues themselves. */
const WITHOUT = ['embed/Debug.svelte', 'words/de.ts', 'words/es.ts', 'words/fr.ts'];
/** What looks like words and is none that an embed shows, or the whole file. Each with its reason; the list only shrinks. */
const NONE: Record<string, '*' | readonly string[]> = {
  // By their codes, `embed/words.ts` says these in its own words.
  'wire/words.ts': '*',
  // Countries' codes, and what programs read.
  'widgets/map/codes.ts': '*',
  'embed/client.ts': ['Bearer'],
  'widgets/export/formats.ts': ['yyyy-mm-dd hh:mm', 'yyyy-mm-dd hh:mm:ss'],
  'widgets/export/xlsx.ts': ['yyyy-mm-dd hh:mm'],
};
/** The same in English. */
const SAME: Record<string, readonly string[]> = { de: ['Q{quarter} {year}'], es: ['d'], fr: [] };

const embed = reach('embed/main.ts', WITHOUT);
const all = (of: 'literals' | 'said') => new Set([...embed.values()].flatMap((w) => [...w[of]]));
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort();
const forms = (of: string | Forms | undefined): string[] => (of === undefined ? [] : typeof of === 'string' ? [of] : Object.values(of));

it('the reach of an embed is what it shows', () => {
  for (const file of ['embed/Board.svelte', 'embed/words.ts', 'format/range.ts', 'widgets/kpi/Kpi.svelte', 'widgets/export/xlsx.ts', 'ui/Menu.svelte']) expect([...embed.keys()]).toContain(file);
  for (const file of ['embed/Debug.svelte', 'embed/remedies.ts', 'ui/DataTable.svelte']) expect([...embed.keys()]).not.toContain(file);
});

it('no text is shown but through its translations', () => {
  const excused = (file: string, text: string) => NONE[file] === '*' || NONE[file]?.includes(text);
  const shown = [...embed].flatMap(([file, { bare }]) => bare.filter((text) => !(text in german)).map((text) => ({ file, text })));
  expect(shown.filter(({ file, text }) => !excused(file, text)).map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  const needless = Object.entries(NONE).flatMap(([file, texts]) => (texts === '*' ? ['*'] : texts).filter((text) => !shown.some((s) => s.file === file && (text === '*' || s.text === text))));
  expect(needless).toEqual([]);
});

describe.each(Object.keys(OTHERS))('%s', (language) => {
  const catalogue = CATALOGUES[language] ?? {};
  it('has every text that is said, and none that is not', () => {
    expect([...all('said')].filter((text) => !(text in catalogue))).toEqual([]);
    expect(Object.keys(catalogue).filter((text) => !all('literals').has(text))).toEqual([]);
  });
  it('has the slots of each text, and for each number a form', () => {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [text, of] of Object.entries(catalogue)) {
      const whole = typeof of === 'string' ? of : of.other;
      expect(slots(whole), text).toEqual(slots(text));
      for (const form of forms(of)) expect(slots(text), text).toEqual(expect.arrayContaining(slots(form)));
      if (typeof of !== 'string') expect(categories, text).toEqual(expect.arrayContaining(Object.keys(of)));
    }
  });
  it('is not English, nor empty, and ends as English ends', () => {
    for (const [text, of] of Object.entries(catalogue)) {
      for (const form of forms(of)) {
        expect(form.trim(), text).toBe(form);
        expect(form, text).not.toBe('');
        if (text.length > 1) expect(/[.!?…]$/.exec(form)?.[0], text).toBe(/[.!?…]$/.exec(text)?.[0]);
      }
      if (!SAME[language]?.includes(text)) expect(of, text).not.toBe(text);
    }
  });
});

describe('what somebody may come to add', () => {
  const bare = (source: string, file = 'embed/X.svelte') => wording(source, file).bare;
  it.each([
    ['<p>Hello there</p>', ['Hello there']],
    ['<p>{late ? "older" : ""}</p>', ['older']],
    ['<p>{`${n} rows`}</p>', ['rows']],
    ['<button aria-label="Close">x</button>', ['Close']],
    ['<button aria-label="Close {name}">x</button>', ['Close']],
    ['<Notice title={late ? "older" : t("Loading")} />', ['older']],
    ['<NoData text="Nothing" />', ['Nothing']],
    ['{#if on}<b>Sum</b>{:else}<i>{x}</i>{/if}', ['Sum']],
    ['<p>{t("Week of {date}", { date: "some day" })}</p>', ['some day']],
    ['<script lang="ts">const words = { title: "Sum" };</script>', ['Sum']],
    ['<script lang="ts">let said = $state("It is late");</script>', ['It is late']],
  ])('%s', (source, found) => expect(bare(source)).toEqual(found));
  it('a module is looked at as well', () => {
    expect(bare('export const said = (n: number) => `${n} are left out`;', 'widgets/x.ts')).toEqual(['are left out']);
    expect(bare("throw new Error('No boot data here.');", 'embed/x.ts')).toEqual([]);
  });
  it.each([
    '<p class="head foot">{t("Sum")}</p>',
    '<p>{number(x, { format: "percent" })}</p>',
    '<script lang="ts">type A = "one thing" | "another"; const is = x === "Enter";</script>{#if kind === "line chart"}<b>{n}</b>{/if}',
    '<p>{plural(n, "{n} other", "{n} others", { n })}</p>',
  ])('and what is no text, or said well, is left alone: %s', (source) => expect(bare(source)).toEqual([]));
});
