/** The app in its reader's language: from the first word on, on every page, and as they choose. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { TENANT_API, apiRoot, tenantPaths } from '../../app/paths';
import type { Dashboard, Page as Listed } from '../../wire/shapes';
import appGerman from '../../words/app/de';
import appSpanish from '../../words/app/es';
import appFrench from '../../words/app/fr';
import german from '../../words/de';
import editingGerman from '../../words/editing/de';
import editingSpanish from '../../words/editing/es';
import editingFrench from '../../words/editing/fr';
import spanish from '../../words/es';
import french from '../../words/fr';
import managingGerman from '../../words/managing/de';
import managingSpanish from '../../words/managing/es';
import managingFrench from '../../words/managing/fr';
import type { Catalogue } from '../../words/words';
import { serious } from './axe';
import { asMember, inBrowser, open, PHONE, settled } from './browser';
import { tenant, until } from './installation';
import { MEMBER_PAGES } from './pages';

inBrowser();
const to = tenantPaths('');
const acme = tenant('acme');

const WORDS: Record<'de' | 'es' | 'fr', Catalogue> = {
  de: { ...german, ...appGerman, ...editingGerman, ...managingGerman },
  es: { ...spanish, ...appSpanish, ...editingSpanish, ...managingSpanish },
  fr: { ...french, ...appFrench, ...editingFrench, ...managingFrench },
};
/** What the demo's own data is called, and English that is a word of another meaning elsewhere. */
const DATA = ['Overview', 'Revenue', 'Events', 'E-mail'];
/** Texts that a language says otherwise, whole as they stand. */
const past = (words: Catalogue) => new Set(Object.entries(words).flatMap(([text, said]) => (said !== text && text.length > 2 && !text.includes('{') && !DATA.includes(text) ? [text] : [])));
const ENGLISH = past(WORDS.de);

/** What stands on the page, is read out, or shown on pointing at it. */
const texts = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [document.title];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) if (!/^(SCRIPT|STYLE|NOSCRIPT)$/.test(node.parentElement?.tagName ?? '')) found.push(node.textContent ?? '');
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-label']) for (const e of document.querySelectorAll(`[${name}]`)) found.push(e.getAttribute(name) ?? '');
    return found.map((text) => text.trim());
  });
const english = async (page: Page, of: ReadonlySet<string> = ENGLISH) => [...new Set((await texts(page)).filter((text) => of.has(text)))];
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Everything that stood there at any time. */
async function remembering(page: Page): Promise<() => Promise<string>> {
  await page.addInitScript(() => {
    const seen = ((window as unknown as { seen: string[] }).seen = []) as string[];
    const look = () => document.body && seen.push(document.body.innerText);
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => (window as unknown as { seen: string[] }).seen.join('\n'));
}

async function enter(page: Page, password = acme.owner.password): Promise<void> {
  await page.getByLabel('E-Mail').fill(acme.owner.email);
  await page.getByLabel('Passwort').fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
}
async function reading(options: Parameters<typeof open>[0] = {}): Promise<Page> {
  const page = await open({ locale: 'de-DE', ...options });
  await page.goto(acme.url + to.signIn());
  await enter(page);
  await page.locator('#main').waitFor();
  await settled(page);
  return page;
}

describe('who reads German', () => {
  it('is let in, and is refused, in German from the first word on', async () => {
    const page = await open({ locale: 'de-DE' });
    const seen = await remembering(page);
    await page.goto(acme.url + to.signIn());
    await page.getByRole('heading', { name: /^Anmelden bei / }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    expect(await page.title()).toMatch(/^Anmelden · /);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.getByText('Ihre E-Mail-Adresse fehlt.').waitFor();
    await enter(page, 'nicht das Passwort');
    await page.getByRole('alert').filter({ hasText: 'E-Mail-Adresse oder Passwort stimmt nicht.' }).waitFor();
    expect(await english(page)).toEqual([]);
    await enter(page);
    await page.locator('#main').waitFor();
    await settled(page);
    for (const text of ['Sign in', 'Your dashboards', 'Jump to', 'Last 30 days']) expect(await seen(), text).not.toContain(text);
  });

  it('has a dashboard with German words and numbers: its menus, its ranges, its rows', async () => {
    const page = await reading();
    await page.locator('.kpi .value').first().waitFor();
    expect(await english(page)).toEqual([]);
    await page.getByRole('button', { name: /^Zeitraum: / }).click();
    await page.getByRole('button', { name: 'Gesamter Zeitraum' }).click();
    await until('a number of thousands', async () => /^\d{1,3}(\.\d{3})+(\D|$)/.test((await page.locator('.kpi .value').first().getAttribute('title')) ?? ''));
    await page.getByRole('button', { name: 'Mehr zu diesem Dashboard' }).click();
    await page.getByRole('menuitemradio', { name: 'Jede Minute aktualisieren' }).waitFor();
    expect(await english(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /: mehr$/ }).first().click();
    await page.getByRole('menuitem', { name: 'Zugrunde liegende Zeilen anzeigen' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Schließen' }).last().waitFor();
    expect(await english(page)).toEqual([]);
    expect(await serious(page)).toEqual([]);
  });

  it('finds their account, the keys and the palette in German', async () => {
    const page = await reading({ viewport: { width: 1280, height: 800 } });
    await page.locator('.person button').first().click();
    await page.getByRole('menuitem', { name: 'Abmelden' }).waitFor();
    expect(await english(page)).toEqual([]);
    await page.getByRole('menuitem', { name: 'Passwort ändern' }).click();
    await page.getByRole('dialog', { name: 'Ihr Passwort ändern' }).getByRole('button', { name: 'Passwort ändern' }).click();
    await page.getByText('Ihr bisheriges Passwort fehlt.').waitFor();
    expect(await english(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Tastenkürzel' }).waitFor();
    expect(await english(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    expect(await english(page)).toEqual([]);
    await page.keyboard.type('einstellungen');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
  });

  it.each(['light', 'dark'] as const)('reads every page on a phone, and nothing sticks out (%s)', async (scheme) => {
    const page = await reading({ viewport: PHONE, scheme });
    for (const [name, path] of Object.entries(MEMBER_PAGES)) {
      await page.goto(acme.url + path);
      await settled(page);
      expect(await sideways(page), name).toBeLessThanOrEqual(0);
      expect(await english(page), name).toEqual([]);
    }
  });

  it('edits in German', async () => {
    const page = await reading();
    const { items } = (await page.evaluate(async (path) => (await fetch(path)).json(), `${apiRoot('')}${TENANT_API.dashboards()}`)) as Listed<Dashboard>;
    await page.goto(acme.url + to.dashboardEdit(items[0]!.id));
    await page.getByRole('button', { name: 'Widget hinzufügen' }).waitFor();
    await settled(page);
    expect(await english(page)).toEqual([]);
    await page.locator('.tile').first().click();
    await page.getByRole('region', { name: 'Einstellungen des Widgets' }).waitFor();
    expect(await english(page)).toEqual([]);
    await page.getByRole('button', { name: 'Widget hinzufügen' }).click();
    await page.getByRole('dialog').getByRole('heading', { name: 'Weltkarte' }).or(page.getByRole('dialog').getByRole('heading', { name: 'Kennzahl' })).first().waitFor();
    expect(await english(page)).toEqual([]);
    expect(await serious(page)).toEqual([]);
  });
});

it.each(['es', 'fr'] as const)('every page is read on a phone in other languages, too, and nothing sticks out (%s)', async (language) => {
  const words = WORDS[language];
  const page = await open({ locale: language, viewport: PHONE });
  await page.goto(acme.url + to.signIn());
  await page.getByLabel(String(words['E-mail'])).fill(acme.owner.email);
  await page.getByLabel(String(words['Password'])).fill(acme.owner.password);
  await page.getByRole('button', { name: String(words['Sign in']) }).click();
  await page.locator('#main').waitFor();
  for (const [name, path] of Object.entries(MEMBER_PAGES)) {
    await page.goto(acme.url + path);
    await settled(page);
    expect(await sideways(page), name).toBeLessThanOrEqual(0);
    expect(await english(page, past(words)), name).toEqual([]);
  }
});

describe('the choice', () => {
  it('is made in the account menu, kept in this browser, and taken back', async () => {
    const page = await asMember(acme);
    const words: string[] = [];
    page.on('request', (request) => void (/\/(de|es|fr)-[^/]+\.js$/.test(request.url()) && words.push(request.url())));
    await page.reload();
    await settled(page);
    expect(words, 'English asks for no words').toEqual([]);
    await page.locator('.person button').first().click();
    await page.getByRole('menuitem', { name: 'Language' }).click();
    const dialog = page.getByRole('dialog', { name: 'Choose a language' });
    expect(await dialog.getByRole('radio').evaluateAll((all) => all.map((one) => one.closest('label')?.innerText.trim()))).toEqual(['Like the browser English', 'English', 'Deutsch', 'Español', 'Français']);
    expect(await serious(page)).toEqual([]);
    await dialog.getByLabel('Français').check();
    await dialog.getByRole('button', { name: 'Use this language' }).click();
    await page.getByRole('button', { name: 'Comparer' }).waitFor();
    expect(words.length).toBeGreaterThan(0);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr');
    await page.reload();
    await page.getByRole('button', { name: 'Comparer' }).waitFor();
    await page.locator('.person button').first().click();
    await page.getByRole('menuitem', { name: 'Langue' }).click();
    await page.getByRole('dialog').getByLabel(/^Comme le navigateur/).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Utiliser cette langue' }).click();
    await page.getByRole('button', { name: 'Compare', exact: true }).waitFor();
    expect(await page.evaluate(() => localStorage.length === 0 || localStorage.getItem('language'))).not.toBe('fr');
  });

  it('words that do not come are English', async () => {
    const page = await open({ locale: 'es-MX', unwatched: true });
    await page.route(/\/es-[^/]+\.js$/, (route) => route.abort());
    await page.goto(acme.url + to.signIn());
    await page.getByRole('heading', { name: /^Sign in to / }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  });

  it('words that take too long are not waited for', async () => {
    const page = await open({ locale: 'fr-CH', unwatched: true });
    await page.route(/\/fr-[^/]+\.js$/, () => undefined);
    await page.goto(acme.url + to.signIn());
    await page.getByRole('heading', { name: /^Sign in to / }).waitFor();
  });
});
