/** People come by invitation, do what their role allows, and go. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asMember, inBrowser, open, settled } from './browser';
import { erase, type Place, provision } from './installation';

inBrowser();
let place: Place;
beforeAll(async () => {
  place = await provision();
});
afterAll(() => erase(place.slug));

it('a viewer is invited, joins, sees no more than a viewer, is promoted and removed', async () => {
  const guest = `vera@${place.slug}.test`;
  const owner = await asMember(place, { path: '/members' });
  await settled(owner);
  await owner.getByRole('button', { name: 'Invite' }).click();
  await owner.getByLabel('E-mail').fill(place.owner.email);
  await owner.getByRole('button', { name: 'Invite' }).last().click();
  await owner.getByRole('alert').filter({ hasText: /already/ }).waitFor();
  await owner.getByLabel('E-mail').fill(guest);
  await owner.getByRole('button', { name: 'Invite' }).last().click();
  const link = await owner.locator('dialog code').innerText();
  await owner.getByRole('button', { name: 'Done' }).click();
  await owner.getByRole('region', { name: 'Invitations' }).getByText(guest).waitFor();

  const vera = await open();
  await vera.goto(link);
  await vera.getByText(/invited as viewer/).waitFor();
  await vera.getByLabel('Your name').fill('Vera Visus');
  await vera.getByLabel('Choose a password').fill('cobalt-evening-walk-77');
  await vera.getByRole('button', { name: /^Join/ }).click();
  await vera.getByRole('navigation', { name: 'Main' }).waitFor();
  await settled(vera);
  const links = await vera.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();
  expect(links.map((l) => l.trim())).not.toContain('API keys');
  expect(links.map((l) => l.trim())).not.toContain('Members');
  await vera.goto(`${place.url}/api-keys`);
  await vera.getByText(/may not do this|do not include it/i).first().waitFor();

  await owner.reload();
  await owner.getByLabel('Role of Vera Visus').selectOption('editor');
  await owner.getByText(/Vera Visus is editor now/).waitFor();
  await vera.goto(`${place.url}/dashboards`);
  await vera.getByRole('button', { name: 'New dashboard' }).first().waitFor();

  await owner.getByRole('button', { name: 'Vera Visus: more' }).click();
  await owner.getByRole('menuitem', { name: 'Remove' }).click();
  await owner.getByRole('button', { name: 'Remove Vera Visus' }).click();
  await owner.getByText(/no longer a member/).waitFor();
  await vera.reload();
  await vera.getByText(/^Sign in to|This is not your place/).first().waitFor();
});

it('the audit log has it all, and its chain is whole', async () => {
  const page = await asMember(place, { path: '/audit' });
  await settled(page);
  await page.getByText('Removed a member').waitFor();
  await page.getByRole('button', { name: 'Verify chain' }).click();
  await page.getByText('The chain is whole').waitFor();
});
