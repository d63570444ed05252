/** A dashboard answers what it is asked: ranges, comparison, tables behind charts, sample data. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import readExcelFile from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asMember, computed, inBrowser, settled } from './browser';
import { demo, erase, type Place, provision, tenant, until } from './installation';

inBrowser();
const numbers = async (page: Page) => (await page.locator('.kpi .value').allInnerTexts()).join(' | ');

describe('the range', () => {
  it('changes the numbers, stands in the address and goes back', async () => {
    const page = await asMember(tenant('acme'));
    await settled(page);
    const before = await numbers(page);
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('button', { name: 'Last 7 days' }).click();
    await until('other numbers', async () => (await numbers(page)) !== before);
    expect(new URL(page.url()).searchParams.get('last')).toBe('7d');
    await page.goBack();
    await until('the first numbers', async () => (await numbers(page)) === before);
  });

  it('takes two days, the last one included', async () => {
    const page = await asMember(tenant('acme'));
    await settled(page);
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByLabel('First day').fill('2026-01-01');
    await page.getByLabel('Last day').fill('2026-01-31');
    await page.getByRole('button', { name: 'Show these days' }).click();
    await until('both dates in the address', async () => page.url().includes('from=2026-01-01&to=2026-02-01'));
    await settled(page);
  });
});

it('a stretch of a chart becomes the range', async () => {
  const page = await asMember(tenant('acme'));
  await settled(page);
  const plot = page.locator('.plot').first();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (!box) throw new Error('The chart is nowhere.');
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await until('two dates in the address', async () => /from=\d{4}-.*to=\d{4}-/.test(page.url()));
  await settled(page);
  expect(await page.locator('.frame .problem').count()).toBe(0);
});

it('what a dashboard is filtered by says what values there are', async () => {
  const page = await asMember(tenant('acme'));
  await settled(page);
  const chips = page.getByRole('group', { name: 'Filters' });
  await chips.getByRole('button').first().click();
  await page.getByRole('dialog').getByRole('checkbox').first().waitFor();
  const all = await page.getByRole('dialog').getByRole('checkbox').count();
  const name = await page.getByRole('dialog').locator('li .label').first().innerText();
  await page.getByRole('searchbox').fill(name);
  await until('fewer values', async () => (await page.getByRole('dialog').getByRole('checkbox').count()) < all);
});

it('how often a dashboard asks again is remembered in the address', async () => {
  const page = await asMember(tenant('acme'));
  await settled(page);
  await page.getByRole('button', { name: 'More of this dashboard' }).click();
  await page.getByRole('menuitemradio', { name: 'Never refresh' }).click();
  expect(new URL(page.url()).searchParams.get('refresh')).toBe('off');
  await page.getByRole('button', { name: 'More of this dashboard' }).click();
  expect(await page.getByRole('menuitemradio', { name: 'Never refresh' }).getAttribute('aria-checked')).toBe('true');
});

it('on paper there is nothing to press, and dark is light', async () => {
  const page = await asMember(tenant('acme'), { scheme: 'dark' });
  await settled(page);
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('navigation', { name: 'Main' }).isVisible()).toBe(false);
  expect(await page.getByRole('button', { name: 'Compare' }).isVisible()).toBe(false);
  expect(await computed(page, '--text')).not.toMatch(/oklch\(0\.9/);
});

it('comparing can be switched off and on', async () => {
  const page = await asMember(tenant('acme'));
  await settled(page);
  const toggle = page.getByRole('button', { name: 'Compare' });
  const was = (await page.locator('.kpi .change').count()) > 0;
  await toggle.click();
  await until('the comparison to change', async () => ((await page.locator('.kpi .change').count()) > 0) !== was);
  await toggle.click();
  await until('the comparison to come back', async () => ((await page.locator('.kpi .change').count()) > 0) === was);
});

it.each(demo.map((t) => [t.slug, t] as const))('%s: every chart has its table and its files', async (_slug, place) => {
  const page = await asMember(place);
  await settled(page);
  const charts = page.locator('.frame').filter({ has: page.locator('.kpi, .plot, ul[aria-label]') });
  const count = await charts.count();
  expect(count).toBeGreaterThan(0);
  for (let i = 0; i < count; i += 1) {
    const frame = page.locator('.frame').nth(i);
    await frame.hover();
    await frame.getByRole('button', { name: /: more$/ }).click();
    await page.getByRole('menuitem', { name: 'Show as table' }).click();
    await frame.locator('tbody tr').first().waitFor();
    await frame.getByRole('button', { name: /: more$/ }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Download as CSV' }).click()]);
    expect(file.suggestedFilename()).toMatch(/\.csv$/);
    await frame.getByRole('button', { name: /: more$/ }).click();
    const [book] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Download as Excel' }).click()]);
    expect(book.suggestedFilename()).toMatch(/\.xlsx$/);
    const [sheet] = await readExcelFile(await book.path());
    const shown = await frame.locator('tbody tr').count();
    expect(sheet?.data.length).toBeGreaterThanOrEqual(shown + 1);
    expect(sheet?.data[1]?.some((cell) => typeof cell === 'number')).toBe(true);
  }
});

it('all rows behind a number are taken along, also those that were not looked at', async () => {
  const page = await asMember(tenant('acme'));
  await settled(page);
  const frame = page.locator('.frame').filter({ has: page.locator('.plot') }).first();
  await frame.hover();
  await frame.getByRole('button', { name: /: more$/ }).click();
  await page.getByRole('menuitem', { name: 'Show the rows behind it' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('tbody tr').first().waitFor();
  await dialog.getByRole('button', { name: 'Show more rows' }).waitFor();
  const seen = await dialog.locator('tbody tr').count();
  const [book] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Download all rows as Excel' }).click()]);
  const [sheet, about] = await readExcelFile(await book.path());
  expect(sheet?.data.length).toBeGreaterThan(seen + 1);
  expect(sheet?.data[1]?.[0]).toBeInstanceOf(Date);
  expect(about?.data.some(([name]) => name === 'Times in')).toBe(true);
  const [plain] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Download all rows as CSV' }).click()]);
  const lines = readFileSync(await plain.path(), 'utf8').trimEnd().split('\r\n');
  expect(lines.length).toBe(sheet?.data.length);
});

it('a chart can be read with the arrow keys', async () => {
  const page = await asMember(tenant('acme'));
  await settled(page);
  const plot = page.locator('.plot').first();
  await plot.focus();
  await page.keyboard.press('End');
  await page.locator('.readout').waitFor();
  const last = await page.locator('.readout .when').innerText();
  await page.keyboard.press('ArrowLeft');
  await until('the value to the left', async () => (await page.locator('.readout .when').innerText()) !== last);
});

describe('a tenant of its own', () => {
  let place: Place;
  beforeAll(async () => {
    place = await provision();
  });
  afterAll(() => erase(place.slug));

  it('a favourite comes first, in lists and at the side, and is marked by keyboard too', async () => {
    const page = await asMember(place, { path: '/dashboards' });
    await page.evaluate(async () => {
      const body = JSON.stringify({ name: 'Zebra', config: { range: { last: '30d' }, widgets: [], layout: [] } });
      await fetch('/api/v1/dashboards', { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }, body });
    });
    await page.reload();
    const listed = () => page.locator('main li .name').allInnerTexts();
    const aside = async () => (await page.locator('nav .group').first().locator('li').allInnerTexts()).map((t) => t.trim());
    const star = page.getByRole('button', { name: 'Zebra: favourite' });
    await star.waitFor();
    const before = await listed();
    expect([before.at(-1), await star.getAttribute('aria-pressed')]).toEqual(['Zebra', 'false']);
    await star.focus();
    await page.keyboard.press('Enter');
    await until('it to be the first', async () => (await listed())[0] === 'Zebra');
    expect([await star.getAttribute('aria-pressed'), (await aside())[0]]).toEqual(['true', 'Zebra']);
    await until('the focus to stay', () => star.evaluate((button) => button === document.activeElement));

    await page.getByRole('main').getByRole('link', { name: 'Zebra' }).click();
    await page.getByRole('heading', { name: 'Zebra', level: 1 }).waitFor();
    await star.click();
    await until('it to be no favourite', async () => (await star.getAttribute('aria-pressed')) === 'false');
    await until('its old place', async () => (await aside()).indexOf('Zebra') === before.length - 1);
    await page.getByRole('link', { name: 'All dashboards' }).click();
    await star.waitFor();
    expect(await listed()).toEqual(before);
    await page.evaluate(async () => {
      const { items } = await (await fetch('/api/v1/dashboards')).json();
      await fetch(`/api/v1/dashboards/${items.find((d: { name: string }) => d.name === 'Zebra').id}`, { method: 'DELETE' });
    });
  });

  it('a dashboard is made from a template, renamed and deleted', async () => {
    const page = await asMember(place, { path: '/dashboards' });
    await page.getByRole('button', { name: 'New dashboard' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('My figures');
    await page.getByRole('button', { name: 'Create dashboard' }).click();
    await page.getByRole('heading', { name: 'My figures', level: 1 }).waitFor();
    await settled(page);
    expect(await page.locator('.frame .problem').count(), 'widgets of the template that cannot be answered').toBe(0);

    await page.getByRole('link', { name: 'All dashboards' }).click();
    await page.getByRole('button', { name: 'My figures: more' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Our figures');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('button', { name: 'Our figures: more' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete dashboard' }).click();
    await page.getByRole('button', { name: 'Our figures: more' }).waitFor({ state: 'detached' });
  });

  it('the sample data says that it is that, and goes away with one click', async () => {
    const page = await asMember(place);
    await page.getByText('There is sample data in this workspace.').waitFor();
    await page.getByRole('button', { name: 'Remove sample data' }).click();
    await page.getByText(/The sample data is gone/).waitFor();
    await page.getByText('There is sample data in this workspace.').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.getByText('No data yet').waitFor();
    expect(await page.getByLabel('the command', { exact: true }).innerText()).toContain(new URL(place.url).host);
  });
});
