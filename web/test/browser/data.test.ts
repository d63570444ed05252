/** The page of a dataset: described, put in order, calculated, hidden, brought together with others' changes, deleted. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiRoot, TENANT_API, tenantPaths } from '../../app/paths';
import type { Dataset, InvitationCreated } from '../../wire/shapes';
import { serious } from './axe';
import { asMember, inBrowser, open, PHONE, settled } from './browser';
import { erase, type Place, provision, until } from './installation';

inBrowser();
const NAME = 'sample_metrics';
const path = tenantPaths('').dataset(NAME);
const api = apiRoot('') + TENANT_API.dataset(NAME);
let place: Place;
beforeAll(async () => {
  place = await provision();
});
afterAll(() => erase(place.slug));

const stored = (page: Page): Promise<Dataset> => page.evaluate(async (url) => (await fetch(url)).json(), api);
const saved = (page: Page) => page.getByText('Everything is saved.').waitFor();
const save = async (page: Page) => {
  await page.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
};
const order = (page: Page) => page.getByRole('list', { name: 'Measures', exact: true }).locator('[data-handle]').evaluateAll((all) => all.map((b) => b.getAttribute('aria-label')?.replace(/^Move (.*), number.*$/, '$1') ?? ''));

async function at(options: { viewport?: { width: number; height: number }; scheme?: 'light' | 'dark' } = {}): Promise<Page> {
  const page = await asMember(place, { viewport: { width: 1280, height: 1400 }, ...options, path });
  await page.getByLabel('Description', { exact: true }).waitFor();
  await settled(page);
  return page;
}

/** Somebody else's change, which the page does not hear of. */
async function meanwhile(page: Page, body: object): Promise<void> {
  const { version } = await stored(page);
  const status = await page.evaluate(
    async ([url, text, match]) => (await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json', 'if-match': match }, body: text })).status,
    [api, JSON.stringify(body), `"${version}"`] as const,
  );
  expect(status).toBe(200);
}

it('the list leads to it; it is described, put in order by keys and by pointer, and saved', async () => {
  const page = await asMember(place, { viewport: { width: 1280, height: 1400 }, path: tenantPaths('').data() });
  await settled(page);
  await page.getByRole('link', { name: 'Sample metrics' }).click();
  await page.getByLabel('Description', { exact: true }).fill('What a shop that nobody has would sell.');
  await page.getByLabel('Name of revenue').fill('Takings');
  await page.getByLabel('Description of orders').fill('Paid ones.');
  await page.getByLabel('Format of orders').selectOption('number');
  await page.getByText('Not saved', { exact: true }).waitFor();

  const before = await order(page);
  await page.getByRole('button', { name: 'Move Takings, number 1 of 5' }).focus();
  await page.keyboard.press('ArrowDown');
  await until('the second place', async () => (await order(page))[1] === 'Takings');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'the handle keeps the focus').toBe('Move Takings, number 2 of 5');
  await page.keyboard.press('ArrowUp');
  expect(await order(page)).toEqual(before);
  const [from, to] = await Promise.all([page.getByRole('button', { name: /^Move Takings/ }).boundingBox(), page.getByRole('button', { name: /number 3 of 5/ }).first().boundingBox()]);
  if (!from || !to) throw new Error('The handles are not there.');
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 10, to.y + 30, { steps: 10 });
  await page.mouse.up();
  await until('the third place', async () => (await order(page))[2] === 'Takings');

  await save(page);
  const now = await stored(page);
  expect(now.description).toBe('What a shop that nobody has would sell.');
  expect(now.measures.map((m) => m.name)).toEqual(['orders', 'signups', 'revenue', 'response_time', 'visits']);
  expect(now.measures[0]).toMatchObject({ description: 'Paid ones.', format: 'number' });
  await page.getByRole('link', { name: 'All data' }).click();
  await page.getByText('What a shop that nobody has would sell.').waitFor();
});

it('a formula that is wrong is pointed at under the character; put right it has a total', async () => {
  const page = await at();
  await page.getByRole('button', { name: 'Add one' }).click();
  expect(await page.evaluate(() => document.activeElement?.tagName), 'the name is next').toBe('INPUT');
  await page.keyboard.type('order_value');
  await page.getByLabel('Formula of order_value').fill('revenu / nullif(orders, 0)');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByRole('alert').filter({ hasText: /revenu/ }).waitFor();
  await page.getByText('At character 1.').waitFor();
  expect(await serious(page)).toEqual([]);
  expect((await stored(page)).calculated ?? []).toEqual([]);
  await page.getByLabel('Formula of order_value').fill('');
  await page.getByRole('button', { name: 'Insert a name' }).click();
  await page.getByRole('menuitem', { name: /revenue/ }).click();
  await page.keyboard.type(' / nullif(orders, 0)');
  await save(page);
  expect((await stored(page)).calculated?.map((c) => c.formula)).toEqual(['revenue / nullif(orders, 0)']);
  await page.getByRole('region', { name: 'What is in it' }).getByText('Order value').waitFor();
});

it('somebody else saves meanwhile: nothing is lost, and what both changed can be chosen', async () => {
  const page = await at();
  await page.getByLabel('Name', { exact: true }).fill('Ours');
  await page.getByLabel('Description of channel').fill('Mine');
  const now = await stored(page);
  const measures = [...now.measures.map(({ name, label, unit, format }) => ({ name, label, unit, format })), ...(now.calculated ?? []).map(({ name, label, format, formula }) => ({ name, label, format, formula }))];
  await meanwhile(page, { label: 'Theirs', description: 'Also theirs.', measures });
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText(/Somebody saved this dataset meanwhile/).waitFor();
  await until('the focus on what is said', () => page.evaluate(() => /meanwhile/.test(document.activeElement?.textContent ?? '')));
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Ours');
  expect(await page.getByLabel('Description', { exact: true }).inputValue()).toBe('Also theirs.');
  expect(await page.getByLabel('Description of channel').inputValue()).toBe('Mine');
  await page.getByText('name is “Theirs” there.').waitFor();
  expect(await serious(page)).toEqual([]);
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await save(page);
  const then = await stored(page);
  expect([then.label, then.description, then.dimensions.find((d) => d.name === 'channel')?.description]).toEqual(['Theirs', 'Also theirs.', 'Mine']);
});

it('what is not saved is not left behind unasked', async () => {
  const page = await at();
  await page.getByLabel('Name', { exact: true }).fill('Half');
  await page.getByRole('link', { name: 'All data' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Cancel' }).click();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Half');
  await page.getByRole('button', { name: 'Undo' }).click();
  await saved(page);
});

it('a viewer looks and changes nothing; what is hidden is not there, and the dashboard says so', async () => {
  const owner = await at();
  const made = await owner.evaluate(
    async ([url, email]) => (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }, body: JSON.stringify({ email, role: 'viewer' }) })).json() as Promise<InvitationCreated>,
    [apiRoot('') + TENANT_API.invitations(), `vera@${place.slug}.test`] as const,
  );
  const vera = await open();
  await vera.goto(made.link ?? '');
  await vera.getByLabel('Your name').fill('Vera Visus');
  await vera.getByLabel('Choose a password').fill('cobalt-evening-walk-77');
  await vera.getByRole('button', { name: /^Join/ }).click();
  await vera.getByRole('navigation', { name: 'Main' }).waitFor();
  await vera.goto(place.url + path);
  await settled(vera);
  await vera.getByRole('heading', { name: '3 dimensions' }).waitFor();
  expect(await vera.getByRole('button', { name: 'Save changes' }).count()).toBe(0);
  expect(await serious(vera)).toEqual([]);

  await owner.getByLabel('Who may see it').selectOption({ label: 'Admins and owners' });
  await save(owner);
  await vera.reload();
  await vera.getByText(`There is nothing called “${NAME}” here`).waitFor();
  await vera.goto(place.url + tenantPaths('').data());
  await vera.getByText('No data yet').waitFor();
  expect(await vera.getByLabel('the command', { exact: true }).innerText()).toContain(`${place.url}${apiRoot('')}/events`);
  await vera.goto(place.url + tenantPaths('').home());
  await vera.getByText(/that you may see/).first().waitFor();
  await owner.getByLabel('Who may see it').selectOption({ label: 'Everybody' });
  await save(owner);
  await vera.reload();
  await settled(vera);
  expect(await vera.getByText(/that you may see/).count()).toBe(0);
});

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  it('nothing serious stands in the way, on a desk and on a phone', async () => {
    for (const viewport of [{ width: 1280, height: 800 }, PHONE]) {
      const page = await at({ viewport, scheme });
      expect(await serious(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 'sideways').toBeLessThanOrEqual(0);
    }
  }, 60_000);
});

it('it is deleted when its name is typed', async () => {
  const page = await at();
  await page.getByRole('button', { name: /: more$/ }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('button', { name: 'Delete dataset' }).isDisabled()).toBe(true);
  await dialog.getByLabel(/^Type/).fill(NAME);
  await dialog.getByRole('button', { name: 'Delete dataset' }).click();
  await page.getByRole('heading', { name: 'Data', level: 1 }).waitFor();
  await page.getByText('No data yet').waitFor();
});
