/**
 * One way through the product without a mouse: in, to a dashboard, asked another range, narrowed, looked behind, arranged
 * anew, taken back and saved. Wherever something closes or is drawn anew, the focus is where one goes on from.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inBrowser, open, settled } from './browser';
import { erase, type Place, provision, until } from './installation';

inBrowser();
let place: Place;
beforeAll(async () => {
  place = await provision();
});
afterAll(() => erase(place.slug));

/** What has the focus, as it is read out; nothing when it is lost. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const on = document.activeElement;
    if (!on || on === document.body) return '';
    const labels = on instanceof HTMLInputElement ? [...(on.labels ?? [])].map((l) => l.textContent) : [];
    return (on.getAttribute('aria-label') ?? (labels.join(' ') || on.textContent) ?? '').replaceAll(/\s+/g, ' ').trim();
  });

const seen = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const on = document.activeElement;
    const box = on?.getBoundingClientRect();
    return !!on && !!box && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && on.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  });

/** Pressed until the name fits; what it comes by can be seen all the way. */
async function reach(page: Page, name: RegExp, key = 'Tab'): Promise<string> {
  const passed: string[] = [];
  for (let i = 0; i < 90; i += 1) {
    const now = await focused(page);
    if (name.test(now)) {
      await until(`${now}, which has the focus, to be seen`, () => seen(page), 2_000);
      return now;
    }
    passed.push(now);
    await page.keyboard.press(key);
  }
  throw new Error(`No ${key} leads to ${name}, only to: ${passed.join(' | ')}`);
}
const has = (page: Page, name: RegExp) => until(`the focus on ${name}`, async () => name.test(await focused(page)));

it('from the door to a saved dashboard', async () => {
  const page = await open({ viewport: { width: 1440, height: 900 } });
  const { keyboard } = page;
  await page.goto(place.url);
  await has(page, /^E-mail/);
  await keyboard.type(place.owner.email);
  await keyboard.press('Tab');
  await keyboard.type(place.owner.password);
  await keyboard.press('Enter');
  await page.locator('#main').waitFor();
  await settled(page);

  // The list, and a dashboard of it.
  await keyboard.press('g');
  await keyboard.press('d');
  await has(page, /^Dashboards$/);
  await settled(page);
  await reach(page, /^Overview/);
  await keyboard.press('Enter');
  await has(page, /^Overview$/);
  await settled(page);

  // Another range.
  await reach(page, /^Time range/);
  await keyboard.press('Enter');
  await has(page, /^Last 30 days$/);
  await reach(page, /^Last 90 days$/);
  await keyboard.press('Enter');
  await until('the range in the address', async () => page.url().includes('last=90d'));
  await settled(page);
  await has(page, /^Time range: Last 90 days$/);

  // Narrowed by what a chart shows, and as it was before.
  const bar = await reach(page, /^(Organic search|Paid ads|Direct)$/);
  await keyboard.press('Enter');
  await until('the filter in the address', async () => page.url().includes('filters='));
  await settled(page);
  expect(await focused(page), 'what was chosen still has the focus').toBe(bar);
  await reach(page, /^Clear filters$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await until('no filter in the address', async () => !page.url().includes('filters='));
  await settled(page);
  expect(await focused(page), 'the focus is on the filter beside').toMatch(/: All$/);

  // A widget's menu, the rows behind it, and back.
  const menu = await reach(page, /: more$/);
  await keyboard.press('Enter');
  await has(page, /^Show as table$/);
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /: rows$/ });
  await dialog.locator('tbody tr').first().waitFor();
  await keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await focused(page), 'the focus is back').toBe(menu);

  // Arranged anew, taken back in part, saved.
  await reach(page, /^Edit$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await page.getByRole('group', { name: 'Widgets' }).waitFor();
  await settled(page);
  await reach(page, /, column 1, row 1,/);
  await keyboard.press('ArrowDown');
  await has(page, /, column 1, row 2,/);
  const moved = await focused(page);
  await keyboard.press('Shift+ArrowRight');
  await until('it to be wider', async () => (await focused(page)) !== moved && /column 1, row 2/.test(await focused(page)));
  await keyboard.press('Control+z');
  await until('its old width', async () => (await focused(page)) === moved);
  await keyboard.press('Control+s');
  await page.getByText('Not saved', { exact: true }).waitFor({ state: 'detached' });
  expect(await focused(page), 'saving leaves the focus where it is').toBe(moved);

  // Its settings, and back to the dashboard.
  await keyboard.press('Enter');
  await reach(page, /^Title/);
  await reach(page, /^Back to the dashboard$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await page.getByRole('button', { name: /^Time range/ }).waitFor();
  await has(page, /^Overview$/);
}, 60_000);
