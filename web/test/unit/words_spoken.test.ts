import { afterEach, describe, expect, it } from 'vitest';
import { delta, span } from '../../format/number';
import { beforeLabel, rangeLabel } from '../../format/range';
import { bucket } from '../../format/time';
import { withOthers } from '../../widgets/answer';
import german from '../../words/de';
import french from '../../words/fr';
import { choose, direction, ENGLISH, known, OTHERS } from '../../words/languages';
import { plural, t, useWords } from '../../words/words';

afterEach(() => useWords(ENGLISH));
const day = (text: string) => text;

describe('a text', () => {
  it('is English until somebody says otherwise, and again afterwards', () => {
    expect(t('Try again')).toBe('Try again');
    useWords('de', german);
    expect(t('Try again')).toBe('Erneut versuchen');
    useWords(ENGLISH);
    expect(t('Try again')).toBe('Try again');
  });
  it('is English where a catalogue lacks it', () => {
    useWords('de', {});
    expect(t('{title}: more', { title: 'Umsatz' })).toBe('Umsatz: more');
    expect(plural(2, '{n} other', '{n} others', { n: 2 })).toBe('2 others');
  });
  it('takes what stands in a slot as it is', () => {
    expect(t('{title}: more', { title: '{title} $& <b>' })).toBe('{title} $& <b>: more');
    expect(t('“{text}”', { text: '$1' })).toBe('“$1”');
  });
  it('has the form of its number, as each language counts', () => {
    const rows = (n: number) => plural(n, '{n} below zero is in the table', '{n} below zero are in the table', { n });
    expect([0, 1, 2].map(rows)).toEqual(['0 below zero are in the table', '1 below zero is in the table', '2 below zero are in the table']);
    useWords('de', german);
    expect([1, 2].map(rows)).toEqual(['1 Wert unter null steht in der Tabelle', '2 Werte unter null stehen in der Tabelle']);
    useWords('fr', french);
    expect([0, 1, 2, 1_000_000].map(rows)).toEqual(['0 valeur négative est dans le tableau', '1 valeur négative est dans le tableau', '2 valeurs négatives sont dans le tableau', '1000000 valeurs négatives sont dans le tableau']);
  });
});

it('what formats and counts speaks as the rest of the page does', () => {
  useWords('de', german);
  expect([rangeLabel({ last: '30d' }, day), rangeLabel({ last: '1y' }, day), rangeLabel({ last: '6w' }, day)]).toEqual(['Letzte 30 Tage', 'Letztes Jahr', 'Letzte 6 Wochen']);
  expect([beforeLabel({ last: 'today' }), beforeLabel({ last: '5d' }), beforeLabel({ last: '7d' }, 'previous_year')]).toEqual(['gestern', 'der Zeitraum davor', 'dieselben Tage ein Jahr davor']);
  expect(bucket('2026-11-16', 'week')).toMatch(/^Woche ab /);
  expect(delta(5, 0)?.text).toBe('neu');
  expect(span(36, 'h').replaceAll('\u00a0', ' ')).toBe('1 Tg. 12 h');
  const answer = { columns: [{ name: 'a', kind: 'dimension' as const }], data: [['x', null]], rest: [1], range: { from: '', to: '' }, time_zone: 'UTC', partial: false, truncated: true };
  expect(withOthers(answer).others).toBe('Sonstige');
});

describe('the language', () => {
  it.each([
    // What the page around asks for comes first, whatever its region.
    ['de-AT', 'fr', ['es'], { language: 'de', locale: 'de-AT' }],
    ['fr-CA', null, [], { language: 'fr', locale: 'fr-CA' }],
    // Then what the tenant has set, written as the viewer's browser does in that language.
    [null, 'fr', ['de-CH', 'fr-CH', 'en'], { language: 'fr', locale: 'fr-CH' }],
    [null, 'es-MX', ['de-CH'], { language: 'es', locale: 'es-MX' }],
    [null, 'en', ['de-DE'], { language: 'en', locale: 'en' }],
    // Then the browser's, the first that there are words in.
    [null, null, ['it-IT', 'de-CH', 'en'], { language: 'de', locale: 'de-CH' }],
    [null, 'it', ['es-AR'], { language: 'es', locale: 'es-AR' }],
    // A page around that asks for words that there are none of has its numbers at least.
    ['it-IT', 'de', ['en-US'], { language: 'de', locale: 'it-IT' }],
    // Nobody says anything that is understood: English, and numbers as the browser writes them.
    [null, null, ['ja', 'pt-BR'], { language: 'en', locale: undefined }],
    [null, 'not a tag', [], { language: 'en', locale: undefined }],
  ] as const)('%s, %s and %j make %j', (host, tenant, browser, choice) => expect(choose(host, tenant, browser)).toEqual(choice));
  it('is known by its own name alone', () => {
    expect(['de', 'de-Latn-AT', 'DE', 'en-GB', 'gsw', 'constructor', ''].map(known)).toEqual(['de', 'de', 'de', 'en', null, null, null]);
  });
  it('all are written from left to right, and all load', async () => {
    for (const [language, { load }] of Object.entries(OTHERS)) {
      expect(direction(language)).toBe('ltr');
      expect((await load()).default['Try again'], language).not.toBe('Try again');
    }
  });
});
