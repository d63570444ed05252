/**
 * A tenant with a name of its own, looked at as its people do: nothing that can be read or heard on any of its pages, in
 * its embeds, on paper or at a closed door names the platform. What the server sends, texts of scripts included, is
 * `crates/server/tests/it/white_label.rs`'s.
 */
import type { Frame, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiRoot, TENANT_API, TENANT_PATTERNS, tenantPaths } from '../../app/paths';
import type { DashboardSummary, Page, Table } from '../../wire/shapes';
import { serious } from './axe';
import { asMember, inBrowser, open, PHONE, settled } from './browser';
import { allow, type Board, board, element, product, type Product } from './host';
import { erase, pathStyle, type Place, provision, resume, send, suspend, until, up } from './installation';
import { square } from './png';

inBrowser();
let place: Place;
let flights: Board;
let orbit: Product;
let link = '';
let table = '';

const SKY = 'Sky & Sea';

beforeAll(async () => {
  place = await provision();
});
afterAll(async () => {
  await orbit?.close();
  await erase(place.slug);
});

/** From a page of the tenant's, as its owner. */
const ask = (page: Tab, method: string, path: string, body?: unknown, match?: string): Promise<{ status: number; tag: string | null; body: unknown }> =>
  page.evaluate(
    async ([verb, url, json, tag]) => {
      const headers: Record<string, string> = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), ...(tag ? { 'if-match': tag } : {}) };
      const response = await fetch(url, { method: verb, headers, ...(json === undefined ? {} : { body: json }) });
      return { status: response.status, tag: response.headers.get('etag'), body: await response.json() };
    },
    [method, apiRoot('') + path, body === undefined ? undefined : JSON.stringify(body), match] as const,
  );

/** Names for programs that stand in the code that people are to copy, and nowhere else. */
const IN_CODE = ['insula-dashboard', '/embed/insula.js', '@insula/embed'];

/**
 * Everything that a page says: its title, what previews show, every text, whether it can be seen or not, and every
 * attribute that is read out or shown.
 */
async function names(page: Tab | Frame): Promise<string[]> {
  const said = await page.evaluate(() => {
    const all: { text: string; code: boolean }[] = [{ text: document.title, code: false }];
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent && !parent.closest('script, style')) all.push({ text: node.nodeValue ?? '', code: parent.closest('code, pre') !== null });
    }
    for (const e of document.querySelectorAll('*')) {
      for (const name of ['alt', 'title', 'placeholder', 'content', 'label', 'aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext']) {
        const text = e.getAttribute(name);
        if (text) all.push({ text, code: false });
      }
      if (e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement) all.push({ text: e.value, code: false });
      for (const part of ['::before', '::after']) all.push({ text: getComputedStyle(e, part).content, code: false });
    }
    return all;
  });
  expect(said.length).toBeGreaterThan(5);
  return said
    .map(({ text, code }) => (code ? IN_CODE.reduce((rest, name) => rest.replaceAll(name, ''), text) : text))
    // Who did something in the audit log: this installation's operator has such an address.
    .map((text) => text.replaceAll(up.operator.email, ''))
    .filter((text) => /insula/i.test(text));
}

async function shot(page: Tab, name: string): Promise<void> {
  const folder = process.env.INSULA_SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

it('takes a name and looks of its own', async () => {
  const page = await asMember(place, { path: '/settings' });
  await settled(page);
  await page.getByLabel('Logo', { exact: true }).setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: square() });
  await page.getByText('Logo saved.').waitFor();
  const { tag } = await ask(page, 'GET', TENANT_API.settings());
  const { status } = await ask(page, 'PATCH', TENANT_API.settings(), { name: 'Aero Nord', branding: { product_name: SKY, accent: '#aa0044' } }, tag ?? '');
  expect(status).toBe(200);
  const key = await ask(page, 'POST', TENANT_API.apiKeys(), { name: 'Orbit', scopes: ['dashboards:read', 'embeds:mint', 'settings:write'] });
  place.api_key = (key.body as { secret: string }).secret;
  const { items } = (await ask(page, 'GET', TENANT_API.dashboards())).body as Page<DashboardSummary>;
  flights = await board(place, items[0]?.name);
  const made = await ask(page, 'POST', TENANT_API.tables(), { name: 'plans', key: { name: 'plan' } });
  table = (made.body as Table).id;
  const shared = await ask(page, 'POST', TENANT_API.publicLinks(), { dashboard: flights.id, name: 'Hall' });
  link = (shared.body as { url: string }).url;
  orbit = await product([flights]);
  await allow(place, [orbit.origin]);
});

it('no page of a member names the platform, on the screen or on paper', async () => {
  const t = tenantPaths('');
  const paths: Record<keyof typeof TENANT_PATTERNS, string> = {
    home: t.home(), signIn: t.signIn(), invitation: t.invitation('nothing'), dashboards: t.dashboards(), dashboard: t.dashboard(flights.id), dashboardEdit: t.dashboardEdit(flights.id),
    data: t.data(), dataset: t.dataset('sample_metrics'), table: t.table(table), members: t.members(), apiKeys: t.apiKeys(), embedding: t.embedding(), settings: t.settings(), audit: t.audit(),
  };
  expect(Object.keys(paths).sort(), 'every page').toEqual(Object.keys(TENANT_PATTERNS).sort());
  const page = await asMember(place);
  for (const [name, path] of [...Object.entries(paths), ['nowhere', '/nowhere']] as const) {
    await page.goto(place.url + path);
    await settled(page);
    expect(await names(page), name).toEqual([]);
    expect(await page.title(), name).toContain(SKY);
    await page.emulateMedia({ media: 'print' });
    expect(await names(page), `${name}, on paper`).toEqual([]);
    await page.emulateMedia({ media: 'screen' });
  }
  await page.goto(`${pathStyle(place.slug)}/sign-in`);
  await settled(page);
  expect(await names(page), 'in path style').toEqual([]);
}, 120_000);

it('no dialog of a member names the platform', async () => {
  const page = await asMember(place);
  for (const [path, button] of [['/members', 'Invite'], ['/data', 'Upload a table'], ['/api-keys', 'New key'], ['/dashboards', 'New dashboard'], ['/embedding', 'New link'], ['/embedding', 'Rotate'], ['/embedding', 'End open views']] as const) {
    await page.goto(place.url + path);
    await settled(page);
    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('dialog').first().waitFor();
    expect(await names(page), button).toEqual([]);
  }
  await page.goto(`${place.url}/embedding`);
  await settled(page);
  await page.getByRole('radio', { name: 'On the server' }).check();
  expect(await names(page), 'the server’s code').toEqual([]);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').last().waitFor();
  expect(await names(page), 'palette').toEqual([]);
});

it('without a connection nothing names the platform either', async () => {
  const page = await asMember(place, { unwatched: true });
  await settled(page);
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/BrokenPage')));
  await page.context().setOffline(true);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Members' }).click();
  await page.getByRole('button', { name: 'Try again' }).first().waitFor();
  expect(await names(page)).toEqual([]);
  await shot(page, 'offline');
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
});

it('somebody who is not signed in sees the brand, and what previews show', async () => {
  const page = await open();
  for (const path of ['/', '/sign-in', '/invitation/nothing']) {
    await page.goto(place.url + path);
    await settled(page);
    expect(await names(page), path).toEqual([]);
    expect(await page.locator('meta[property="og:title"]').getAttribute('content')).toBe(SKY);
    expect(await page.locator('meta[property="og:image"]').getAttribute('content')).toMatch(new RegExp(`^${place.url}/brand/logo`));
  }
  await page.goto(link);
  await page.locator('.kpi .value').first().waitFor();
  expect(await names(page), 'a public link').toEqual([]);
  expect(await page.locator('meta[property="og:site_name"]').getAttribute('content')).toBe(SKY);
});

it.each([['light', false], ['dark', false], ['light', true]] as const)('a page that refuses is the tenant’s (%s, phone: %s)', async (scheme, phone) => {
  const page = await open({ scheme, ...(phone ? { viewport: PHONE } : {}) });
  await page.goto(`${place.url}/no.such.page`);
  await page.getByRole('heading', { name: 'Not found' }).waitFor();
  expect(await page.title()).toBe(`Not found · ${SKY}`);
  expect(await page.locator('.brand').innerText()).toBe(SKY);
  expect(await page.locator('.brand img').evaluate((img: HTMLImageElement) => img.naturalWidth), 'the logo').toBeGreaterThan(0);
  expect(await names(page)).toEqual([]);
  expect(await serious(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await shot(page, `refusing-${scheme}${phone ? '-phone' : ''}`);
  await page.getByRole('link', { name: 'Go to the start page' }).click();
  await page.getByRole('heading', { name: `Sign in to ${SKY}` }).waitFor();
});

const frameOf = (page: Tab): Promise<Frame> => until('the frame', async () => page.frames().find((f) => f.url().startsWith(`${place.url}/embed/`)));

async function visit(more: string, options: Parameters<typeof open>[0] = {}): Promise<Tab> {
  orbit.body = `<script>heard = []; addEventListener('insula:error', (e) => heard.push(e.detail.code), true)</script>${element(flights, more)}`;
  const page = await open(options);
  await page.goto(`${orbit.origin}/`);
  return page;
}

it('an embed names the platform nowhere, nor does what it says to whoever builds the page', async () => {
  const page = await visit('debug');
  const frame = await frameOf(page);
  await frame.locator('.kpi .value').first().waitFor();
  await frame.getByText('What the token says').waitFor({ state: 'attached' });
  // What the token says is for programs: its audience and its type have names.
  expect((await names(frame)).map((text) => text.trim())).toEqual(['insula:embed', 'insula-embed+jwt']);
  expect(await names(page), 'the page around it').toEqual([]);
  const bare = await open();
  await bare.goto(flights.src);
  await bare.locator('[data-code="embed.no_token"]').waitFor();
  expect(await names(bare), 'without a token').toEqual([]);
});

it.each([['light', false], ['dark', false], ['light', true]] as const)('suspended, its frame says so kindly and is nobody’s (%s, phone: %s)', async (scheme, phone) => {
  await suspend(place.slug);
  try {
    // The page's own server gets no token either, and says so with an error of its own.
    const page = await visit('debug', { scheme, unwatched: true, ...(phone ? { viewport: PHONE } : {}) });
    const frame = await frameOf(page);
    await frame.locator('[data-code="tenant.suspended"]').waitFor();
    // The panel for whoever builds the page comes after the page itself, and so does what that page is told.
    await frame.getByText('The workspace is suspended.').waitFor();
    expect(await frame.title()).toBe('Dashboards');
    await until('the page around it to hear of it', () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.includes('tenant.suspended')));
    const html = await frame.content();
    for (const own of [SKY, 'Sky &amp; Sea', 'Aero Nord', 'aa0044', '/brand/']) expect(html).not.toContain(own);
    expect(await names(frame)).toEqual([]);
    expect(await serious(frame)).toEqual([]);
    await shot(page, `suspended-frame-${scheme}${phone ? '-phone' : ''}`);

    const door = await open({ scheme, ...(phone ? { viewport: PHONE } : {}) });
    await door.goto(`${place.url}/`);
    await door.getByRole('heading', { name: 'This workspace is suspended' }).waitFor();
    expect(await names(door)).toEqual([]);
    expect(await serious(door)).toEqual([]);
    await shot(door, `suspended-door-${scheme}${phone ? '-phone' : ''}`);
  } finally {
    await resume(place.slug);
  }
});

it('the reference at its address is nobody’s', async () => {
  const page = await open();
  for (const path of ['/docs', '/docs/problems', '/docs/problems/tenant.suspended']) {
    await page.goto(place.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await names(page), path).toEqual([]);
  }
  const { body } = await send('GET', `${place.url}${apiRoot('')}/openapi.json`);
  expect((body as { info: { title: string } }).info.title).toBe('Workspace API');
});
