/**
 * A product of somebody else, at an origin of its own: a small server with pages that frame dashboards, which mints
 * tokens as any product does, with the key that it keeps to itself.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame, Page as Tab } from 'playwright-core';
import { apiRoot, framed, TENANT_API } from '../../app/paths';
import { mint, type MintOptions } from '../../sdk/src';
import type { Dashboard, DashboardSummary, EmbedSettings, Page } from '../../wire/shapes';
import { pathStyle, type Place, send, until } from './installation';

export interface Product {
  /** With which it is known to browsers. */
  origin: string;
  /** The same server under another name. */
  other: string;
  /** What its page holds. */
  body: string;
  /** Every token that it gave, newest last. */
  minted: { id: string; token: string }[];
  /** What the next tokens are made with, beside the dashboard. */
  options: Partial<MintOptions>;
  close(): Promise<void>;
}

export interface Board {
  place: Place;
  id: string;
  /** The page to frame, and the element's script. */
  src: string;
  script: string;
}

const api = (place: Place, path: string): string => place.url + apiRoot('') + path;

/** The tenant's dashboard of that name. */
export async function board(place: Place, name = 'Flights'): Promise<Board> {
  const { body } = await send('GET', api(place, TENANT_API.dashboards()), { token: place.api_key ?? '' });
  const found = (body as Page<DashboardSummary>).items.find((d) => d.name === name);
  if (!found) throw new Error(`${place.slug} has no dashboard ${name}.`);
  return { place, id: found.id, src: place.url + framed('').dashboard(found.id), script: place.url + framed('').element() };
}

export async function config({ place, id }: Board): Promise<Dashboard> {
  return (await send('GET', api(place, TENANT_API.dashboard(id)), { token: place.api_key ?? '' })).body as Dashboard;
}

/** From now on these may frame the tenant's dashboards, and nobody else. */
export async function allow(place: Place, origins: string[]): Promise<void> {
  const token = place.api_key ?? '';
  const { body } = await send('GET', api(place, TENANT_API.embedding()), { token });
  const { status, body: answer } = await send('PUT', api(place, TENANT_API.embedding()), { token, body: { origins }, match: `"${(body as EmbedSettings).version}"` });
  if (status !== 200) throw new Error(`The origins were refused with ${status}: ${JSON.stringify(answer)}`);
}

export async function revoke(place: Place, what: object): Promise<void> {
  const { status } = await send('POST', api(place, TENANT_API.embedRevocations()), { token: place.api_key ?? '', body: what });
  if (status !== 201) throw new Error(`The revocation was refused with ${status}.`);
}

/** The element for a board. */
export const element = ({ place, id, src }: Board, more = ''): string => `<insula-dashboard src="${src}" token-url="/token/${place.slug}/${id}" ${more}></insula-dashboard>`;

/** Opens for business on a free port; `boards` are those that it has a key for. */
export async function product(boards: readonly Board[]): Promise<Product> {
  const self: Product = { origin: '', other: '', body: '', minted: [], options: {}, close: () => new Promise((resolve) => server.close(() => resolve())) };
  const scripts = (): string => `<script type="module" src="${boards[0]?.script ?? ''}"></script>`;
  const server: Server = createServer((request, response) => {
    const [, , slug, id] = (request.url ?? '').split('/');
    const wanted = boards.find((b) => b.place.slug === slug && b.id === id);
    if (request.method === 'POST' && wanted) {
      mint({ url: pathStyle(wanted.place.slug), apiKey: wanted.place.api_key ?? '', dashboard: wanted.id, viewer: 'user-42', ...self.options }).then(
        (made) => {
          self.minted.push(made);
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token: made.token }));
        },
        (error: unknown) => response.writeHead(502, { 'content-type': 'application/json' }).end(JSON.stringify({ error: String(error) })),
      );
    } else if (request.url === '/') {
      const style = 'body{margin:0 auto;max-width:1080px;padding:24px 12px;font:16px/1.5 system-ui,sans-serif}:root{color-scheme:light dark}';
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Orbit</title><style>${style}</style>${scripts()}</head><body><h1>Orbit</h1>${self.body}</body></html>`);
    } else response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(self, { origin: `http://app.localhost:${port}`, other: `http://other.localhost:${port}` });
}

/** What frames a dashboard of the tenant. */
export async function frameOf(page: Tab, place: { url: string }): Promise<Frame> {
  return until(`a frame of ${place.url}`, async () => page.frames().find((f) => f.url().startsWith(`${place.url}/embed/`)));
}

/** The dashboard stands, with its first numbers. */
export async function shown(frame: Frame): Promise<string> {
  await frame.locator('.kpi .value').first().waitFor();
  return (await frame.locator('.kpi .value').allInnerTexts()).join(' | ');
}
