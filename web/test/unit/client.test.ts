import { describe, expect, it } from 'vitest';
import { Client } from '$app/api/client';
import type { ApiError } from '../../wire/problem';

type Sent = { url: string; init: RequestInit; headers: Record<string, string> };

/** A client whose server answers with these, one after the other; an error stands for a broken connection. */
function talking(...answers: (Response | Error)[]) {
  const sent: Sent[] = [];
  const refused: ApiError[] = [];
  const client = new Client('/t/acme/api/v1', async (url, init) => {
    sent.push({ url, init, headers: init.headers as Record<string, string> });
    const answer = answers.shift();
    if (!answer) throw new Error('more requests than answers');
    if (answer instanceof Error) throw answer;
    return answer;
  });
  client.onrefusal = (error) => refused.push(error);
  return { client, sent, refused };
}
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...headers } });

describe('reading', () => {
  it('builds the address, leaving out what is not said', async () => {
    const { client, sent } = talking(json({}));
    await client.get('/audit', { limit: 50, cursor: undefined, q: '', ü: 'a&b' });
    expect(sent[0]?.url).toBe('/t/acme/api/v1/audit?limit=50&%C3%BC=a%26b');
  });
  it('asks with the version it has, and keeps the very same value when nothing changed', async () => {
    const { client, sent } = talking(json({ n: 1 }, 200, { etag: '"3"' }), new Response(null, { status: 304 }));
    const first = await client.read<{ n: number }>('/settings');
    const second = await client.read('/settings', {}, undefined, first);
    expect(sent[1]?.headers['if-none-match']).toBe('"3"');
    expect(second).toBe(first);
  });
  it('reading is no write: no idempotency key', async () => {
    const { client, sent } = talking(json({}));
    await client.get('/x');
    expect(sent[0]?.headers).not.toHaveProperty('idempotency-key');
  });
});

describe('writing', () => {
  it('every POST has a key of its own', async () => {
    const { client, sent } = talking(json({}, 201), json({}, 201));
    await client.post('/x', { body: { a: 1 } });
    await client.post('/x', { body: { a: 1 } });
    const keys = sent.map((s) => s.headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[0]).not.toBe(keys[1]);
  });
  it.each([
    [3, '"3"'],
    ['"3"', '"3"'],
    ['W/"3"', 'W/"3"'],
    ['abc', '"abc"'],
  ])('If-Match of %j is %s', async (match, header) => {
    const { client, sent } = talking(json({}));
    await client.patch('/settings', { body: {}, match });
    expect(sent[0]?.headers['if-match']).toBe(header);
  });
  it('a file goes as it is', async () => {
    const { client, sent } = talking(json({}));
    await client.put('/settings/logo', { file: new Blob(['x'], { type: 'image/png' }) });
    expect(sent[0]?.headers['content-type']).toBe('image/png');
  });
  it('no content is no error', async () => {
    const { client } = talking(new Response(null, { status: 204 }));
    expect(await client.delete('/members/1')).toBeUndefined();
  });
});

describe('when it is not known whether it took effect', () => {
  it('a broken connection: the POST is sent once more under the same key', async () => {
    const { client, sent } = talking(new TypeError('Failed to fetch'), json({ id: 1 }, 201));
    expect(await client.post('/x', { body: {} })).toEqual({ id: 1 });
    expect(sent[0]?.headers['idempotency-key']).toBe(sent[1]?.headers['idempotency-key']);
  });
  it('the server says so: likewise', async () => {
    const { client, sent } = talking(json({ code: 'outcome.unknown', title: 'x' }, 503), json({ id: 1 }, 201));
    expect(await client.post('/x')).toEqual({ id: 1 });
    expect(sent).toHaveLength(2);
  });
  it('but not twice, and not for other refusals or other methods', async () => {
    await expect(talking(new TypeError(), new TypeError()).client.post('/x')).rejects.toMatchObject({ code: 'network' });
    await expect(talking(json({ code: 'database.down', title: 'x' }, 503)).client.post('/x')).rejects.toMatchObject({ code: 'database.down' });
    await expect(talking(new TypeError()).client.delete('/x')).rejects.toMatchObject({ code: 'network' });
  });
});

it('every refusal is told to whoever listens', async () => {
  const { client, refused } = talking(json({ code: 'auth.ended', title: 'x' }, 401));
  await expect(client.get('/members')).rejects.toMatchObject({ status: 401 });
  expect(refused.map((e) => e.code)).toEqual(['auth.ended']);
});
