/** Nothing serious stands in the way of people who cannot see, or not well: axe-core on every page, light and dark. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { asMember, asOperator, inBrowser, open, settled } from './browser';
import { consoleUrl, tenant } from './installation';
import { MEMBER_PAGES, operatorPages } from './pages';

inBrowser();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const acme = tenant('acme');

/** What moves has come to rest: half faded in, a text has a contrast that nobody reads it at. */
async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((a) => a.finished));
  });
}

async function serious(page: Page): Promise<string[]> {
  await still(page);
  // Evaluated by the debugger, which no content security policy stops.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`));
}

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
    expect(await serious(page), 'invite').toEqual([]);
    await page.goto(`${acme.url}/api-keys`);
    await settled(page);
    await page.getByRole('button', { name: 'New key' }).first().click();
    expect(await serious(page), 'new key').toEqual([]);
    await page.goto(`${acme.url}/dashboards`);
    await settled(page);
    await page.getByRole('button', { name: 'New dashboard' }).first().click();
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
