/** Tables: a CSV file is uploaded, what is wrong with it is said, a dataset looks it up, and it is held while that is so. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tenantPaths } from '../../app/paths';
import { serious } from './axe';
import { asMember, inBrowser, PHONE, settled } from './browser';
import { erase, type Place, provision, until } from './installation';

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

it('rows are paged, added, changed, deleted and taken along, all by keyboard', async () => {
  const page = await at(paths.data());
  await page.getByRole('button', { name: 'Upload a table' }).click();
  const many = Array.from({ length: 120 }, (_, i) => `P${String(i).padStart(3, '0')},Place ${i}`);
  await page.getByLabel('CSV file', { exact: true }).setInputFiles(csv(`Code,City\n${many.join('\n')}\n`, 'places.csv'));
  await page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click();
  await page.getByRole('heading', { name: 'Places', level: 1 }).waitFor();
  const cell = (name: string) => page.getByRole('cell', { name, exact: true });
  const press = async (name: string, key = 'Enter') => {
    await page.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press(key);
  };
  const choose = async (key: string, item: 'Edit' | 'Delete') => {
    await press(`${key}: more`);
    await until('the focus in the menu', async () => page.evaluate(() => document.activeElement?.getAttribute('role') === 'menuitem'));
    if (item === 'Delete') await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
  };
  await page.getByText('1–50 of 120').waitFor();
  await press('Next page');
  await cell('P050').waitFor();
  await press('Next page');
  await page.getByText('101–120 of 120').waitFor();
  expect(await page.getByRole('button', { name: 'Next page' }).isDisabled()).toBe(true);

  // What is wrong is said at its field, and what is there already is not replaced by chance.
  await press('Add a row');
  const dialog = page.getByRole('dialog', { name: 'Add a row' });
  await dialog.waitFor();
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').filter({ hasText: 'A row needs a key' }).waitFor();
  await page.keyboard.type('P119');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').filter({ hasText: 'There is a row of this key already.' }).waitFor();
  expect(await serious(page)).toEqual([]);
  await page.keyboard.type('a');
  await page.keyboard.press('Tab');
  await page.keyboard.type('=1+1');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await cell('P119a').waitFor();
  await page.getByText('101–121 of 121').waitFor();

  // Somebody else changed it meanwhile: that is said before it is replaced.
  await choose('P100', 'Edit');
  const edit = page.getByRole('dialog', { name: 'Change “P100”' });
  await edit.getByLabel(/^City/).fill('Here');
  await page.evaluate(async () => {
    const { items } = (await (await fetch('/api/v1/tables')).json()) as { items: { id: string; name: string }[] };
    const body = JSON.stringify({ rows: [{ code: 'P100', city: 'Elsewhere' }] });
    await fetch(`/api/v1/tables/${items.find((t) => t.name === 'places')?.id}/rows`, { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }, body });
  });
  await page.keyboard.press('Enter');
  await edit.getByText('Somebody changed it meanwhile (City).').waitFor();
  await page.keyboard.press('Enter');
  await edit.waitFor({ state: 'detached' });
  await cell('Here').waitFor();
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'the focus is back').toBe('P100: more');

  await choose('P101', 'Delete');
  await page.getByRole('dialog', { name: 'Delete “P101”?' }).getByRole('button', { name: 'Delete row' }).press('Enter');
  await cell('P101').waitFor({ state: 'detached' });
  await until('the focus on the rows', async () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Rows'));

  const [file] = await Promise.all([page.waitForEvent('download'), press('Download as CSV')]);
  expect(file.suggestedFilename()).toBe('places.csv');
  const lines = readFileSync(await file.path(), 'utf8').trimEnd().split('\r\n');
  expect([lines.length, lines[0], lines.includes('P100,Here'), lines.includes("P119a,'=1+1"), lines.some((l) => l.startsWith('P101,'))]).toEqual([121, 'code,city', true, true, false]);
});

it('a dataset looks it up, shows it, and holds it', async () => {
  const page = await at(paths.dataset('sample_metrics'));
  await page.getByRole('button', { name: 'Look one up' }).click();
  await page.getByLabel('In questions of the new one').fill('plan_name');
  await page.getByLabel('By which dimension plan_name is looked up').selectOption('plan');
  await page.getByLabel('Table of plan_name').selectOption('plans');
  await page.getByLabel('Column of plan_name').selectOption('plan_name');
  await page.getByLabel('Description of plan_name').fill('What people call their plan');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('Everything is saved.').waitFor();
  await page.getByText('For professionals').first().waitFor();
  expect(await serious(page)).toEqual([]);

  // Another one goes before it, by the arrow keys.
  await page.getByRole('button', { name: 'Look one up' }).click();
  await page.getByLabel('In questions of the new one').fill('plan_again');
  await page.getByLabel('By which dimension plan_again is looked up').selectOption('plan');
  await page.getByLabel('Table of plan_again').selectOption('plans');
  await page.getByRole('button', { name: 'Move plan_again, number 2 of 2' }).press('ArrowUp');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('Everything is saved.').waitFor();
  await page.reload();
  const looked = page.getByRole('list', { name: 'Looked up' }).getByRole('listitem');
  await looked.nth(1).waitFor();
  expect(await looked.first().innerText()).toContain('plan_again');
  expect(await page.getByLabel('Description of plan_name').inputValue()).toBe('What people call their plan');

  await page.goto(place.url + paths.data());
  await page.getByRole('link', { name: 'Plans' }).click();
  await page.getByRole('link', { name: 'Sample metrics' }).first().waitFor();
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
