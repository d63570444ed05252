/**
 * Dashboards in a page of another origin: each tenant's own brand and numbers, tokens that come and go without a gap and
 * stand in no address, everybody else kept out, and a reason for whoever asks why.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import readExcelFile from 'read-excel-file/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiRoot, TENANT_API } from '../../app/paths';
import { EMBED_API } from '../../embed/paths';
import { serious } from './axe';
import { inBrowser, open, PHONE } from './browser';
import { allow, type Board, board, config, element, frameOf, product, type Product, revoke, shown } from './host';
import { demo, send, until } from './installation';

inBrowser();
let boards: Board[] = [];
let orbit: Product;
const acme = (): Board => boards[0] as Board;

beforeAll(async () => {
  boards = await Promise.all(demo.map((place) => board(place)));
  orbit = await product(boards);
});
beforeEach(async () => {
  orbit.body = '';
  orbit.options = {};
  orbit.minted.length = 0;
  await Promise.all(demo.map((place) => allow(place, [orbit.origin, orbit.other])));
});
afterAll(async () => {
  await Promise.all(demo.map((place) => allow(place, [])));
  await orbit.close();
});

/** What the frames look into is shut, as with every protection on; whoever tries is written down. */
async function shut(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const note = (name: string) => {
      (window as unknown as { touched: string[] }).touched.push(name);
      throw new DOMException('Blocked', 'SecurityError');
    };
    (window as unknown as { touched: string[] }).touched = [];
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) Object.defineProperty(window, name, { get: () => note(name) });
    Object.defineProperty(Document.prototype, 'cookie', { get: () => note('cookie'), set: () => note('cookie') });
  });
}

async function visit(body: string, options: Parameters<typeof open>[0] & { at?: string; shut?: boolean } = {}): Promise<Page> {
  orbit.body = body;
  const page = await open(options);
  if (options.shut) await shut(page);
  await page.goto(`${options.at ?? orbit.origin}/`);
  return page;
}

/** Events of the element, as the page around it hears them. */
async function heard(page: Page): Promise<() => Promise<{ type: string; detail: Record<string, unknown> }[]>> {
  await page.evaluate(() => {
    const list: unknown[] = ((window as unknown as { heard: unknown[] }).heard = []);
    for (const type of ['loaded', 'error', 'filter', 'event']) {
      document.querySelector('insula-dashboard')?.addEventListener(`insula:${type}`, (e) => list.push({ type, detail: (e as CustomEvent).detail }));
    }
  });
  return () => page.evaluate(() => (window as unknown as { heard: { type: string; detail: Record<string, unknown> }[] }).heard);
}

it('three tenants in one page: own brand, own numbers, no cookie and no storage', async () => {
  const page = await visit(boards.map((b) => element(b, 'lazy="false"')).join('<hr>'), { shut: true });
  const [accents, numbers] = [new Set<string>(), new Set<string>()];
  for (const { place } of boards) {
    const frame = await frameOf(page, place);
    await page.locator(`iframe[src^="${place.url}"]`).scrollIntoViewIfNeeded();
    numbers.add(await shown(frame));
    accents.add(await frame.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--brand')));
    expect(await frame.evaluate(() => (window as unknown as { touched: string[] }).touched), place.slug).toEqual([]);
    expect(await frame.content()).not.toMatch(/insula/i);
  }
  expect([accents.size, numbers.size]).toEqual([boards.length, boards.length]);
  expect(await page.context().cookies()).toEqual([]);
  for (const height of await page.locator('iframe').evaluateAll((all) => all.map((f) => f.clientHeight))) expect(height).toBeGreaterThan(400);
});

it('what a widget shows is taken along as a file, also from inside the frame', async () => {
  const page = await visit(element(acme()), { shut: true });
  const frame = await frameOf(page, acme().place);
  await shown(frame);
  const card = frame.locator('.frame').filter({ has: frame.locator('.kpi') }).first();
  for (const [name, ending] of [['Download as CSV', /\.csv$/], ['Download as Excel', /\.xlsx$/]] as const) {
    await card.hover();
    await card.getByRole('button', { name: /: more$/ }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), frame.getByRole('menuitem', { name }).click()]);
    expect(file.suggestedFilename()).toMatch(ending);
    if (name === 'Download as Excel') expect((await readExcelFile(await file.path()))[0]?.data.length).toBeGreaterThan(1);
  }
});

it('a token stands in no address, no referrer and no log', async () => {
  const seen: string[] = [];
  const page = await open();
  page.on('request', (request) => seen.push(request.url(), JSON.stringify({ ...request.headers(), authorization: '' })));
  orbit.body = element(acme());
  await page.goto(`${orbit.origin}/`);
  await shown(await frameOf(page, acme().place));
  const signatures = orbit.minted.map((m) => m.token.split('.')[2] ?? '?');
  expect(signatures).toHaveLength(1);
  // Beside the installation's folder, where `cargo xtask test --browser` has it. Without it this test says nothing.
  const log = readFileSync(`${dirname(process.env.INSULA_UP_JSON ?? '')}.log`, 'utf8');
  expect(log).not.toBe('');
  const everything = `${seen.join('\n')}\n${log}`;
  for (const signature of signatures) expect(everything).not.toContain(signature);
});

it('a token in the fragment of a plain frame is taken out of the address at once', async () => {
  const page = await visit('');
  const token = await page.evaluate(async (path) => (await (await fetch(path, { method: 'POST' })).json()).token as string, `/token/${acme().place.slug}/${acme().id}`);
  await page.evaluate((src) => Object.assign(document.body.appendChild(document.createElement('iframe')), { src, width: '900', height: '600', title: 'Dashboard' }), `${acme().src}#token=${token}&theme=dark`);
  const frame = await frameOf(page, acme().place);
  await shown(frame);
  expect(frame.url()).toBe(`${acme().src}#theme=dark`);
  expect(await frame.evaluate(() => document.documentElement.dataset.scheme)).toBe('dark');
});

describe('who may not', () => {
  it('a page of an origin that is not listed: the browser stops it, and the element says why', async () => {
    await allow(acme().place, ['https://somewhere.example']);
    const page = await visit(element(acme(), 'debug lazy="false"'), { unwatched: true });
    const events = await heard(page);
    await page.getByText(`does the workspace allow ${orbit.origin}?`).waitFor();
    expect(await events()).toContainEqual({ type: 'error', detail: { code: 'embed.frame', title: expect.stringContaining(orbit.origin) } });
  });
  it('a listed page that the token leaves out, and the panel names the cause without a secret', async () => {
    orbit.options = { origins: [orbit.other] };
    const page = await visit(element(acme(), 'debug'));
    const frame = await frameOf(page, acme().place);
    await frame.locator('[data-code="embed.origin"]').waitFor();
    const panel = await frame.locator('.debug details').innerText();
    expect(panel).toContain('The origin of the page around this one is not among those that the token allows.');
    for (const part of [orbit.origin, 'emk_', 'insula:embed', 'user-42']) expect(panel).toContain(part);
    expect(panel).not.toContain(orbit.minted[0]?.token.split('.')[2] ?? '?');
    await page.goto(`${orbit.other}/`);
    await shown(await frameOf(page, acme().place));
  });
  it('a page without a token, one with another tenant’s, and one with nonsense', async () => {
    for (const [token, code] of [[(await mintFor(boards[1] as Board)).token, 'embed.dashboard'], ['no.such.token', 'embed.signature'], ['nonsense', 'auth.ended']] as const) {
      const page = await visit(`<insula-dashboard src="${acme().src}" token="${token}" debug></insula-dashboard>`);
      await (await frameOf(page, acme().place)).locator(`[data-code="${code}"]`).waitFor();
    }
    const page = await open();
    await page.goto(acme().src);
    await page.locator('[data-code="embed.no_token"]').waitFor();
  });
});

async function mintFor(of: Board): Promise<{ token: string; id: string }> {
  const page = await visit('');
  await page.evaluate((path) => fetch(path, { method: 'POST' }).then((r) => r.json()), `/token/${of.place.slug}/${of.id}`);
  const made = orbit.minted.at(-1);
  if (!made) throw new Error('Nothing was minted.');
  return made;
}

describe('a token’s life', () => {
  it('it is renewed before its end, and nothing is drawn anew', async () => {
    orbit.options = { ttlSeconds: 60 };
    orbit.body = element(acme());
    const page = await open();
    await page.clock.install();
    await page.goto(`${orbit.origin}/`);
    const frame = await frameOf(page, acme().place);
    await shown(frame);
    await frame.locator('.kpi').first().evaluate((e) => e.setAttribute('data-same', ''));
    const used: string[] = [];
    page.on('request', (request) => request.url().includes(EMBED_API.data()) && used.push(request.headers().authorization ?? ''));
    await page.clock.fastForward(31_000);
    await until('the second token', async () => orbit.minted.length === 2);
    await until('the second token in use', async () => used.at(-1) === `Bearer ${orbit.minted[1]?.token}`);
    expect(await frame.locator('[data-same]').count()).toBe(1);
    expect(await frame.locator('[data-code]').count()).toBe(0);
  });
  it('revoked, it is refused within a second, and the open view closes by itself', async () => {
    const page = await visit(element(acme(), 'debug'));
    const frame = await frameOf(page, acme().place);
    await shown(frame);
    const [made] = orbit.minted;
    const began = Date.now();
    await revoke(acme().place, { token: made?.id });
    const ask = () => send('GET', acme().place.url + apiRoot('') + EMBED_API.view(), { token: made?.token ?? '' });
    await until('the refusal', async () => (await ask()).status === 401, 1_000);
    await until('the closed door', async () => (await frame.locator('[data-code="embed.revoked"]').count()) > 0, 3_000);
    expect(Date.now() - began).toBeLessThan(3_000);
    expect(await frame.locator('.kpi').count()).toBe(0);
  });
});

it('the page around chooses filters, range, theme and language, and hears of what the viewer does', async () => {
  const page = await visit(element(acme()));
  const events = await heard(page);
  const frame = await frameOf(page, acme().place);
  const all = await shown(frame);
  await page.evaluate(() => Object.assign(document.querySelector('insula-dashboard')!, { filters: [{ op: 'in', dimension: 'origin', values: ['JFK'] }] }));
  await frame.getByText('JFK', { exact: false }).first().waitFor();
  await until('other numbers', async () => (await shown(frame)) !== all);

  await frame.getByRole('button', { name: 'Remove the filter on origin' }).click();
  await until('the first numbers', async () => (await shown(frame)) === all);
  expect(await events()).toContainEqual({ type: 'filter', detail: expect.objectContaining({ filters: [] }) });

  await frame.getByLabel('Time range').selectOption('all');
  await until('the event', async () => (await events()).some((e) => e.type === 'event' && e.detail.name === 'range'));

  await page.locator('insula-dashboard').evaluate((e) => e.setAttribute('theme', 'dark'));
  await until('the dark', async () => (await frame.evaluate(() => document.documentElement.dataset.scheme)) === 'dark');
  const ground = await frame.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.locator('insula-dashboard').evaluate((e) => e.setAttribute('theme', 'light'));
  await until('another ground', async () => (await frame.evaluate(() => getComputedStyle(document.body).backgroundColor)) !== ground);

  const english = await frame.locator('.foot').innerText();
  await page.locator('insula-dashboard').evaluate((e) => e.setAttribute('locale', 'de'));
  await until('another language of dates', async () => (await frame.locator('.foot').innerText()) !== english);
});

it('a dashboard that is changed is shown as it is now, within two seconds', async () => {
  const page = await visit(element(acme()));
  const frame = await frameOf(page, acme().place);
  await shown(frame);
  const { name, description, config: was, version } = await config(acme());
  const put = async (title: string, match: number) => {
    const widgets = was.widgets.map((w, i) => (i === 0 ? { ...w, title } : w));
    const { status, body } = await send('PUT', acme().place.url + apiRoot('') + TENANT_API.dashboard(acme().id), { token: acme().place.api_key ?? '', match: `"${match}"`, body: { name, description, config: { ...was, widgets } } });
    expect(status, JSON.stringify(body)).toBe(200);
    return (body as { version: number }).version;
  };
  const now = await put('Departures', version);
  try {
    await until('the new title', async () => (await frame.getByRole('heading', { name: 'Departures' }).count()) > 0, 2_000);
  } finally {
    await put(was.widgets[0]?.title ?? '', now);
  }
});

it('one widget stands alone; what is far below is drawn when it comes near', async () => {
  const first = (await config(acme())).config.widgets[0];
  orbit.options = { widget: first?.id ?? '' };
  const page = await visit(`<insula-dashboard src="${acme().src}/widgets/${first?.id}" token-url="/token/${acme().place.slug}/${acme().id}"></insula-dashboard>`);
  const frame = await frameOf(page, acme().place);
  await frame.locator('.frame').waitFor();
  expect(await frame.locator('.frame').count()).toBe(1);
  expect(await frame.locator('h1').count()).toBe(0);

  orbit.options = {};
  const below = await visit(`<div style="height:500px"></div>${element(acme(), 'lazy="false"')}`);
  const late = await frameOf(below, acme().place);
  await shown(late);
  const waiting = await late.locator('.skeleton').count();
  expect(waiting).toBeGreaterThan(0);
  await below.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await until('the rest to be drawn', async () => (await late.locator('.skeleton').count()) < waiting);
});

it.each([['light', false], ['dark', false], ['light', true]] as const)('nothing serious stands in anybody’s way (%s, phone: %s)', async (scheme, phone) => {
  const page = await visit(element(acme(), 'debug lazy="false"'), { scheme, ...(phone ? { viewport: PHONE } : {}) });
  const frame = await frameOf(page, acme().place);
  await shown(frame);
  await until('the whole frame', async () => (await page.locator('iframe').evaluate((f) => f.clientHeight)) > 500);
  expect(await serious(frame)).toEqual([]);
  expect(await serious(page)).toEqual([]);
  expect(await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const folder = process.env.INSULA_SHOTS;
  // Only what is in the window is drawn in a frame of another origin: the window becomes as high as the page.
  if (folder) await page.setViewportSize({ width: phone ? PHONE.width : 1280, height: phone ? 2400 : 1700 });
  if (folder) await page.screenshot({ path: `${folder}/embed-${scheme}${phone ? '-phone' : ''}.png`, fullPage: true });
  await revoke(acme().place, { viewer: 'user-42' });
  await frame.evaluate(() => window.dispatchEvent(new Event('focus')));
  await until('the closed door', async () => {
    await frame.evaluate(() => window.dispatchEvent(new Event('focus')));
    return (await frame.locator('[data-code]').count()) > 0;
  });
  expect(await serious(frame), 'refused').toEqual([]);
  if (folder) await page.screenshot({ path: `${folder}/refused-${scheme}${phone ? '-phone' : ''}.png`, fullPage: true });
});
