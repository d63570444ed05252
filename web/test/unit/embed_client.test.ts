import { expect, it, vi } from 'vitest';
import { EmbedClient } from '../../embed/client';

const json = (body: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json', etag: '"1"' }, ...init });

it('the credential is in a header, no cookie goes along, nothing is kept', async () => {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => json({ a: 1 }));
  await new EmbedClient('/api/v1', fetch).read('/embed/data', 'secret-token', { last: '7d', filters: '[{"op":"in"}]', from: undefined });
  const [url, init] = fetch.mock.calls[0]!;
  expect(url).toBe('/api/v1/embed/data?last=7d&filters=%5B%7B%22op%22%3A%22in%22%7D%5D');
  expect(url).not.toContain('secret');
  expect(init).toMatchObject({ credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', headers: { authorization: 'Bearer secret-token' } });
});

it('an unchanged answer is the very same value', async () => {
  const fetch = vi.fn(async (_url: string, init: RequestInit) => ((init.headers as Record<string, string>)['if-none-match'] === '"1"' ? new Response(null, { status: 304 }) : json({ a: 1 })));
  const client = new EmbedClient('', fetch);
  const first = await client.read('/embed', 't');
  expect(await client.read('/embed', 't', {}, first)).toBe(first);
});

it('the server’s clock is remembered, of a refusal too', async () => {
  const now = Date.parse('2026-11-28T10:00:30Z');
  const refusal = () => json({ code: 'embed.not_yet', title: 'Not yet' }, { status: 401, headers: { 'content-type': 'application/problem+json', date: 'Sat, 28 Nov 2026 10:00:00 GMT' } });
  const client = new EmbedClient('', async () => refusal(), () => now);
  await expect(client.read('/embed', 't')).rejects.toMatchObject({ code: 'embed.not_yet', status: 401 });
  expect(client.skew).toBe(30_000);
});

it('no answer is a refusal like any other', async () => {
  const client = new EmbedClient('', async () => Promise.reject(new TypeError('failed')));
  await expect(client.read('/embed', 't')).rejects.toMatchObject({ code: 'network' });
});
