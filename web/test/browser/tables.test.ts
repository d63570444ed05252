/** Tables: a CSV file is uploaded, what is wrong with it is said, a dataset looks it up, and it is held while that is so. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tenantPaths } from '../../app/paths';
import { serious } from './axe';
import { asMember, inBrowser, PHONE, settled } from './browser';
import { erase, type Place, provision } from './installation';

inBrowser();
const paths = tenantPaths('');
const PLANS = 'Plan,Plan name\nFree,Professional\nStarter,Professional\nTeam,For teams\n';
let place: Place;
beforeAll(async () => {
  place = await provision();
});
afterAll(() => erase(place.slug));

const csv = (text: string, name = 'plans.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

async function at(path: string, options: { viewport?: { width: number; height: number }; scheme?: 'light' | 'dark' } = {}): Promise<Page> {
  const page = await asMember(place, { viewport: { width: 1280, height: 1400 }, ...options, path });
  await settled(page);
  return page;
}

async function upload(page: Page, text: string, button: string): Promise<void> {
  await page.getByLabel('CSV file', { exact: true }).setInputFiles(csv(text));
  await page.getByText('plans.csv').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: button }).click();
}

it('a CSV file becomes a table, or says line by line why not', async () => {
  const page = await at(paths.data());
  await page.getByRole('button', { name: 'Upload a table' }).click();
  await upload(page, `${PLANS},nobody\nFree,again\n`, 'Upload');
  const said = page.getByRole('dialog').getByRole('listitem');
  await said.first().waitFor();
  expect(await said.allInnerTexts()).toEqual(['Line 5: it has no plan, which is the key.', 'Line 6: the key "Free" stands twice, first in line 2.']);
  expect(await serious(page)).toEqual([]);

  // Nothing of that is there: the same name is free.
  await upload(page, PLANS, 'Upload');
  await page.getByRole('heading', { name: 'Plans', level: 1 }).waitFor();
  await page.getByRole('cell', { name: 'Professional' }).first().waitFor();
  expect(await serious(page)).toEqual([]);

  await page.getByRole('button', { name: 'Replace rows' }).click();
  await upload(page, PLANS.replaceAll('Professional', 'For professionals'), 'Replace rows');
  await page.getByRole('cell', { name: 'For professionals' }).first().waitFor();
});

it('a dataset looks it up, shows it, and holds it', async () => {
  const page = await at(paths.dataset('sample_metrics'));
  await page.getByRole('button', { name: 'Look one up' }).click();
  await page.getByLabel('In questions of the new one').fill('plan_name');
  await page.getByLabel('By which dimension plan_name is looked up').selectOption('plan');
  await page.getByLabel('Column of plan_name').selectOption('plan_name');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('Everything is saved.').waitFor();
  await page.getByText('For professionals').first().waitFor();
  expect(await serious(page)).toEqual([]);

  await page.goto(place.url + paths.data());
  await page.getByRole('link', { name: 'Plans' }).click();
  await page.getByRole('link', { name: 'Sample metrics' }).waitFor();
  await page.getByRole('button', { name: 'Plans: more' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByLabel('Type “plans” to confirm').fill('plans');
  await page.getByRole('button', { name: 'Delete table' }).click();
  await page.getByText('sample_metrics.plan_name').waitFor();
});

it('a file with a time becomes a dataset, and a dashboard', async () => {
  const page = await at(paths.data());
  await page.getByRole('button', { name: 'Upload a table' }).click();
  const rows = 'Id,Plan,Started on,MRR,Postcode\na,Pro,2026-01-31,120.5,08001\nb,Free,2026-02-01,0,08002\n';
  await page.getByLabel('CSV file', { exact: true }).setInputFiles(csv(rows, 'subscriptions.csv'));
  const kind = (column: string) => page.getByLabel(`What stands in ${column}`).inputValue();
  await page.getByLabel('What stands in Plan').waitFor();
  expect(await Promise.all(['Plan', 'Started on', 'MRR', 'Postcode'].map(kind))).toEqual(['text', 'time', 'number', 'text']);
  expect(await serious(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click();
  await page.getByRole('heading', { name: 'Subscriptions', level: 1 }).waitFor();
  await page.getByRole('cell', { name: '120.5' }).waitFor();

  await page.getByRole('button', { name: 'Use in dashboards' }).click();
  const dialog = page.getByRole('dialog', { name: 'New dashboard' });
  await dialog.getByLabel('From the data of').waitFor();
  expect(await dialog.getByLabel('From the data of').inputValue()).toBe('subscriptions');
  await dialog.getByRole('button', { name: 'Create dashboard' }).click();
  await page.getByRole('heading', { name: 'Subscriptions overview' }).first().waitFor();
});

it.each(['light', 'dark'] as const)('nothing is wider than a phone, and nothing serious is wrong, %s', async (scheme) => {
  const page = await at(paths.data(), { viewport: PHONE, scheme });
  expect(await serious(page)).toEqual([]);
  await page.getByRole('link', { name: 'Plans' }).click();
  await page.getByRole('cell', { name: 'For professionals' }).first().waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBeLessThanOrEqual(0);
  expect(await serious(page)).toEqual([]);
});
