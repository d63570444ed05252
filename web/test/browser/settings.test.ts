/** A changed brand shows on every open page, at the sign-in, and survives two people editing at once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { another, asMember, computed, inBrowser, open, settled } from './browser';
import { erase, type Place, provision, until } from './installation';
import { square } from './png';

inBrowser();
let place: Place;
beforeAll(async () => {
  place = await provision();
});
afterAll(() => erase(place.slug));

/** What "within a second" may take on a busy machine. */
const SOON = 3_000;

it('a new name and accent show on another open page by themselves', async () => {
  const editor = await asMember(place, { path: '/settings' });
  const watcher = await another(editor);
  await watcher.goto(`${place.url}/`);
  await settled(watcher);
  const before = await computed(watcher, '--accent');

  await settled(editor);
  await editor.getByLabel(/^Product name/).fill('Sky Numbers');
  await editor.getByLabel('Accent colour', { exact: true }).fill('#7a1fa2');
  await editor.getByRole('button', { name: 'Save changes' }).click();
  await editor.getByText(/^Saved/).waitFor();

  await watcher.bringToFront();
  await until('the new name', async () => (await watcher.locator('nav a.brand').innerText()).includes('Sky Numbers'), SOON);
  await until('the new colour', async () => (await computed(watcher, '--accent')) !== before, SOON);

  const door = await open();
  await door.goto(`${place.url}/`);
  await door.getByRole('heading', { name: 'Sign in to Sky Numbers' }).waitFor();
  expect(await door.title()).toContain('Sky Numbers');
  expect(await computed(door, '--accent')).toBe(await computed(watcher, '--accent'));
});

it('a colour on which words could not be read is said before it is saved', async () => {
  const page = await asMember(place, { path: '/settings' });
  await settled(page);
  await page.getByLabel('Accent colour', { exact: true }).fill('#ffe14d');
  await page.getByText(/hard to read/).waitFor();
  await page.getByLabel('Accent colour', { exact: true }).fill('nonsense');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('A colour looks like #2563eb.').waitFor();
});

it('a logo is live as soon as it is chosen, and what is none is refused', async () => {
  const page = await asMember(place, { path: '/settings' });
  await settled(page);
  const input = page.getByLabel('Logo', { exact: true });
  await input.setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') });
  await page.getByText('Use a PNG, JPEG or WebP picture.').waitFor();
  await input.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: square() });
  await page.getByText('Logo saved.').waitFor();
  await until('the logo beside the name', async () => page.locator('nav a.brand img').evaluate((img: HTMLImageElement) => img.naturalWidth > 0).catch(() => false), SOON);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.locator('nav a.brand img').waitFor({ state: 'detached' });
});

it('of two people who edit at once, the second sees the first one’s change', async () => {
  const one = await asMember(place, { path: '/settings' });
  const two = await asMember(place, { path: '/settings' });
  await settled(one);
  await settled(two);
  await two.getByLabel('The week begins on').selectOption('sunday');
  await one.getByLabel('Name', { exact: true }).fill('Renamed meanwhile');
  await one.getByRole('button', { name: 'Save changes' }).click();
  await one.getByText(/^Saved/).waitFor();
  await two.bringToFront();
  await until('the other one’s name in this form', async () => (await two.getByLabel('Name', { exact: true }).inputValue()) === 'Renamed meanwhile', SOON);
  expect(await two.getByLabel('The week begins on').inputValue(), 'what was touched stays').toBe('sunday');
  await two.getByRole('button', { name: 'Save changes' }).click();
  await two.getByText(/^Saved/).waitFor();
});
