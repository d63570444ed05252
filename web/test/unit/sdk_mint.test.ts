import { expect, expectTypeOf, it, vi } from 'vitest';
import { scriptOf } from '../../sdk/src/element';
import { type Filter, InsulaError, mint, type Range } from '../../sdk/src/mint';
import type { Filter as WireFilter, RangeInput } from '../../wire/shapes';

const made = { id: 'emb_1', token: 'a.b.c', expires_at: '2026-11-28T10:05:00Z', url: 'https://acme.example/embed/dashboards/dsh_1' };
const answering = (status: number, body: unknown) => vi.fn(async (_url: unknown, _init?: RequestInit) => new Response(JSON.stringify(body), { status }));

it('mints with the key in a header and everything else in the body', async () => {
  const fetch = answering(201, made);
  const minted = await mint({ url: 'https://acme.example/', apiKey: 'isk_secret', dashboard: 'dsh_1', viewer: 'user-42', filters: [{ op: 'in', dimension: 'customer', values: ['c-1'] }], origins: ['https://app.example'], ttlSeconds: 120, fetch });
  expect(minted).toEqual({ id: 'emb_1', token: 'a.b.c', expiresAt: made.expires_at, url: made.url });
  const [url, init] = fetch.mock.calls[0]!;
  expect(url).toBe('https://acme.example/api/v1/embed-tokens');
  expect(init?.headers).toMatchObject({ authorization: 'Bearer isk_secret', 'idempotency-key': expect.stringMatching(/.{16,}/) });
  expect(JSON.parse(String(init?.body))).toEqual({ dashboard: 'dsh_1', viewer: 'user-42', filters: [{ op: 'in', dimension: 'customer', values: ['c-1'] }], origins: ['https://app.example'], ttl_seconds: 120 });
  expect(String(init?.body)).not.toContain('isk_');
});

it('a refusal has its code, its sentence and no secret', async () => {
  const fetch = answering(403, { code: 'embed.row_filter', title: 'A filter is missing', detail: 'Lock customer_id.' });
  const refused = await mint({ url: 'https://acme.example', apiKey: 'isk_secret', dashboard: 'dsh_1', fetch }).catch((e: unknown) => e);
  expect(refused).toBeInstanceOf(InsulaError);
  expect(refused).toMatchObject({ code: 'embed.row_filter', message: 'Lock customer_id.', status: 403 });
  expect(JSON.stringify(refused)).not.toContain('isk_');
});

it('what is no answer of ours is one of its own kind', async () => {
  await expect(mint({ url: 'https://acme.example', apiKey: 'k', dashboard: 'd', fetch: async () => new Response('<html>', { status: 502 }) })).rejects.toMatchObject({ code: 'http.502' });
  await expect(mint({ url: 'https://acme.example', apiKey: 'k', dashboard: 'd', fetch: async () => Promise.reject(new TypeError('fetch failed')) })).rejects.toMatchObject({ code: 'network' });
});

it('the script is that of the workspace, with its path', () => {
  expect(scriptOf('https://acme.example/embed/dashboards/dsh_1')).toBe('https://acme.example/embed/insula.js');
  expect(scriptOf('http://localhost:8080/t/acme/embed/dashboards/dsh_1/widgets/w1')).toBe('http://localhost:8080/t/acme/embed/insula.js');
  expect(() => scriptOf('https://acme.example/dashboards/dsh_1')).toThrow(/mint/);
});

it('the package’s shapes are those on the wire', () => {
  // Written in another way, and the same: what the one is the other is.
  expectTypeOf<Filter>().toExtend<WireFilter>();
  expectTypeOf<WireFilter>().toExtend<Filter>();
  expectTypeOf<Range>().toEqualTypeOf<RangeInput>();
});
