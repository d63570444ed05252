/** 375 pixels are a real size: no page scrolls sideways, and the menu is within reach. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { asMember, asOperator, inBrowser, open, PHONE, settled } from './browser';
import { consoleUrl, tenant } from './installation';
import { ALL_NAMES, ELSEWHERE, MEMBER_PAGES, operatorPages } from './pages';

inBrowser();
const acme = tenant('acme');

/** How many pixels stick out, and of what. */
const sideways = (page: Page) =>
  page.evaluate(() => {
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over <= 0) return '';
    const widest = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => `${e.tagName.toLowerCase()}.${e.className}`);
    return `${over} px: ${widest.slice(0, 3).join(', ')}`;
  });

it('no page is forgotten', () => {
  const looked = [...Object.keys(MEMBER_PAGES), ...Object.keys(operatorPages('acme')), ...Object.keys(ELSEWHERE)];
  for (const name of ALL_NAMES) expect(looked).toContain(name);
});

describe('a member’s pages', () => {
  it('fit', async () => {
    const page = await asMember(acme, { viewport: PHONE });
    for (const [name, path] of Object.entries(MEMBER_PAGES)) {
      await page.goto(acme.url + path);
      await settled(page);
      expect(await sideways(page), name).toBe('');
    }
  });
  it('the menu opens, leads on and closes', async () => {
    const page = await asMember(acme, { viewport: PHONE });
    await settled(page);
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Members' }).click();
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).waitFor({ state: 'hidden' });
  });
});

it('an operator’s pages fit', async () => {
  const page = await asOperator({ viewport: PHONE });
  for (const [name, path] of Object.entries(operatorPages('acme'))) {
    await page.goto(consoleUrl + path);
    await settled(page);
    expect(await sideways(page), name).toBe('');
  }
  await page.goto(`${consoleUrl}/operations`);
  await page.locator('tbody a').first().click();
  await settled(page);
  expect(await sideways(page), 'operation').toBe('');
});

it('the doors fit', async () => {
  const page = await open({ viewport: PHONE });
  for (const url of [`${acme.url}/sign-in`, `${consoleUrl}/sign-in`, `${acme.url}/invitation/nothing`]) {
    await page.goto(url);
    await settled(page);
    expect(await sideways(page), url).toBe('');
  }
});
