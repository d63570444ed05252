/** The page where a tenant says who may show its dashboards, and ends it again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asMember, inBrowser, open, settled } from './browser';
import { erase, type Place, provision, until } from './installation';

inBrowser();
let place: Place;
beforeAll(async () => {
  place = await provision();
});
afterAll(() => erase(place.slug));

it('origins are added and removed, and what is none is said so', async () => {
  const page = await asMember(place, { path: '/embedding' });
  await settled(page);
  await page.getByText('No page may show them yet.').waitFor();
  await page.getByLabel('Origin', { exact: true }).fill('http://app.example.com');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Plain http is for localhost only.').waitFor();
  await page.getByLabel('Origin', { exact: true }).fill('https://app.example.com/dashboards?x=1');
  await page.getByRole('button', { name: 'Add' }).click();
  const list = page.getByRole('list', { name: 'Allowed origins' });
  await list.getByText('https://app.example.com', { exact: true }).waitFor();
  await page.reload();
  await list.getByText('https://app.example.com', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove https://app.example.com' }).click();
  await page.getByText('No page may show them yet.').waitFor();
});

it('the code to copy is for this place, and has no key in it', async () => {
  const page = await asMember(place, { path: '/embedding' });
  await settled(page);
  const code = page.getByLabel('the code', { exact: true });
  expect(await code.innerText()).toContain(`src="${place.url}/embed/dashboards/dsh_`);
  await page.getByRole('radio', { name: 'On the server' }).check();
  await until('the server’s code', async () => (await code.innerText()).includes('process.env.DASHBOARDS_API_KEY'));
});

it('a public link shows the dashboard to somebody who is not signed in, until it is withdrawn', async () => {
  const page = await asMember(place, { path: '/embedding' });
  await settled(page);
  await page.getByRole('button', { name: 'New link' }).click();
  await page.getByRole('button', { name: 'Create link' }).click();
  await page.getByText('Give it a name that says who has it.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Hall');
  await page.getByRole('button', { name: 'Create link' }).click();
  await page.getByText('It is shown only this once.').waitFor();
  const url = await page.locator('dialog code').first().innerText();
  expect(new URL(url).hash.length).toBeGreaterThan(20);

  const guest = await open();
  await guest.goto(url);
  await guest.locator('.kpi .value').first().waitFor();
  expect(await guest.context().cookies()).toEqual([]);

  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'Hall: more' }).click();
  await page.getByRole('menuitem', { name: 'Withdraw' }).click();
  await page.getByRole('button', { name: 'Withdraw link' }).click();
  await page.getByRole('button', { name: 'Hall: more' }).waitFor({ state: 'detached' });
  await until('the closed door', async () => {
    await guest.evaluate(() => window.dispatchEvent(new Event('focus')));
    return (await guest.locator('[data-code]').count()) > 0;
  }, 3_000);
});

it('the signing key rotates, and open views are ended', async () => {
  const page = await asMember(place, { path: '/embedding' });
  await settled(page);
  await page.getByRole('button', { name: 'Rotate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
  await page.getByText('A new key signs from now on.').waitFor();
  await page.getByText('Signs', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'End open views' }).click();
  await page.getByRole('button', { name: 'End views' }).click();
  await page.getByText('The name that your server gives when it makes a token.').waitFor();
  await page.getByLabel('Viewer', { exact: true }).fill('user-42');
  await page.getByRole('button', { name: 'End views' }).click();
  await page.getByText('These views end within a second.').waitFor();
});
