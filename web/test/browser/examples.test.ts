/**
 * The examples, as somebody who copies them would run them: each in a folder of its own, built by its own command, served
 * by its own server with a key that stays there. The packages are those that are installed here.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inBrowser, open } from './browser';
import { allow, type Board, board } from './host';
import { pathStyle, tenant, until } from './installation';

inBrowser();
const EXAMPLES = fileURLToPath(new URL('../../../examples/embed', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const place = tenant('globex');
let flights: Board;
beforeAll(async () => {
  flights = await board(place);
});
afterAll(() => allow(place, []));

/** Copied, built and started; the address that it prints. */
async function start(name: string, folder: string): Promise<{ origin: string; server: ChildProcess }> {
  cpSync(join(EXAMPLES, name), folder, { recursive: true, filter: (from) => !/node_modules|dist$/.test(from) });
  symlinkSync(PACKAGES, join(folder, 'node_modules'));
  if (name !== 'plain') execFileSync(process.execPath, [join(PACKAGES, 'vite/bin/vite.js'), 'build', '--logLevel', 'error'], { cwd: folder, env: { ...process.env, NODE_ENV: 'production' } });
  const env = { ...process.env, INSULA_URL: pathStyle(place.slug), INSULA_API_KEY: place.api_key ?? '', INSULA_DASHBOARD: flights.id, PORT: '0' };
  const server = spawn(process.execPath, ['server.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  server.stdout?.setEncoding('utf8').on('data', (part: string) => (said += part));
  const origin = await until('the example’s address', async () => /http:\/\/\S+/.exec(said)?.[0]);
  return { origin, server };
}

describe.each(['plain', 'react', 'vue'])('%s', (name) => {
  let folder: string;
  let running: { origin: string; server: ChildProcess };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `insula-example-${name}-`));
    running = await start(name, folder);
    await allow(place, [running.origin]);
  });
  afterAll(() => {
    running?.server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows the dashboard in its page', async () => {
    const page = await open();
    await page.goto(running.origin);
    const frame = page.frameLocator('insula-dashboard iframe');
    await frame.locator('.kpi .value').first().waitFor();
    expect(await frame.locator('h1').innerText()).toBe('Flights');
    expect(await page.content()).not.toContain(place.api_key);
    if (name === 'plain') return;

    await page.getByRole('status').getByText('Here it is').waitFor();
    const before = await frame.locator('.foot').innerText();
    await page.getByRole('button', { name: 'Last week' }).click();
    await until('another range', async () => (await frame.locator('.foot').innerText()) !== before);
    await page.getByRole('button', { name: 'All of it' }).click();
    await until('the first range', async () => (await frame.locator('.foot').innerText()) === before);
    await page.getByRole('button', { name: /^Theme/ }).click();
    await until('the dark', async () => (await frame.locator('html').getAttribute('data-scheme')) === 'dark');
  });
});
