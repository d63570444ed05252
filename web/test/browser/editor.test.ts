/** The editor: arranging by pointer and by keyboard, adding, taking back, saving, merging, going back to an older version. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serious } from './axe';
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
const saved = (page: Page) => page.getByText('Not saved', { exact: true }).waitFor({ state: 'detached' });

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
    await page.getByText('Not saved', { exact: true }).waitFor();
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

describe('two members at once', () => {
  const first = async (page: Page) => {
    const [a, b] = (await stored(page)).config.widgets;
    if (!a || !b) throw new Error('The dashboard has too few widgets for this test.');
    return [a, b] as const;
  };
  const retitle = async (page: Page, from: string, to: string) => {
    await tile(page, from).click();
    await page.getByRole('region', { name: 'Widget settings' }).getByLabel('Title').fill(to);
  };
  const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();
  const titled = (d: Dashboard, id: string) => d.config.widgets.find((x) => x.id === id)?.title;

  it('both changes arrive, said by whom; taking that back gives nothing of theirs away', async () => {
    const page = await open();
    const [a, b] = await first(page);
    const ann = await invited('editor', 'Ann');
    await ann.goto(place.url + path);
    await ann.getByRole('group', { name: 'Widgets' }).waitFor();
    await settled(ann);

    await retitle(page, a.title, 'Mine');
    await retitle(ann, b.title, 'Anns');
    await ann.getByLabel('Picture').waitFor();
    await save(ann);
    await saved(ann);
    await save(page);
    const notice = page.getByRole('status').filter({ hasText: 'Ann changed 1\u00a0widget meanwhile' });
    await notice.waitFor();
    await notice.getByText('What came').click();
    await notice.getByText('“Anns”: title').waitFor();
    await tile(page, 'Anns').waitFor();
    expect(titled(await stored(page), a.id), 'nothing is saved that nobody looked at').toBe(a.title);

    // Taken back, the draft is as it was before Ann's change came, and meets it again.
    await page.getByRole('button', { name: 'Undo' }).click();
    await tile(page, b.title).waitFor();
    await save(page);
    await tile(page, 'Anns').waitFor();
    await save(page);
    await saved(page);
    await notice.waitFor({ state: 'detached' });
    const now = await stored(page);
    expect([titled(now, a.id), titled(now, b.id)]).toEqual(['Mine', 'Anns']);
  });

  it('a contradiction is shown with both sides, chosen by keyboard, taken back, and saved over theirs', async () => {
    const page = await open();
    const [a, b] = await first(page);
    await retitle(page, a.title, 'Mine again');
    await tile(page, b.title).focus();
    await page.keyboard.press('Shift+ArrowDown');
    await meanwhile(page, (d) => {
      d.config.range = { last: '7d' };
      for (const w of d.config.widgets) if (w.id === a.id) w.title = 'Theirs again';
      // Lower than all others, where there is room.
      const end = Math.max(...d.config.layout.map((p) => p.y + p.h));
      for (const p of d.config.layout) if (p.widget === b.id) p.y = end;
    });
    await save(page);
    const dialog = page.getByRole('dialog', { name: 'This dashboard was changed meanwhile' });
    await dialog.getByText('Besides, you (in another window) changed the time range; that is taken over').waitFor();
    const button = dialog.getByRole('button', { name: /to choose$/ });
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'All yours' }).click();
    await dialog.getByText(/^(\d) of \1 chosen$/).waitFor();
    await page.keyboard.press('Control+z');
    await dialog.getByText(/^0 of \d chosen$/).waitFor();
    await dialog.getByRole('button', { name: 'All yours' }).click();
    const title = dialog.getByRole('region', { name: '“Mine again” or “Theirs again”' });
    await title.getByRole('radio', { name: /Mine again/ }).focus();
    await page.keyboard.press('ArrowDown');
    expect(await title.getByRole('radio', { name: /Theirs again/ }).isChecked()).toBe(true);
    expect(await serious(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await saved(page);
    const now = await stored(page);
    expect([titled(now, a.id), now.config.range]).toEqual(['Theirs again', { last: '7d' }]);
    expect(now.config.layout.find((p) => p.widget === b.id)?.y, 'mine').toBe(0);
  });

  it('what contradicts as a picture is drawn on both sides, and mine is kept as a copy', async () => {
    const page = await open({ viewport: PHONE });
    const before = (await stored(page)).name;
    const bars = (await stored(page)).config.widgets.find((w) => w.kind === 'bar');
    if (!bars) throw new Error('The dashboard has no bars for this test.');
    await tile(page, bars.title).click();
    await page.getByRole('region', { name: 'Widget settings' }).getByLabel('At most').fill('2');
    await page.getByRole('region', { name: 'Widget settings' }).getByLabel('At most').press('Tab');
    await meanwhile(page, (d) => d.config.widgets.forEach((w) => w.id === bars.id && 'question' in w && (w.question.limit = 3)));
    await save(page);
    const dialog = page.getByRole('dialog', { name: 'This dashboard was changed meanwhile' });
    await dialog.getByText('limit: 2').waitFor();
    await dialog.getByText('limit: 3').waitFor();
    const drawn = (side: number) => dialog.locator('label').nth(side).locator('li').count();
    await until('two bars beside three', async () => (await drawn(0)) === 2 && (await drawn(1)) === 3);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)).toBe(false);
    await dialog.getByRole('button', { name: 'Keep yours as a copy' }).click();
    await page.getByRole('heading', { level: 1, name: `${before} (copy)` }).waitFor();
    const limit = (d: Dashboard) => d.config.widgets.flatMap((w) => (w.id === bars.id && 'question' in w ? [w.question.limit] : []));
    expect(limit(await stored(page))).toEqual([3]);
    const copy = /dashboards\/([^/]+)\/edit/.exec(page.url())?.[1] ?? '';
    expect(limit(await page.evaluate(async (url) => (await fetch(url)).json() as Promise<Dashboard>, apiRoot('') + TENANT_API.dashboard(copy)))).toEqual([2]);

    // Deleted while it is edited: what was done can still be kept.
    await settled(page);
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await page.getByLabel('Description').fill('Still wanted');
    expect(await page.evaluate(async (url) => (await fetch(url, { method: 'DELETE' })).status, apiRoot('') + TENANT_API.dashboard(copy))).toBe(204);
    await save(page);
    await page.getByText('Somebody deleted this dashboard').waitFor();
    await page.getByRole('button', { name: 'Keep yours as a copy' }).click();
    await page.waitForURL((url) => url.pathname.endsWith('/edit') && !url.pathname.includes(copy));
    await settled(page);
    expect(await page.getByLabel('Description').inputValue()).toBe('Still wanted');
  });

  it('an older version meets what was saved meanwhile', async () => {
    const page = await open();
    const [, b] = await first(page);
    await page.getByRole('button', { name: 'Versions' }).click();
    const versions = page.getByRole('region', { name: 'Earlier versions' });
    await versions.getByRole('button', { name: /^Version 1\b/ }).click();
    await page.getByRole('button', { name: 'Restore this version' }).waitFor();
    await meanwhile(page, (d) => {
      d.description = 'Said meanwhile';
      for (const w of d.config.widgets) if (w.id === b.id) w.title = 'Meanwhile';
    });
    await page.getByRole('button', { name: 'Restore this version' }).click();
    const dialog = page.getByRole('dialog', { name: 'This dashboard was changed meanwhile' });
    await dialog.getByRole('button', { name: 'All yours' }).click();
    for (const at of ['/description', `/config/widgets/${b.id}/title`]) await dialog.locator(`input[value="theirs"][name="${at}"]`).check({ force: true });
    await dialog.getByRole('button', { name: 'Save both' }).click();
    await dialog.waitFor({ state: 'detached' });
    await saved(page);
    const now = await stored(page);
    expect([now.description, titled(now, b.id)]).toEqual(['Said meanwhile', 'Meanwhile']);
    expect(now.config.widgets.some((w) => w.title === 'Made by a test')).toBe(false);
    await versions.getByRole('button', { name: new RegExp(`^Version ${now.version}\\b.*From version 1`, 's') }).waitFor();
  });
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
  const page = await invited('viewer', 'Vera');
  await page.goto(place.url + path);
  await page.getByText('You may look at this dashboard, not change it').waitFor();
  await page.getByRole('link', { name: 'Back to the dashboard' }).click();
  await settled(page);
  expect(await page.getByRole('link', { name: 'Edit', exact: true }).count()).toBe(0);
});

/** Somebody else of this workspace, on a page of their own. */
async function invited(role: 'viewer' | 'editor', name: string): Promise<Page> {
  const owner = await asMember(place, { path: '/members' });
  await settled(owner);
  const link = await owner.evaluate(
    async ([url, body]) => {
      const made = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': `editor-${crypto.randomUUID()}` }, body });
      return ((await made.json()) as { link: string }).link;
    },
    [apiRoot('') + TENANT_API.invitations(), JSON.stringify({ email: `${name.toLowerCase()}@editor.test`, role })] as const,
  );
  const page = await fresh({ viewport: { ...DESKTOP, width: 1440, height: 1000 } });
  await page.goto(place.url + new URL(link).pathname);
  await page.getByLabel('Your name').fill(name);
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

