/**
 * A real Chromium. Every page it opens is watched: a script error or anything that the content security policy
 * stopped fails the test that opened it (`close` checks).
 */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { consoleUrl, type Place, up } from './installation';

const CANDIDATES = [process.env.INSULA_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const DEADLINE = 10_000;

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 375, height: 812 };

interface Options {
  viewport?: { width: number; height: number };
  scheme?: 'light' | 'dark';
  /** What the browser is set to. */
  locale?: string;
  /** Errors are part of what is tried. */
  unwatched?: boolean;
}

let browser: Browser | undefined;
let contexts: BrowserContext[] = [];
let troubles: string[] = [];

/** To be called once at the top of a test file. */
export function inBrowser(): void {
  beforeAll(async () => {
    const executablePath = CANDIDATES.find((path): path is string => !!path && existsSync(path));
    if (!executablePath) throw new Error('There is no Chromium. Install it, or name it in INSULA_CHROMIUM.');
    browser = await chromium.launch({ executablePath, args: FLAGS });
  });
  afterEach(async () => {
    const [open, seen] = [contexts, troubles];
    contexts = [];
    troubles = [];
    await Promise.all(open.map((context) => context.close()));
    expect(seen, 'errors in the browser').toEqual([]);
  });
  afterAll(() => browser?.close());
}

/** A page with cookies of its own. */
export async function open(options: Options = {}): Promise<Page> {
  if (!browser) throw new Error('inBrowser() was not called in this file.');
  const context = await browser.newContext({
    viewport: options.viewport ?? DESKTOP,
    colorScheme: options.scheme ?? 'light',
    reducedMotion: 'reduce',
    locale: options.locale ?? 'en-GB',
  });
  contexts.push(context);
  context.setDefaultTimeout(DEADLINE);
  const page = await context.newPage();
  if (!options.unwatched) watch(page);
  return page;
}

/** One more page with the same cookies. */
export async function another(page: Page): Promise<Page> {
  const next = await page.context().newPage();
  watch(next);
  return next;
}

function watch(page: Page): void {
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    // Refusals (4xx) are part of the tests; the browser reports each as an error of its own.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) troubles.push(message.text());
  });
}

async function enter(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Signed in at a tenant, on the page that was asked for. */
export async function asMember(place: Pick<Place, 'url' | 'owner'>, options: Options & { path?: string } = {}): Promise<Page> {
  const page = await open(options);
  await page.goto(`${place.url}${options.path ?? '/'}`);
  await enter(page, place.owner.email, place.owner.password);
  await page.locator('#main').waitFor();
  return page;
}

/** Signed in at the console, on the page that was asked for. */
export async function asOperator(options: Options & { path?: string } = {}): Promise<Page> {
  const page = await open(options);
  await page.goto(`${consoleUrl}${options.path ?? '/'}`);
  await enter(page, up.operator.email, up.operator.password);
  await page.locator('#main').waitFor();
  return page;
}

export const signIn = enter;

/** The page has its content: nothing of it is still on the way. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.locator('[aria-busy="true"], .skeleton').count(), { timeout: DEADLINE, message: 'skeletons are replaced' }).toBe(0);
}

/** A token's value as the page computes it. */
export const computed = (page: Page, property: string): Promise<string> =>
  page.evaluate((name) => {
    const probe = document.createElement('span');
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  }, property);
