/** Nothing serious stands in the way of people who cannot see, or not well: axe-core on every page, light and dark. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { serious } from './axe';
import { asMember, asOperator, inBrowser, open, settled } from './browser';
import { consoleUrl, tenant } from './installation';
import { MEMBER_PAGES, operatorPages } from './pages';

inBrowser();
const acme = tenant('acme');

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  it('a member’s pages', async () => {
    const page = await asMember(acme, { scheme });
    for (const [name, path] of Object.entries(MEMBER_PAGES)) {
      await page.goto(acme.url + path);
      await settled(page);
      expect(await serious(page), name).toEqual([]);
    }
  }, 120_000);

  it('a member’s dialogs', async () => {
    const page = await asMember(acme, { scheme, path: '/members' });
    await settled(page);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await serious(page), 'invite').toEqual([]);
    await page.goto(`${acme.url}/api-keys`);
    await settled(page);
    await page.getByRole('button', { name: 'New key' }).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await serious(page), 'new key').toEqual([]);
    await page.goto(`${acme.url}/dashboards`);
    await settled(page);
    await page.getByRole('button', { name: 'New dashboard' }).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await serious(page), 'new dashboard').toEqual([]);
    await page.goto(`${acme.url}/`);
    await settled(page);
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByLabel('First day').waitFor();
    expect(await serious(page), 'time range').toEqual([]);
  }, 120_000);

  it('an operator’s pages', async () => {
    const page = await asOperator({ scheme });
    for (const [name, path] of Object.entries(operatorPages('acme'))) {
      await page.goto(consoleUrl + path);
      await settled(page);
      expect(await serious(page), name).toEqual([]);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    expect(await serious(page), 'palette').toEqual([]);
  }, 120_000);

  it('the doors', async () => {
    const page = await open({ scheme });
    for (const url of [`${acme.url}/sign-in`, `${consoleUrl}/sign-in`, `${acme.url}/invitation/nothing`]) {
      await page.goto(url);
      await settled(page);
      expect(await serious(page), url).toEqual([]);
    }
  });
});
