/** The operators' side: finding, provisioning while one watches, suspending, deleting. */
import { afterAll, describe, expect, it } from 'vitest';
import { asOperator, inBrowser, open, settled, signIn } from './browser';
import { consoleUrl, demo, erase, tenant, until } from './installation';
import { consolePaths } from '../../app/paths';

inBrowser();
const to = consolePaths('');

describe('the tenants table', () => {
  it('is searched by the server, and the address keeps the question', async () => {
    const page = await asOperator({ path: to.tenants() });
    await settled(page);
    await page.keyboard.press('/');
    await page.keyboard.type('globex');
    await until('the question in the address', async () => page.url().includes('q=globex'));
    await until('only what fits', async () => {
      const slugs = await page.locator('tbody tr td:nth-child(2)').allInnerTexts();
      return slugs.includes('globex') && slugs.every((s) => s.includes('globex'));
    });
    await page.reload();
    await page.getByRole('link', { name: 'Globex', exact: true }).waitFor();
    expect(await page.getByLabel('Search tenants').inputValue()).toBe('globex');
  });

  it('filters and sorts', async () => {
    const page = await asOperator({ path: to.tenants() });
    await settled(page);
    await page.getByLabel('Tier').selectOption('database');
    await until('only that tier', async () => {
      const tiers = await page.locator('tbody tr td:nth-child(4)').allInnerTexts();
      return tiers.length > 0 && tiers.every((t) => t === 'Database');
    });
    await page.getByRole('button', { name: 'Slug' }).click();
    await until('slugs in order', async () => {
      if (!page.url().includes('sort=slug')) return false;
      const slugs = await page.locator('tbody tr td:nth-child(2)').allInnerTexts();
      return slugs.join() === [...slugs].sort().join();
    });
    await page.getByLabel('Status').selectOption('erasing');
    await page.getByText('No tenant fits').waitFor();
    await page.goBack();
    await page.locator('tbody tr').first().waitFor();
  });

  it('every demo tenant’s page says where its data is', async () => {
    const page = await asOperator();
    for (const t of demo) {
      await page.goto(`${consoleUrl}${to.tenant(t.slug)}`);
      await settled(page);
      await page.getByText({ pooled: 'Shared tables, walled', schema: 'A PostgreSQL schema of its own', database: 'A PostgreSQL database of its own' }[t.tier]).waitFor();
      expect(await page.locator('.figures').innerText()).toMatch(/Events\s+[\d,. ]+/);
    }
  });
});

describe('a tenant’s whole life', () => {
  const slug = `browser-${crypto.randomUUID().slice(0, 8)}`;
  const name = `Live ${slug}`;
  afterAll(() => erase(slug));

  it('is provisioned while one watches; its owner comes in by the kept mail', async () => {
    const page = await asOperator({ path: to.tenantNew() });
    await page.getByLabel('Name', { exact: true }).fill(name);
    expect(await page.getByLabel('Slug').inputValue()).toBe(`live-${slug}`);
    await page.getByLabel('Slug').fill(slug);
    await page.getByText('This address is free.').waitFor();
    await page.getByRole('radio', { name: /^Schema/ }).check();
    await page.getByLabel('Owner’s e-mail').fill(`owner@${slug}.test`);
    await page.getByRole('button', { name: 'Provision tenant' }).click();
    await page.locator('.said').filter({ hasText: /^Ready/ }).waitFor();
    expect(await page.locator('ol li').count()).toBe(7);
    expect(await page.locator('ol li.done').count()).toBe(7);
    expect(await page.getByRole('link', { name: `Open ${name}` }).getAttribute('href')).toContain(`${slug}.`);

    await page.getByRole('region', { name: 'For the owner' }).waitFor();
    const link = await page.getByRole('region', { name: 'For the owner' }).locator('code').innerText();
    await page.getByRole('link', { name: 'Mails' }).click();
    await page.locator('tbody tr').filter({ hasText: `owner@${slug}.test` }).first().getByRole('button').click();
    await page.getByRole('dialog').getByRole('link', { name: link }).waitFor();

    const owner = await open();
    await owner.goto(link);
    await owner.getByLabel('Your name').fill('Marcia Furnilla');
    await owner.getByLabel('Choose a password').fill('short');
    await owner.getByRole('button', { name: /^Join/ }).click();
    await owner.getByRole('alert').waitFor();
    await owner.getByLabel('Choose a password').fill(`lantern ${slug} river`);
    await owner.getByRole('button', { name: /^Join/ }).click();
    await owner.getByText('There is sample data in this workspace.').waitFor();
    await owner.goto(link);
    await owner.getByText('This invitation no longer works').waitFor();
  });

  it('a taken slug says so while it is typed, and proposes one that is free', async () => {
    const page = await asOperator({ path: to.tenantNew() });
    await page.getByLabel('Slug').fill(slug);
    await page.getByRole('alert').filter({ hasText: /taken/ }).waitFor();
    await page.locator('.suggest button').click();
    await page.getByText('This address is free.').waitFor();
  });

  it('is suspended with its name typed, refuses its people, and is resumed', async () => {
    const page = await asOperator({ path: to.tenant(slug) });
    await settled(page);
    await page.getByRole('button', { name: 'Suspend' }).click();
    const confirm = page.getByRole('button', { name: `Suspend ${name}` });
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByLabel(/to confirm/).fill(slug);
    await confirm.click();
    await page.getByText('Nobody gets in; nothing was deleted.').waitFor();

    const url = tenant('acme').url.replace('acme', slug);
    const visitor = await open();
    await visitor.goto(`${url}/`);
    await visitor.getByRole('heading', { level: 1 }).waitFor();
    if (await visitor.getByLabel('E-mail').isVisible()) await signIn(visitor, `owner@${slug}.test`, `lantern ${slug} river`);
    await visitor.getByRole('heading', { name: /is suspended$/ }).waitFor();

    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: `Resume ${name}` }).click();
    await page.getByText('Nobody gets in; nothing was deleted.').waitFor({ state: 'detached' });
    await visitor.goto(`${url}/`);
    await visitor.getByLabel('E-mail').waitFor();
    await signIn(visitor, `owner@${slug}.test`, `lantern ${slug} river`);
    await visitor.getByRole('navigation', { name: 'Main' }).waitFor();
  });

  it('is deleted softly, can be brought back, and is told of in its operations', async () => {
    const page = await asOperator({ path: to.tenant(slug) });
    await settled(page);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText(/can be brought back/).waitFor();
    await page.getByLabel(/to confirm/).fill(slug);
    await page.getByRole('button', { name: `Delete ${name}` }).click();
    await page.getByText(/It can be brought back until/).waitFor();
    await page.getByRole('button', { name: 'Bring back' }).click();
    await page.getByRole('button', { name: `Bring ${name} back` }).click();
    await page.getByText(/It can be brought back until/).waitFor({ state: 'detached' });
    for (const kind of ['Provision', 'Suspend', 'Delete']) await page.getByRole('region', { name: 'Operations' }).getByRole('link', { name: kind }).first().waitFor();
    await page.getByRole('region', { name: 'Operations' }).getByRole('link', { name: 'Provision' }).click();
    await settled(page);
    expect(await page.locator('ol li.done').count()).toBe(7);
  });
});

it('the overview shows the installation', async () => {
  const page = await asOperator();
  await settled(page);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  expect(await page.locator('.tile').first().innerText()).toMatch(/Tenants\s+[\d,]+/);
  await page.getByRole('region', { name: 'Operations' }).locator('tbody tr').first().waitFor();
});
