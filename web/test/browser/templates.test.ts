/** The operators' templates: published from a tenant's dashboard and from a file, to some and to all, looked into, withdrawn. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serious } from './axe';
import { asMember, asOperator, inBrowser, PHONE, settled } from './browser';
import { consoleUrl, erase, type Place, provision, send, up } from './installation';
import { apiRoot, CONSOLE_API, consolePaths, TENANT_API } from '../../app/paths';
import type { Dashboard, DashboardSummary, Page as List, Template } from '../../wire/shapes';

inBrowser();
const to = consolePaths('');
const name = `Everywhere ${crypto.randomUUID().slice(0, 8)}`;
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

let place: Place;
let path = '';

const call = async <T>(method: string, url: string, options: { body?: unknown; match?: string } = {}): Promise<T> => {
  const { status, body } = await send(method, consoleUrl + apiRoot('') + url, { token: up.operator.token, ...options });
  if (status >= 300) throw new Error(`${method} ${url} was refused with ${status}: ${JSON.stringify(body)}`);
  return body as T;
};
const template = async (): Promise<Template> => {
  const { items } = await call<List<Template>>('GET', CONSOLE_API.templates());
  const found = items.find((t) => t.name === name);
  if (!found) throw new Error(`There is no template ${name}.`);
  return call<Template>('GET', CONSOLE_API.template(found.id));
};

beforeAll(async () => {
  place = await provision();
});
afterAll(async () => {
  const { items } = await call<List<Template>>('GET', CONSOLE_API.templates());
  for (const t of items.filter((one) => one.name === name)) await call('DELETE', CONSOLE_API.template(t.id));
  await erase(place.slug);
});

/** The tenant's own session asks. */
const asked = <T>(page: Page, url: string, init: { method?: string; body?: string; match?: string } = {}): Promise<T> =>
  page.evaluate(
    async ([address, { method = 'GET', body, match }]) => {
      const reply = await fetch(address, { method, ...(body ? { body } : {}), headers: { 'content-type': 'application/json', ...(match ? { 'if-match': match } : {}) } });
      if (!reply.ok) throw new Error(`${method} ${address}: ${reply.status}`);
      return (await reply.json()) as T;
    },
    [apiRoot('') + url, init] as const,
  );

describe('a template', () => {
  it('is published from what one tenant has, to that tenant, which hears of it', async () => {
    const page = await asOperator({ path: to.templates() });
    await settled(page);
    await page.getByRole('button', { name: 'Publish a template' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Publish a template' });
    expect(await dialog.getByRole('button', { name: 'Publish', exact: true }).isDisabled()).toBe(true);
    await dialog.getByRole('radio', { name: 'A tenant’s dashboard' }).check({ force: true });
    await dialog.getByLabel('Tenant', { exact: true }).fill(place.slug);
    await dialog.getByRole('button', { name: 'Show its dashboards' }).click();
    await dialog.getByText('Say it in 8 letters or more.').waitFor();
    await dialog.getByLabel('Why do you look?').fill('A page that all should have');
    await dialog.getByRole('button', { name: 'Show its dashboards' }).click();
    await dialog.getByLabel('Name').waitFor();
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('radio', { name: 'Some tenants' }).check({ force: true });
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await dialog.getByText('Name at least one tenant.').waitFor();
    await dialog.getByRole('textbox', { name: 'Tenants' }).fill(`${place.slug}, nobody-at-all`);
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await dialog.getByRole('alert').first().waitFor();
    await dialog.getByRole('textbox', { name: 'Tenants' }).fill(place.slug);
    expect(await serious(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.getByText('Version 1', { exact: true }).waitFor();
    path = new URL(page.url()).pathname;
    await page.getByText('No tenant has changed anything of it.').waitFor();
    await page.getByRole('definition').getByText(place.slug, { exact: true }).waitFor();

    const member = await asMember(place, { path: '/audit' });
    await member.getByText('A page that all should have').first().waitFor();
    const { items } = await asked<List<DashboardSummary>>(member, TENANT_API.dashboards());
    expect(items.filter((d) => d.name === name)).toHaveLength(1);
  });

  it('gets a new version from a file; what a tenant changed of it is named where both changed the same', async () => {
    const member = await asMember(place);
    await settled(member);
    const before = await template();
    const [widget, other] = before.config?.widgets ?? [];
    if (!before.config || !widget || !other) throw new Error('The template has too few widgets for this test.');
    const own = await asked<Dashboard>(member, TENANT_API.dashboard(before.id.replace(/^tpl/, 'dsh')));
    const titled = (config: Dashboard['config'], title: string) => ({ ...config, widgets: config.widgets.map((w) => (w.id === widget.id ? { ...w, title } : w)) });
    await asked(member, TENANT_API.dashboard(own.id), { method: 'PUT', match: `"${own.version}"`, body: JSON.stringify({ name: own.name, description: own.description, config: titled(own.config, 'Ours') }) });

    const page = await asOperator({ path });
    await settled(page);
    await page.getByRole('button', { name: 'Publish a new version' }).click();
    const dialog = page.getByRole('dialog', { name: `Publish a new version of “${name}”` });
    const file = dialog.getByLabel('The dashboard as JSON');
    await file.fill('{ "name": ');
    await dialog.getByText(/^This is not JSON/).waitFor();
    await file.fill(JSON.stringify({ name, description: before.description, config: before.config }));
    await dialog.getByText('It is what is published already.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Publish version 2' }).isDisabled()).toBe(true);
    await file.fill(JSON.stringify({ name, description: before.description, config: titled(before.config, 'The operator’s') }));
    await dialog.getByText('Compared with version 1 it changed 1\u00a0widget.').waitFor();
    expect(await serious(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Publish version 2' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Version 2', { exact: true }).waitFor();

    const form = page.getByRole('region', { name: 'What tenants changed' });
    await form.getByRole('button', { name: 'Show what contradicts' }).click();
    await form.getByText('Say it in 8 letters or more.').waitFor();
    await form.getByLabel('Why do you look?').fill('Does version 2 break anything?');
    await form.getByRole('button', { name: 'Show what contradicts' }).click();
    await form.getByText('“The operator’s”: title').waitFor();
    const said = await form.locator('dd').allInnerTexts();
    expect(said.map((t) => t.replaceAll(/\s+/g, ' '))).toEqual(['theirs Ours', 'template The operator’s']);
    await form.getByRole('link', { name: place.slug }).waitFor();
    expect(await serious(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await sideways(page)).toBe(false);
  });

  it('goes to others, is published again as it was, and is withdrawn', async () => {
    const page = await asOperator({ path });
    await settled(page);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Change who sees it' }).click();
    const audience = page.getByRole('dialog', { name: `Who sees “${name}”?` });
    expect(await audience.getByRole('textbox', { name: 'Tenants' }).inputValue()).toBe(place.slug);
    await audience.getByRole('radio', { name: 'A plan' }).check({ force: true });
    await audience.getByLabel('Plan', { exact: true }).selectOption('enterprise');
    await audience.getByRole('button', { name: 'Save' }).click();
    await audience.waitFor({ state: 'detached' });
    await page.getByRole('definition').getByText('Tenants of plan Enterprise').waitFor();
    expect((await template()).target).toEqual({ to: 'plan', plan: 'enterprise' });

    const rows = page.getByRole('region', { name: 'Versions' }).locator('tbody tr');
    await rows.nth(2).waitFor();
    await rows.last().getByRole('button', { name: 'Publish again' }).click();
    const again = page.getByRole('dialog', { name: 'Publish version 1 again?' });
    await again.getByText('Compared with what is published now, it changed 1\u00a0widget.').waitFor();
    await again.getByRole('button', { name: 'Publish as version 4' }).click();
    await page.getByText('Version 4', { exact: true }).waitFor();
    const now = await template();
    expect([now.config?.widgets.some((w) => w.title === 'The operator’s'), now.target]).toEqual([false, { to: 'plan', plan: 'enterprise' }]);

    await page.getByRole('link', { name: 'Templates' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Templates' }).waitFor();
    const row = page.locator('tbody tr').filter({ hasText: name });
    await row.waitFor();
    expect((await row.locator('td').allInnerTexts()).slice(1, 4)).toEqual(['Tenants of plan Enterprise', '4', '1']);
    await row.getByRole('link').click();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Withdraw' }).click();
    const dialog = page.getByRole('dialog', { name: `Withdraw “${name}”?` });
    await dialog.getByLabel(/^Type/).fill(name);
    await dialog.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('heading', { level: 1, name: 'Templates' }).waitFor();
    await row.waitFor({ state: 'detached' });
  });
});
