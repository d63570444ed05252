/** Keys: shown once, working at once, useless as soon as they are revoked. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asMember, inBrowser, settled } from './browser';
import { erase, type Place, provision, send, until } from './installation';
import { apiRoot, TENANT_API } from '../../app/paths';

inBrowser();
let place: Place;
beforeAll(async () => {
  place = await provision();
});
afterAll(() => erase(place.slug));

it('a key is made, works, is never shown again, and is revoked', async () => {
  const page = await asMember(place, { path: '/api-keys' });
  await settled(page);
  await page.getByRole('button', { name: 'New key' }).first().click();
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByText('Give it a name that says who uses it.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Wallboard');
  await page.getByRole('checkbox', { name: /^Read dashboards/ }).check();
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByText('It is shown only this once.').waitFor();
  const secret = await page.locator('dialog code').first().innerText();
  expect(secret).toMatch(/^isk_/);

  const dashboards = place.url + apiRoot('') + TENANT_API.dashboards();
  expect((await send('GET', dashboards, { token: secret })).status).toBe(200);
  expect((await send('GET', place.url + apiRoot('') + TENANT_API.apiKeys(), { token: secret })).status, 'what it was not made for').toBeGreaterThanOrEqual(400);

  await page.getByRole('button', { name: 'I have it' }).click();
  await page.reload();
  await page.getByText('Wallboard').waitFor();
  expect(await page.content()).not.toContain(secret);

  await page.getByRole('button', { name: 'Wallboard: more' }).click();
  await page.getByRole('menuitem', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByRole('button', { name: 'Wallboard: more' }).waitFor({ state: 'detached' });
  await until('the key to be refused', async () => (await send('GET', dashboards, { token: secret })).status === 401, 3_000);
});
