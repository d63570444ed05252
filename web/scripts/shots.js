/**
 * The pictures of the README, of a running demo: `cargo xtask shots` starts one and calls this with its `up.json` and the
 * folder to write to. Sizes are those of a desk and of a phone, twice as sharp; files are WebP, packed by the browser.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [upJson, folder, executablePath] = process.argv.slice(2);
const up = JSON.parse(readFileSync(upJson, 'utf8'));
const FLAGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 375, height: 812 };

/** Names that nobody has, so that the console has something to show. */
const MORE = [
  ['umbrella', 'Umbrella', 'schema', 'growth'],
  ['hooli', 'Hooli', 'database', 'enterprise'],
  ['soylent', 'Soylent Foods', 'pooled', 'free'],
  ['tyrell', 'Tyrell', 'schema', 'growth'],
  ['wonka', 'Wonka Confectionery', 'pooled', 'free'],
  ['duff', 'Duff Brewing', 'pooled', 'growth'],
  ['vandelay', 'Vandelay Imports', 'pooled', 'free'],
  ['gringotts', 'Gringotts', 'database', 'enterprise'],
];

/** One request to the operator API; by address, because names under localhost resolve in browsers only. */
function api(method, path, body) {
  const { host, port } = new URL(up.console_url);
  const headers = { host, authorization: `Bearer ${up.operator.token}`, 'content-type': 'application/json' };
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

async function ended(operation) {
  for (;;) {
    const now = await api('GET', `/operations/${operation.id}`);
    if (['succeeded', 'failed', 'cancelled', 'stuck'].includes(now.status)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function furnish() {
  const there = new Set((await api('GET', '/tenants?limit=200')).items.map((t) => t.slug));
  for (const [slug, name, tier, plan] of MORE.filter(([slug]) => !there.has(slug))) {
    const owner = { email: `owner@${slug}.test` };
    const made = await api('POST', '/tenants', { slug, name, tier, plan, owner, sample_data: true });
    await ended(made.operation);
  }
  if (!there.has('vandelay')) await ended(await api('POST', '/tenants/vandelay/suspend', { reason: 'invoice overdue' }));
}

const browser = await chromium.launch({ executablePath, args: FLAGS });

async function page(viewport, scheme) {
  const isMobile = viewport === PHONE;
  const context = await browser.newContext({ viewport, isMobile, colorScheme: scheme, deviceScaleFactor: 2, reducedMotion: 'reduce', locale: 'en-GB' });
  return context.newPage();
}

async function signIn(page, url, who) {
  await page.goto(`${url.replace(/\/$/, '')}/sign-in`);
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((at) => !at.pathname.endsWith('/sign-in'));
}

/** The browser packs what it drew: no image library is needed. */
async function webp(png) {
  const page = await browser.newPage();
  const data = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d').drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  }, `data:image/png;base64,${png.toString('base64')}`);
  await page.close();
  return Buffer.from(data);
}

async function shoot(page, name) {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  const file = join(folder, `${name}.webp`);
  const bytes = await webp(await page.screenshot());
  writeFileSync(file, bytes);
  console.log(`${file}  ${Math.round(bytes.length / 1024)} KiB`);
}

async function dashboards(slug, name, viewport, scheme) {
  const tenant = up.tenants.find((t) => t.slug === slug);
  const at = await page(viewport, scheme);
  await signIn(at, tenant.url, tenant.owner);
  await at.goto(tenant.url);
  await at.getByRole('heading', { level: 1 }).first().waitFor();
  await shoot(at, name);
  await at.context().close();
}

/** Pages of the console: what is opened, what it shows when it is there, and the picture's name. */
async function consolePages(viewport, scheme, pages) {
  const url = up.console_url.replace(/\/$/, '');
  const at = await page(viewport, scheme);
  await signIn(at, url, up.operator);
  for (const [path, text, name] of pages) {
    await at.goto(url + path);
    await at.getByText(text).first().waitFor();
    await shoot(at, name);
  }
  await at.context().close();
}

await furnish();
const [provisioned] = (await api('GET', '/operations?tenant=tyrell')).items;
await consolePages(DESK, 'light', [
  ['/tenants', 'Acme Air', 'console-tenants'],
  ['/tenants/hooli', 'Hooli', 'console-tenant'],
  [`/operations/${provisioned.id}`, 'Create its place in the database', 'console-operation'],
]);
await consolePages(PHONE, 'light', [['/tenants', 'Acme Air', 'console-tenants-phone']]);
for (const slug of ['acme', 'globex', 'initech']) await dashboards(slug, `dashboard-${slug}`, DESK, 'light');
await dashboards('acme', 'dashboard-acme-dark', DESK, 'dark');
await dashboards('globex', 'dashboard-globex-phone', PHONE, 'light');
const acme = up.tenants.find((t) => t.slug === 'acme');
const tall = await page({ width: 1280, height: 1180 }, 'light');
await signIn(tall, acme.url, acme.owner);
await tall.goto(acme.url);
await tall.getByRole('link', { name: 'Punctuality' }).first().click();
await tall.getByText('Where they go').waitFor();
await shoot(tall, 'dashboard-punctuality');
await tall.getByRole('link', { name: 'Edit' }).click();
await tall.getByRole('button', { name: /^Where they go/ }).click();
await tall.setViewportSize(DESK);
await shoot(tall, 'editor');
await browser.close();
