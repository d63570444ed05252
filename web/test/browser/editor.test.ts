/** The editor: arranging by pointer and by keyboard, adding, taking back, saving, merging, going back to an older version. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asMember, DESKTOP, inBrowser, open as fresh, PHONE, settled } from './browser';
import { erase, type Place, provision, until } from './installation';
import { apiRoot, TENANT_API, TENANT_PATTERNS, tenantPaths } from '../../app/paths';
import type { Dashboard, DashboardSummary, Page as List } from '../../wire/shapes';

inBrowser();

let place: Place;
let path: string;
let id: string;

beforeAll(async () => {
  place = await provision();
});
afterAll(() => erase(place.slug));

/** What the server has, as the page's own session reads it. */
const stored = (page: Page): Promise<Dashboard> => page.evaluate(async (url) => (await fetch(url)).json(), apiRoot('') + TENANT_API.dashboard(id));
const tile = (page: Page, title: string) => page.getByRole('button', { name: new RegExp(`^${title}, `) }).first();
const spot = async (page: Page, title: string) => (await tile(page, title).getAttribute('aria-label'))?.replace(/^.*?, .*?, /, '') ?? '';
const saved = (page: Page) => page.getByText('Not saved').waitFor({ state: 'detached' });

async function open(options: { viewport?: { width: number; height: number }; scheme?: 'light' | 'dark' } = {}): Promise<Page> {
  const page = await asMember(place, { viewport: { ...DESKTOP, width: 1440, height: 1000 }, ...options, path });
  await page.getByRole('group', { name: 'Widgets' }).waitFor();
  await settled(page);
  return page;
}

/** Somebody else's change, which the page does not hear of. */
async function meanwhile(page: Page, change: (dashboard: Dashboard) => void): Promise<void> {
  const now = await stored(page);
  change(now);
  const { name, description, config, version } = now;
  const status = await page.evaluate(
    async ([url, body, match]) => (await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json', 'if-match': match }, body })).status,
    [apiRoot('') + TENANT_API.dashboard(id), JSON.stringify({ name, description, config }), `"${version}"`] as const,
  );
  expect(status).toBe(200);
}

beforeEach(async () => {
  if (id) return;
  const page = await asMember(place);
  await settled(page);
  const list = await page.evaluate(async (url) => (await fetch(url)).json() as Promise<List<DashboardSummary>>, apiRoot('') + TENANT_API.dashboards());
  id = list.items.find((d) => d.default)?.id ?? '';
  path = tenantPaths('').dashboardEdit(id);
  expect(TENANT_PATTERNS.dashboardEdit.replace(':id', id)).toBe(path);
});

describe('arranging', () => {
  it('by pointer: a widget is dragged, what is in its way goes down, Escape leaves all as it was', async () => {
    const page = await open();
    const before = await stored(page);
    const first = before.config.widgets[0]?.title ?? '';
    const handle = await tile(page, first).boundingBox();
    if (!handle) throw new Error('The first widget is not there.');
    const at = { x: handle.x + 40, y: handle.y + 20 };
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 10, at.y + 10);
    await page.mouse.move(at.x, at.y + 4 * 88, { steps: 8 });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await spot(page, first)).toMatch(/^column 1, row 1,/);

    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x, at.y + 2 * 88, { steps: 8 });
    await page.mouse.up();
    expect(await spot(page, first)).toMatch(/^column 1, row 3,/);
    await page.getByText('Not saved').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await saved(page);
    const after = await stored(page);
    const placeOf = (d: Dashboard, w: string) => d.config.layout.find((p) => p.widget === w);
    expect(placeOf(after, before.config.widgets[0]?.id ?? '')?.y).toBe(2);
    expect(after.config.layout.some((p) => (placeOf(before, p.widget)?.y ?? 0) < p.y && p.widget !== before.config.widgets[0]?.id)).toBe(true);
  });

  it('by the lower right corner it is resized', async () => {
    const page = await open();
    const first = (await stored(page)).config.widgets[0]?.title ?? '';
    const was = await spot(page, first);
    const box = await tile(page, first).boundingBox();
    if (!box) throw new Error('The first widget is not there.');
    await page.mouse.move(box.x + box.width - 8, box.y + box.height - 8);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 8, box.y + box.height - 8 + 88, { steps: 6 });
    await page.mouse.up();
    const high = (text: string) => Number(/(\d+) high/.exec(text)?.[1]);
    expect(high(await spot(page, first))).toBe(high(was) + 1);
    await page.keyboard.press('Control+z');
    expect(await spot(page, first)).toBe(was);
  });

  it('by keyboard: arrows move, shift and arrows resize, and it is read out', async () => {
    const page = await open();
    const first = (await stored(page)).config.widgets[0]?.title ?? '';
    const was = await spot(page, first);
    await tile(page, first).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    const said = page.locator('[aria-live="polite"][role="status"]').last();
    expect(await said.innerText()).toContain('column 2');
    await page.keyboard.press('Shift+ArrowRight');
    const now = await spot(page, first);
    const part = (text: string, what: RegExp) => Number(what.exec(text)?.[1]);
    expect(part(now, /column (\d+)/)).toBe(2);
    expect(part(now, /(\d+) wide/)).toBe(part(was, /(\d+) wide/) + 1);
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('Control+z');
    expect(await spot(page, first)).toBe(was);
    await page.keyboard.press('Shift+Control+z');
    expect(await spot(page, first)).not.toBe(was);
  });
});

it('a widget is added from the gallery, changed with its numbers beside it, taken back and saved', async () => {
  const page = await open();
  const count = async () => page.locator('.tile').count();
  const before = await count();
  await page.getByRole('button', { name: 'Add a widget' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a widget' });
  await dialog.getByRole('region', { name: 'Bars' }).getByRole('button').first().click();
  await dialog.waitFor({ state: 'detached' });
  expect(await count()).toBe(before + 1);
  const panel = page.getByRole('region', { name: 'Widget settings' });
  await panel.getByLabel('Title').fill('Made by a test');
  await tile(page, 'Made by a test').waitFor();
  await until('its bars', async () => (await tile(page, 'Made by a test').locator('li').count()) > 0);
  const bars = () => tile(page, 'Made by a test').locator('li').count();
  await panel.getByLabel('At most').fill('2');
  await panel.getByLabel('At most').press('Tab');
  await until('two bars', async () => (await bars()) === 2);
  await panel.getByLabel('Picture').selectOption({ label: 'Table' });
  await tile(page, 'Made by a test').locator('tbody tr').first().waitFor();
  await panel.getByRole('button', { name: 'Duplicate' }).click();
  expect(await count()).toBe(before + 2);
  await page.getByRole('region', { name: 'Widget settings' }).getByRole('button', { name: 'Delete widget' }).click();
  expect(await count()).toBe(before + 1);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await count()).toBe(before + 2);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await count()).toBe(before + 1);
  await page.keyboard.press('Control+s');
  await saved(page);
  const made = (await stored(page)).config.widgets.at(-1);
  expect([made?.title, made?.kind, made && 'question' in made ? made.question.limit : null]).toEqual(['Made by a test', 'table', 2]);
  await page.getByRole('link', { name: 'Back to the dashboard' }).click();
  await page.getByRole('heading', { name: 'Made by a test' }).waitFor();
});

it('a text is written with its picture beside it, and saved', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Add a widget' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a widget' });
  await dialog.getByRole('region', { name: 'Text', exact: true }).getByRole('button').first().click();
  await dialog.waitFor({ state: 'detached' });
  const panel = page.getByRole('region', { name: 'Widget settings' });
  await panel.getByLabel('Title').fill('Notes of a test');
  await panel.getByLabel('Text', { exact: true }).fill('# A heading\n\nWith **weight**.');
  await tile(page, 'Notes of a test').locator('strong').getByText('weight').waitFor();
  // Without a word it is not saved, and that is said where it can be put right.
  await panel.getByLabel('Text', { exact: true }).fill(' ');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('“Notes of a test”: Write something').waitFor();
  await panel.getByLabel('Text', { exact: true }).fill('# A heading\n\nWith **weight**.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await saved(page);
  const made = (await stored(page)).config.widgets.at(-1);
  expect(made).toMatchObject({ kind: 'markdown', title: 'Notes of a test', options: { text: '# A heading\n\nWith **weight**.' } });
});

it('a formula is written, and what is wrong in it is shown under its character', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Add a widget' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a widget' });
  await dialog.getByRole('region', { name: 'Key figure' }).getByRole('button').first().click();
  await dialog.waitFor({ state: 'detached' });
  const panel = page.getByRole('region', { name: 'Widget settings' });
  await panel.getByLabel('Title').fill('Worked out');
  await panel.getByLabel('How measure 1 is counted').selectOption('formula');
  const field = panel.getByLabel('Formula', { exact: true });
  const right = await field.inputValue();
  expect(right).toMatch(/^\w+\(\w*\)$/);
  await field.fill(`2 * nothing_is_called_so`);
  await panel.locator('pre').getByText('^').waitFor();
  expect((await panel.locator('pre').innerText()).split('\n')[1]).toBe('    ^');
  await field.fill(`${right} / 2`);
  await panel.locator('pre').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await saved(page);
  const made = (await stored(page)).config.widgets.at(-1);
  expect(made && 'question' in made ? made.question.measures[0] : null).toMatchObject({ formula: `${right} / 2` });
});

it('what people filter by is chosen, and stays when something else is changed', async () => {
  const page = await open();
  const settings = page.getByRole('region', { name: 'Dashboard settings' });
  const before = (await stored(page)).config.filters ?? [];
  // All that there is to filter by is offered already; what is taken away can be added again.
  await settings.getByRole('button', { name: 'Remove filter 1' }).click();
  await settings.getByRole('button', { name: 'Add a filter' }).click();
  await settings.getByLabel(`Name of filter ${before.length}`).fill('Called so here');
  await settings.getByLabel(`Name of filter ${before.length}`).press('Tab');
  await settings.getByLabel('Description').fill('With a filter');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await saved(page);
  const { config } = await stored(page);
  expect(config.filters).toHaveLength(before.length);
  expect(config.filters?.at(-1)?.dimension).toBe(before[0]?.dimension);
  expect(config.filters?.at(-1)?.label).toBe('Called so here');
});

it('what is not saved is not left behind unasked', async () => {
  const page = await open();
  await page.getByLabel('Description').fill('Not yet');
  await page.getByRole('link', { name: 'Back to the dashboard' }).click();
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(page.url()).toContain('/edit');
  await page.getByRole('link', { name: 'Back to the dashboard' }).click();
  await dialog.getByRole('button', { name: 'Leave', exact: true }).click();
  await page.getByRole('button', { name: /^Time range/ }).waitFor();
});

it('a second session: what contradicts nothing is brought together, what does is chosen', async () => {
  const page = await open();
  const config = (await stored(page)).config;
  const [a, b] = [config.widgets[0], config.widgets[1]];
  if (!a || !b) throw new Error('The dashboard has too few widgets for this test.');
  // Mine: the title of the first. Theirs: the title of the second.
  await tile(page, a.title).click();
  await page.getByRole('region', { name: 'Widget settings' }).getByLabel('Title').fill('Mine');
  await meanwhile(page, (d) => d.config.widgets.forEach((w) => w.id === b.id && (w.title = 'Theirs')));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'This dashboard was changed meanwhile' });
  await dialog.getByText(`“${b.title}”`).or(dialog.getByText('“Theirs”')).first().waitFor();
  await dialog.getByRole('button', { name: 'Save both' }).click();
  await saved(page);
  const titles = (d: Dashboard) => [a.id, b.id].map((w) => d.config.widgets.find((x) => x.id === w)?.title);
  expect(titles(await stored(page))).toEqual(['Mine', 'Theirs']);

  // Both the same title: nothing is saved before one of them is chosen.
  await page.getByRole('region', { name: 'Widget settings' }).getByLabel('Title').fill('Mine again');
  await meanwhile(page, (d) => d.config.widgets.forEach((w) => w.id === a.id && (w.title = 'Theirs again')));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.getByRole('button', { name: '1 to choose' }).waitFor();
  expect(await dialog.getByRole('button', { name: '1 to choose' }).isDisabled()).toBe(true);
  await dialog.getByRole('radio', { name: /Theirs again/ }).check({ force: true });
  await dialog.getByRole('button', { name: 'Save both' }).click();
  await dialog.waitFor({ state: 'detached' });
  await saved(page);
  expect(titles(await stored(page))).toEqual(['Theirs again', 'Theirs']);
});

it('an older version is looked at and restored', async () => {
  const page = await open();
  const now = await stored(page);
  await page.getByRole('button', { name: 'Versions' }).click();
  const versions = page.getByRole('region', { name: 'Earlier versions' });
  await versions.getByRole('button', { name: /^Version 1\b/ }).click();
  await page.getByRole('button', { name: 'Restore this version' }).waitFor();
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Restore this version' }).click();
  await page.getByText('Version 1 is shown again.').waitFor();
  const restored = await stored(page);
  expect(restored.version).toBe(now.version + 1);
  expect(restored.config.widgets.some((w) => w.title === 'Made by a test')).toBe(false);
  await versions.getByRole('button', { name: new RegExp(`^Version ${restored.version}\\b.*As in version 1`, 's') }).waitFor();
});

it('who may only look is told so', async () => {
  const owner = await asMember(place, { path: '/members' });
  await settled(owner);
  const link = await owner.evaluate(async (url) => {
    const made = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': `editor-${crypto.randomUUID()}` }, body: JSON.stringify({ email: 'viewer@editor.test', role: 'viewer' }) });
    return ((await made.json()) as { link: string }).link;
  }, apiRoot('') + TENANT_API.invitations());
  const page = await asViewer(new URL(link).pathname);
  await page.goto(place.url + path);
  await page.getByText('You may look at this dashboard, not change it').waitFor();
  await page.getByRole('link', { name: 'Back to the dashboard' }).click();
  await settled(page);
  expect(await page.getByRole('link', { name: 'Edit', exact: true }).count()).toBe(0);
});

async function asViewer(invitation: string): Promise<Page> {
  const page = await fresh();
  await page.goto(place.url + invitation);
  await page.getByLabel('Your name').fill('Vera');
  await page.getByLabel('Choose a password').fill('lantern-in-the-harbour-7');
  await page.getByRole('button', { name: /^Join/ }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return page;
}

it('on a phone the page does not scroll sideways, and the preview is one column', async () => {
  const page = await open({ viewport: PHONE });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(await wide()).toBe(false);
  await page.getByRole('radio', { name: 'Phone' }).check({ force: true });
  await settled(page);
  expect(await wide()).toBe(false);
  const boxes = await page.locator('.phone .cell').evaluateAll((cells) => cells.map((c) => Math.round(c.getBoundingClientRect().x)));
  expect(new Set(boxes).size).toBe(1);
});

