/**
 * An embed in its viewer's language: all of it, from the first word on, changed while it is open, and English where other
 * words do not come.
 */
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { apiRoot, TENANT_API } from '../../app/paths';
import german from '../../words/de';
import { serious } from './axe';
import { asMember, inBrowser, open, PHONE } from './browser';
import { allow, type Board, board, element, frameOf, product, type Product, shown } from './host';
import { demo, until } from './installation';

inBrowser();
let acme: Board;
let orbit: Product;

beforeAll(async () => {
  acme = await board(demo[0]!);
  orbit = await product([acme]);
  await allow(acme.place, [orbit.origin]);
});
beforeEach(() => void (orbit.options = {}));
afterAll(async () => {
  await allow(acme.place, []);
  await orbit.close();
});

/** Everything that stood there at any time, to be looked at afterwards. */
async function remembering(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = ((window as unknown as { seen: string[] }).seen = []) as string[];
    const look = () => document.body && seen.push(document.body.innerText);
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
}
const language = (frame: Frame) => frame.evaluate(() => [document.documentElement.lang, document.documentElement.dir].join(' '));
const speaks = (frame: Frame, tag: string) => until(`${tag} to be spoken`, async () => (await language(frame)) === `${tag} ltr`);

/** What every embed of the demo says somewhere; none of it stands in German by accident. */
const ENGLISH = ['Last 30 days', 'times in', 'the 30 days before', 'vs ', 'Show as table', 'Arrow keys', 'Try again'];

it('German words with German numbers from the first word on, then French ones', async () => {
  orbit.body = element(acme, 'locale="de-DE" lazy="false"');
  const page = await open();
  await remembering(page);
  await page.goto(`${orbit.origin}/`);
  const frame = await frameOf(page, acme.place);
  await shown(frame);
  await speaks(frame, 'de');
  await frame.getByLabel('Zeitraum').selectOption({ label: 'Gesamter Zeitraum' });
  await frame.locator('.foot').getByText('Zeitzone').waitFor();
  await until('a number of thousands', async () => /^\d{1,3}(\.\d{3})+(\s|$)/.test((await frame.locator('.kpi .value').first().getAttribute('title')) ?? ''));
  await frame.getByRole('button', { name: /: mehr$/ }).first().click();
  await frame.getByRole('menuitem', { name: 'Als Tabelle anzeigen' }).click();
  const html = await frame.content();
  for (const text of ENGLISH) expect(html, text).not.toContain(text);
  const seen = (await frame.evaluate(() => (window as unknown as { seen: string[] }).seen)).join('\n');
  expect(seen).toContain(german['Last 30 days']);
  for (const text of ENGLISH) expect(seen, text).not.toContain(text);
  expect(await serious(frame)).toEqual([]);

  await page.locator('insula-dashboard').evaluate((e) => e.setAttribute('locale', 'fr'));
  await speaks(frame, 'fr');
  await frame.getByLabel('Période').waitFor();
  expect(await frame.getByLabel('Zeitraum').count()).toBe(0);
  await until('a number in French', async () => /^\d{1,3}(\u202f\d{3})+(\s|$)/.test((await frame.locator('.kpi .value').first().getAttribute('title')) ?? ''));
  expect(await serious(frame)).toEqual([]);
  await page.locator('insula-dashboard').evaluate((e) => e.setAttribute('locale', 'en-US'));
  await frame.getByLabel('Time range').waitFor();
  await speaks(frame, 'en');
});

it('on a phone nothing German sticks out, and nothing serious stands in the way', async () => {
  orbit.body = element(acme, 'locale="de-AT" lazy="false"');
  const page = await open({ viewport: PHONE, scheme: 'dark' });
  await page.goto(`${orbit.origin}/`);
  const frame = await frameOf(page, acme.place);
  await shown(frame);
  await speaks(frame, 'de');
  expect(await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await serious(frame)).toEqual([]);
  const folder = process.env.INSULA_SHOTS;
  if (folder) await page.setViewportSize({ width: PHONE.width, height: 2400 });
  if (folder) await page.screenshot({ path: `${folder}/embed-german-phone.png`, fullPage: true });
});

it('words that do not come are English ones, and nobody waits for them', async () => {
  orbit.body = element(acme, 'locale="de" lazy="false"');
  const page = await open({ unwatched: true });
  await page.route(/\/assets\/de-[^/]*\.js$/, (route) => route.abort());
  await page.goto(`${orbit.origin}/`);
  const frame = await frameOf(page, acme.place);
  await shown(frame);
  await speaks(frame, 'en');
  await frame.getByLabel('Time range').waitFor();
});

it('who sees English loads no other words', async () => {
  orbit.body = element(acme, 'lazy="false"');
  const page = await open();
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  await page.goto(`${orbit.origin}/`);
  await shown(await frameOf(page, acme.place));
  expect(loaded.filter((url) => /\/assets\/(de|es|fr)-[^/]*\.js$/.test(url))).toEqual([]);
  expect(loaded.filter((url) => url.includes('/assets/')).length).toBeGreaterThan(2);
});

it('without a wish of the page around, the tenant’s language counts, and where nothing is known of it the browser’s', async () => {
  const refused = await open({ locale: 'es-ES' });
  await refused.goto(acme.src);
  await refused.getByRole('heading', { name: 'Todavía no hay nada que mostrar' }).waitFor();
  expect(await refused.evaluate(() => document.documentElement.lang)).toBe('es');
  expect(await serious(refused)).toEqual([]);

  const owner = await asMember(acme.place);
  const speak = (locale: string | null) =>
    owner.evaluate(
      async ([path, locale]) => {
        const read = await fetch(path ?? '');
        const was = ((await read.json()) as { locale: string }).locale;
        const headers = { 'content-type': 'application/json', 'if-match': read.headers.get('etag') ?? '' };
        const { status } = await fetch(path ?? '', { method: 'PATCH', headers, body: JSON.stringify({ locale }) });
        return { was, status };
      },
      [new URL(acme.place.url).pathname.replace(/\/$/, '') + apiRoot('') + TENANT_API.settings(), locale],
    );
  const { was, status } = await speak('fr-CH');
  expect(status).toBe(200);
  try {
    orbit.body = element(acme, 'lazy="false"');
    const page = await open({ locale: 'es-ES' });
    await remembering(page);
    await page.goto(`${orbit.origin}/`);
    const frame = await frameOf(page, acme.place);
    await shown(frame);
    await speaks(frame, 'fr');
    // Neither the browser's words nor English ones were there before.
    const seen = (await frame.evaluate(() => (window as unknown as { seen: string[] }).seen)).join('\n');
    expect(seen).toContain('30 derniers jours');
    for (const text of ['Últimos 30 días', 'Last 30 days']) expect(seen).not.toContain(text);
  } finally {
    await speak(was);
  }
});
