/** The doors: each tenant's own, in its own clothes; nobody comes through another's. */
import { describe, expect, it } from 'vitest';
import { asMember, computed, inBrowser, open, settled, signIn } from './browser';
import { demo, pathStyle, tenant } from './installation';
import { TENANT_API, tenantPaths } from '../../app/paths';

inBrowser();
const to = tenantPaths('');

describe('every demo tenant', () => {
  it.each(demo.map((t) => [t.slug, t] as const))('%s: its owner signs in and sees its dashboard', async (_slug, place) => {
    const page = await asMember(place);
    await settled(page);
    await page.locator('.kpi .value').first().waitFor();
    expect(await page.locator('body > .first').isVisible(), 'the shell has the mark now').toBe(false);
    expect(await page.locator('.kpi .value').allInnerTexts()).not.toContain('–');
    await expect.poll(() => page.locator('.plot svg path.now, .plot svg rect').count()).toBeGreaterThan(0);
  });

  it('has a brand and numbers of its own', async () => {
    const seen = [];
    for (const place of demo) {
      const page = await asMember(place);
      await page.locator('.kpi .value').first().waitFor();
      seen.push({ accent: await computed(page, '--accent'), title: await page.title(), numbers: (await page.locator('.kpi .value').allInnerTexts()).join() });
    }
    for (const what of ['accent', 'title', 'numbers'] as const) expect(new Set(seen.map((s) => s[what])).size, what).toBe(demo.length);
  });

  it('is branded before any script has run', async () => {
    for (const place of demo) {
      const page = await open({ unwatched: true });
      await page.route('**/assets/*.js', (route) => route.abort());
      await page.goto(`${place.url}/`).catch(() => undefined);
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--brand')), place.slug).not.toBe('');
      expect(await page.locator('.first').isVisible(), place.slug).toBe(true);
      expect(await page.locator('.first').innerText(), place.slug).toContain(await page.title());
      // Nothing jumps when the script has run: the mark is where it was.
      const where = await page.goto(`${place.url}${to.signIn()}`).then(() => page.locator('.first').boundingBox());
      await page.unroute('**/assets/*.js');
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.locator('.first').isVisible(), place.slug).toBe(false);
      const now = await page.locator('.entrance .brand .brand').boundingBox();
      expect([now?.x, Math.round(now?.y ?? 0)], place.slug).toEqual([where?.x, Math.round(where?.y ?? 0)]);
    }
  });
});

describe('the sign-in', () => {
  it('says when something is not right, and keeps what was typed', async () => {
    const page = await open();
    await page.goto(`${tenant('acme').url}/`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Your e-mail address is missing.').waitFor();
    await signIn(page, 'nobody@acme.test', 'not the password');
    await page.getByRole('alert').filter({ hasText: 'not right' }).waitFor();
    expect(await page.getByLabel('E-mail').inputValue()).toBe('nobody@acme.test');
  });

  it('leads back to the page that was asked for', async () => {
    const page = await asMember(tenant('acme'), { path: to.members() });
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe(to.members());
  });

  it('ends for good: nothing is left after signing out', async () => {
    const page = await asMember(tenant('acme'));
    await settled(page);
    await page.getByRole('button', { name: /owner@acme/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: /^Sign in to/ }).waitFor();
    await page.goto(`${tenant('acme').url}${to.members()}`);
    await page.getByRole('heading', { name: /^Sign in to/ }).waitFor();
    const status = await page.evaluate(async (path) => (await fetch(`/api/v1${path}`)).status, TENANT_API.members());
    expect(status).toBe(401);
  });

  it('works in path style, and stays below its path', async () => {
    const url = pathStyle('acme');
    const page = await asMember({ url, owner: tenant('acme').owner }, { path: to.dashboards() });
    await page.getByRole('heading', { name: 'Dashboards', level: 1 }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Data' }).click();
    await page.getByRole('heading', { name: 'Data', level: 1 }).waitFor();
    expect(page.url()).toBe(`${url}/data`);
  });
});

describe('another’s door', () => {
  it('says kindly that this is not theirs, in the other’s clothes', async () => {
    const page = await open();
    await page.goto(`${tenant('globex').url}/`);
    const { email, password } = tenant('acme').owner;
    await signIn(page, email, password);
    await page.getByRole('heading', { name: 'This is not your place' }).waitFor();
    expect(await page.locator('body').innerText()).not.toMatch(/acme/i);
    await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await page.getByLabel('E-mail').waitFor();
  });

  it('does not open for a cookie of one’s own place', async () => {
    const page = await asMember(tenant('acme'));
    await settled(page);
    await page.goto(`${tenant('globex').url}/`);
    await page.getByLabel('E-mail').waitFor();
  });
});
