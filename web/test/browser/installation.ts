/**
 * The installation that the browser tests run against: the one whose `up.json` the environment variable
 * `INSULA_UP_JSON` names. Requests go to the loopback address with the right `Host`, because `*.localhost` resolves
 * in browsers only.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Operation, Tenant, Tier } from '../../wire/shapes';
import { apiRoot, CONSOLE_API } from '../../app/paths';

interface Owner {
  email: string;
  password: string;
}
export interface Place {
  slug: string;
  tier: Tier;
  url: string;
  owner: Owner;
  api_key?: string;
}
interface Up {
  console_url: string;
  operator: Owner & { token: string };
  tenants: Place[];
}

function read(): Up {
  const file = process.env.INSULA_UP_JSON;
  if (!file) throw new Error('Set INSULA_UP_JSON to the up.json of a running installation (insula up --demo writes it into its data directory).');
  return JSON.parse(readFileSync(file, 'utf8')) as Up;
}

export const up = read();
export const consoleUrl = up.console_url.replace(/\/$/, '');
export const demo = up.tenants.map((t) => ({ ...t, url: t.url.replace(/\/$/, '') }));

/** The demo tenant of that slug. */
export function tenant(slug: string): Place {
  const found = demo.find((t) => t.slug === slug);
  if (!found) throw new Error(`up.json names no demo tenant ${slug}, only ${demo.map((t) => t.slug).join(', ')}.`);
  return found;
}

/** `http://acme.localhost:8080` in path style: `http://localhost:8080/t/acme`. */
export function pathStyle(slug: string): string {
  const { protocol, host } = new URL(consoleUrl);
  return `${protocol}//${host.replace(/^console\./, '')}/t/${slug}`;
}

export interface Answer {
  status: number;
  body: unknown;
}

/** One request, as a program would send it. */
export function send(method: string, url: string, options: { token?: string; body?: unknown; match?: string } = {}): Promise<Answer> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const text = options.body === undefined ? undefined : JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: hostname.endsWith('localhost') ? '127.0.0.1' : hostname,
        port,
        method,
        path: pathname + search,
        headers: {
          host,
          accept: 'application/json',
          ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...(options.match ? { 'if-match': options.match } : {}),
          ...(method === 'POST' ? { 'idempotency-key': `browser-${crypto.randomUUID()}` } : {}),
        },
      },
      (incoming) => {
        let received = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (part: string) => (received += part));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: received ? JSON.parse(received) : null }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

const operator = async (method: string, path: string, body?: unknown): Promise<Answer> =>
  send(method, consoleUrl + apiRoot('') + path, { token: up.operator.token, ...(body === undefined ? {} : { body }) });

const ENDED = ['succeeded', 'failed', 'cancelled', 'stuck'];

/** Until something is true; says what it waited for. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, deadline = 15_000): Promise<T> {
  const end = Date.now() + deadline;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`Waited ${deadline / 1000} s in vain for: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ended(operation: Operation): Promise<void> {
  const last = await until(`${operation.kind} to end`, async () => {
    const { body } = await operator('GET', CONSOLE_API.operation(operation.id));
    const now = body as Operation;
    return ENDED.includes(now.status) && now;
  });
  if (last.status !== 'succeeded') throw new Error(`${operation.kind} ended as ${last.status}: ${last.error?.detail ?? ''}`);
}

/** A tenant for one test, with an owner who can sign in. */
export async function provision(tier: Tier = 'pooled'): Promise<Place> {
  const slug = `browser-${crypto.randomUUID().slice(0, 8)}`;
  const owner = { email: `owner@${slug}.test`, password: `lantern-${crypto.randomUUID()}` };
  const { status, body } = await operator('POST', CONSOLE_API.tenants(), { slug, name: `Test ${slug}`, tier, owner, sample_data: true });
  if (status !== 202) throw new Error(`Provisioning was refused with ${status}: ${JSON.stringify(body)}`);
  const made = body as { tenant: Tenant; operation: Operation };
  await ended(made.operation);
  return { slug, tier, owner, url: made.tenant.url.replace(/\/$/, '') };
}

/** From when this is over, nobody comes in. */
export async function suspend(slug: string): Promise<void> {
  await operate(slug, CONSOLE_API.tenantSuspend(slug), { reason: 'a browser test' }, 403);
}

/** From when this is over, everybody comes in again. */
export async function resume(slug: string): Promise<void> {
  await operate(slug, CONSOLE_API.tenantResume(slug), {}, 200);
}

async function operate(slug: string, path: string, body: object, shown: number): Promise<void> {
  const { status, body: operation } = await operator('POST', path, body);
  if (status !== 202) throw new Error(`${path} was refused with ${status}: ${JSON.stringify(operation)}`);
  await ended(operation as Operation);
  // Nodes hear of it within a second.
  await until(`${slug} to answer with ${shown}`, async () => (await send('GET', `${pathStyle(slug)}${apiRoot('')}/openapi.json`)).status === shown);
}

/** Nothing of it stays. */
export async function erase(slug: string): Promise<void> {
  const { status, body } = await operator('POST', CONSOLE_API.tenantDelete(slug), { confirm: slug, now: true });
  if (status === 404) return;
  if (status !== 202) throw new Error(`Deleting ${slug} was refused with ${status}: ${JSON.stringify(body)}`);
  await ended(body as Operation);
}
