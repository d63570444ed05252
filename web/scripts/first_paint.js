/**
 * When somebody sees something first, in Chromium: `cargo xtask paint` starts a demo of a release build and calls this with
 * its `up.json`. By hand is a page of one line without a script, served and painted in the same run, in turns.
 */
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { chromium } from 'playwright-core';

const [upJson, executablePath] = process.argv.slice(2);
const up = JSON.parse(readFileSync(upJson, 'utf8'));
const FLAGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const TIMES = 10;
/** Milliseconds. */
const BAR = 300;

const [acme] = up.tenants;

/** One request with the tenant's key; by address, because names under localhost resolve in browsers only. */
function api(method, path, body) {
  const { host, port } = new URL(acme.url);
  const headers = { host, authorization: `Bearer ${acme.api_key}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: `/api/v1${path}`, method, headers }, (reply) => {
      let text = '';
      reply.on('data', (part) => (text += part));
      reply.on('end', () => (reply.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(`${method} ${path}: ${text}`))));
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

/** The address of an embed of the first dashboard, token included. */
async function embed() {
  const { items } = await api('GET', '/dashboards');
  const { token, url } = await api('POST', '/embed-tokens', { dashboard: items[0].id });
  return `${url}#token=${token}`;
}

/** The first contentful paint of one load, in milliseconds from its start, as the browser says it. */
async function painted(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  const found = await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  const at = await found.jsonValue();
  await page.close();
  return at;
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

const plain = createServer((_, reply) => reply.setHeader('content-type', 'text/html').end('<!doctype html><title>a</title><p>a'));
await new Promise((resolve) => plain.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
  const member = await browser.newContext();
  const page = await member.newPage();
  await page.goto(`${acme.url.replace(/\/$/, '')}/sign-in`);
  await page.getByLabel('E-mail').fill(acme.owner.email);
  await page.getByLabel('Password').fill(acme.owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((at) => !at.pathname.endsWith('/sign-in'));
  await page.close();

  // Nothing is kept from one load to the next, but who is signed in.
  const stranger = () => browser.newContext();
  const again = async () => browser.newContext({ storageState: await member.storageState() });
  const rows = [
    ['a page without anything, by hand', `http://127.0.0.1:${plain.address().port}/`, stranger],
    ['app', acme.url, again],
    ['sign-in', `${acme.url.replace(/\/$/, '')}/sign-in`, stranger],
    ['embed', await embed(), stranger],
  ].map(([name, url, open]) => ({ name, url, open, times: [] }));
  for (let i = 0; i < TIMES; i++) {
    for (const row of rows) {
      const context = await row.open();
      row.times.push(await painted(context, row.url));
      await context.close();
    }
  }
  const hand = median(rows[0].times);
  console.log(`First contentful paint, nothing cached, median of ${TIMES} loads in turns; bar: ${BAR} ms`);
  for (const { name, times } of rows) {
    const at = median(times);
    const ratio = name === rows[0].name ? '' : `${(at / hand).toFixed(2)} ×  ${at <= BAR ? 'reached' : 'MISSED'}`;
    console.log(`  ${name.padEnd(34)} ${at.toFixed(0).padStart(4)} ms   slowest ${Math.max(...times).toFixed(0).padStart(4)} ms   ${ratio}`);
  }
} finally {
  await browser.close();
  plain.close();
}
