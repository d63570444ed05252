/** Everything without a mouse. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { asMember, asOperator, inBrowser, open, settled } from './browser';
import { tenant, until, up, consoleUrl } from './installation';

inBrowser();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '');

it('signing in', async () => {
  const page = await open();
  await page.goto(`${consoleUrl}/`);
  await page.getByLabel('E-mail').waitFor();
  await until('the focus on the first field', async () => page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.type === 'email'));
  await page.keyboard.type(up.operator.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(up.operator.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
});

it('the palette jumps to pages and tenants', async () => {
  const page = await asOperator();
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('initech');
  await page.getByRole('option', { name: /Initech/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Initech', level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/tenants/initech');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('suspend');
  await page.getByRole('option', { name: /Suspend Initech/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox').waitFor({ state: 'detached' });
});

it('keys: ? shows them, g and a letter goes, typing is left alone', async () => {
  const page = await asMember(tenant('acme'));
  await settled(page);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  await settled(page);
  expect(await focused(page), 'after a move the focus is on the heading').toBe('Settings');
  await page.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.type('g?');
  expect(await page.getByRole('dialog').count()).toBe(0);
});

it('a dialog keeps the focus inside and gives it back', async () => {
  const page = await asMember(tenant('acme'), { path: '/members' });
  await settled(page);
  const invite = page.getByRole('button', { name: 'Invite' });
  await invite.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  for (let i = 0; i < 12; i += 1) {
    await page.keyboard.press('Tab');
    const outside = await page.evaluate(() => !!document.activeElement && document.activeElement !== document.body && !document.activeElement.closest('dialog'));
    expect(outside, `the focus left the dialog after ${i + 1} tabs`).toBe(false);
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await focused(page)).toBe('Invite');
});

it('a menu is walked with arrows and gives the focus back', async () => {
  const page = await asMember(tenant('acme'));
  await settled(page);
  const more = page.getByRole('button', { name: /: more$/ }).nth(4);
  await more.focus();
  const name = await focused(page);
  await page.keyboard.press('Enter');
  await until('the focus on the first entry', async () => (await focused(page)) === 'Show as table');
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe('Show the rows behind it');
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe('Download as CSV');
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe('Download as Excel');
  await page.keyboard.press('Escape');
  await until('the focus back on the button', async () => (await focused(page)) === name);
});

it('the first tab skips the navigation', async () => {
  const page = await asMember(tenant('acme'));
  await settled(page);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Skip to content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
});
