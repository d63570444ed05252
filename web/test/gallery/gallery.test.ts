/**
 * Every widget in every state, in light, in dark and at 375 pixels, there also with German words, which are long: nothing
 * sticks out of its card, axe finds nothing serious, the browser reports no error. The pictures are in
 * `test/gallery/shots`, to be looked at.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../../gallery/samples';

const CONFIG = fileURLToPath(new URL('../../gallery/vite.config.ts', import.meta.url));
const SHOTS = fileURLToPath(new URL('./shots', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = [process.env.INSULA_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path): path is string => !!path && existsSync(path));
interface Look {
  name: string;
  scheme: 'light' | 'dark';
  width: number;
  locale?: string;
}
const LOOKS: readonly [Look, Look, ...Look[]] = [
  { name: 'light', scheme: 'light', width: 1280 },
  { name: 'dark', scheme: 'dark', width: 1280 },
  { name: 'phone', scheme: 'light', width: 375 },
  { name: 'german', scheme: 'light', width: 375, locale: 'de-AT' },
];

let browser: Browser;
let server: PreviewServer;
let address: string;

beforeAll(async () => {
  if (!CHROMIUM) throw new Error('There is no Chromium. Install it, or name it in INSULA_CHROMIUM.');
  mkdirSync(SHOTS, { recursive: true });
  await build({ configFile: CONFIG, logLevel: 'error' });
  server = await preview({ configFile: CONFIG, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
  address = server.resolvedUrls?.local[0] ?? '';
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'] });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** What sticks out of its card, and of what else scrolls nowhere. */
const overflowing = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over > 0) found.push(`the page is ${over} px too wide`);
    for (const cell of document.querySelectorAll<HTMLElement>('.cell[data-state]')) {
      const body = cell.querySelector<HTMLElement>('.frame > .body');
      if (!body) found.push(`${cell.dataset.state}: no card`);
      else if (body.scrollWidth > body.clientWidth + 1 || body.scrollHeight > body.clientHeight + 1) {
        found.push(`${cell.dataset.state}: ${body.scrollWidth} × ${body.scrollHeight} in ${body.clientWidth} × ${body.clientHeight}`);
      }
    }
    return found;
  });

async function serious(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 200)} ${n.any[0]?.message ?? ''}`));
}

async function open(kind: string, look: Look, troubles: string[]): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: look.width, height: 900 }, colorScheme: look.scheme, reducedMotion: 'reduce', locale: 'en-GB' });
  const page = await context.newPage();
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  // A million points look the same in every light: one look is enough of what takes so long to make.
  await page.goto(`${address}?kind=${kind}${look.name === 'light' ? '' : '&without=many'}${look.locale ? `&locale=${look.locale}` : ''}`);
  await page.evaluate(() => document.fonts.ready);
  // Only the card that is loading has a skeleton.
  await expect.poll(() => page.locator('.cell[data-state]:not([data-state="loading"]) .skeleton').count(), { timeout: 20_000 }).toBe(0);
  await expect.poll(() => page.locator('.cell .frame').count(), { timeout: 20_000 }).toBeGreaterThan(3);
  return page;
}

describe.each(LOOKS)('$name', (look) => {
  it.each(KINDS)('%s', async (kind) => {
    const troubles: string[] = [];
    const page = await open(kind, look, troubles);
    await page.screenshot({ path: `${SHOTS}/${kind}-${look.name}.png`, fullPage: true });
    expect(await overflowing(page)).toEqual([]);
    expect(await serious(page)).toEqual([]);
    expect(troubles).toEqual([]);
    await page.context().close();
  });
});

describe('what people do with them', () => {
  const said = (page: Page) => page.locator('main > .said').innerText();
  const [, QUICK] = LOOKS;

  it('a bar, a slice, a row, a country and a cell say what they are', async () => {
    const picks = [
      ['bar', 'ul button'], ['pie', 'ul button'], ['table', 'td button'], ['pivot', 'th button'], ['cohort', 'th button'], ['map', 'ol button'],
    ] as const;
    for (const [kind, selector] of picks) {
      const page = await open(kind, QUICK, []);
      await page.locator(`[data-state="usual"] ${selector}`).first().click();
      expect(JSON.parse(await said(page)), kind).toMatchObject([{ dimension: expect.any(String), value: expect.any(String) }]);
      await page.context().close();
    }
  });

  it('a stretch of a chart is chosen with the mouse and with the keys', async () => {
    const page = await open('time_series', QUICK, []);
    const plot = page.locator('[data-state="usual"] .plot');
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    const dragged = JSON.parse(await said(page)) as { from: string; to: string };
    expect(dragged.from < dragged.to).toBe(true);
    await plot.focus();
    for (const key of ['Home', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Enter']) await page.keyboard.press(key);
    expect(JSON.parse(await said(page))).toEqual({ from: '2026-01-01', to: '2026-01-04' });
    await page.context().close();
  });

  it('a heatmap is read with the arrow keys', async () => {
    const page = await open('heatmap', QUICK, []);
    await page.locator('[data-state="usual"] [role="application"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('[data-state="usual"] .say').innerText()).toMatch(/Direct · Free: /);
    await page.keyboard.press('Enter');
    expect(JSON.parse(await said(page))).toEqual([{ dimension: 'channel', value: 'Direct' }, { dimension: 'plan', value: 'Free' }]);
    await page.context().close();
  });
});
