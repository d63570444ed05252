/** What is spoken when, with words that come late or not at all. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATIENCE_MS, Speech } from '../../embed/speech';
import type { Catalogue } from '../../words/words';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Words come when the test says so. */
function speech(browser: string[] = ['en-US']) {
  const asked: string[] = [];
  const waiting = new Map<string, { come: (words: Catalogue) => void; fail: () => void }>();
  const made = new Speech(browser, (language) => {
    asked.push(language);
    return new Promise((come, fail) => waiting.set(language, { come, fail: () => fail(new Error('offline')) }));
  });
  const told: (string | null)[] = [];
  made.onchange = (now) => told.push(now && `${now.language} ${now.locale ?? 'own'}`);
  const settle = async (language: string, well = true) => {
    const of = waiting.get(language);
    if (well) of?.come({ Sum: language });
    else of?.fail();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { made, asked, told, settle };
}

describe('the first words', () => {
  it('English is spoken at once, and nothing is loaded for it', () => {
    const { made, asked, told } = speech();
    made.hear({ host: null });
    expect([told, asked]).toEqual([['en en-US'], []]);
  });
  it('others are waited for', async () => {
    const { made, told, settle } = speech();
    made.hear({ host: 'de-AT' });
    expect(told).toEqual([]);
    await settle('de');
    expect(told).toEqual(['de de-AT']);
    expect(made.spoken?.words).toEqual({ Sum: 'de' });
  });
  it('what the browser wanted is not said when the tenant is heard of before anything was', async () => {
    const { made, told, settle } = speech(['fr']);
    made.hear({});
    await settle('fr');
    made.hear({ tenant: 'de' });
    expect(told).toEqual(['fr fr', null]);
    await settle('de');
    expect(told.at(-1)).toBe('de de');
  });
  it('words that do not come are English, and the numbers stay', async () => {
    const { made, told, settle } = speech();
    made.hear({ host: 'de' });
    await settle('de', false);
    expect(told).toEqual(['en de']);
  });
  it('words that take long are English until they are there', async () => {
    const { made, told, settle } = speech();
    made.hear({ host: 'de' });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toEqual(['en de']);
    made.begin();
    await settle('de');
    expect(told).toEqual(['en de', 'de de']);
  });
});

describe('while it is open', () => {
  it('what is on the screen stays until the other words are there', async () => {
    const { made, told, settle } = speech();
    made.hear({ host: 'en' });
    made.begin();
    made.hear({ host: 'fr' });
    expect(told).toEqual(['en en']);
    await settle('fr');
    expect(told).toEqual(['en en', 'fr fr']);
  });
  it('the last wish counts, in whatever order words come', async () => {
    const { made, told, settle } = speech();
    made.hear({ host: 'de' });
    made.hear({ host: 'fr' });
    await settle('fr');
    await settle('de');
    expect(told).toEqual(['fr fr']);
    made.hear({ host: 'de' });
    expect(told.at(-1)).toBe('de de');
  });
  it('another region needs no other words', async () => {
    const { made, asked, told, settle } = speech();
    made.hear({ host: 'de' });
    await settle('de');
    made.hear({ host: 'de-CH' });
    made.hear({ host: 'de-CH' });
    expect([told, asked]).toEqual([['de de', 'de de-CH'], ['de']]);
  });
  it('a wish that is taken back, or is none, leaves the tenant’s', () => {
    const { made, told } = speech(['en-GB']);
    made.hear({ host: 'es', tenant: 'en' });
    made.hear({ host: null });
    made.hear({ host: 'no such locale' });
    expect(told).toEqual(['en en-GB']);
  });
});
