import { describe, expect, it } from 'vitest';
import { ApiError, asApiError, fieldErrors, isAbort, refusal, sentence } from '../../wire/problem';

const reply = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json', ...headers } });

describe('refusals', () => {
  it('are read as they are', async () => {
    const error = await refusal(reply(409, { type: '/docs/problems/tenant.slug_taken', title: 'That name is taken', status: 409, detail: 'Choose another.', code: 'tenant.slug_taken', instance: 'req_1', errors: [{ pointer: '/slug', code: 'taken' }] }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'tenant.slug_taken', status: 409, message: 'Choose another.' });
    expect(error.problem.instance).toBe('req_1');
  });
  it('carry how long to wait', async () => {
    expect((await refusal(reply(429, { code: 'limit.rate', title: 'Too many' }, { 'retry-after': '30' }))).retryAfter).toBe(30);
    expect((await refusal(reply(429, { code: 'limit.rate', title: 'Too many' }, { 'retry-after': 'soon' }))).retryAfter).toBeNull();
  });
  it.each([
    ['a page of a proxy', new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } }), 'http.502'],
    ['JSON of somebody else', reply(500, { message: 'no' }), 'http.500'],
    ['JSON that was cut off', reply(500, '{"code":"inter'), 'http.500'],
    ['nothing at all', new Response(null, { status: 504 }), 'http.504'],
  ])('%s still becomes a problem', async (_what, response, code) => {
    expect((await refusal(response)).code).toBe(code);
  });
  it('a server that does not answer is a problem too; an abort is not', () => {
    expect(asApiError(new TypeError('Failed to fetch')).code).toBe('network');
    const abort = new DOMException('aborted', 'AbortError');
    expect(isAbort(abort)).toBe(true);
    expect(() => asApiError(abort)).toThrow(abort);
  });
});

describe('form fields', () => {
  const problem = { title: 'The input is not valid', status: 422, code: 'input.invalid', detail: 'Two fields are wrong.', errors: [{ pointer: '/owner/email', code: 'email', detail: 'That is not an e-mail address.' }, { pointer: '/slug', code: 'taken' }, { pointer: '/slug', code: 'second', detail: 'Not this one.' }] };
  it('get what points at them, the first word counts', () => {
    expect(fieldErrors(problem)).toEqual({ email: 'That is not an e-mail address.', slug: 'Two fields are wrong.' });
  });
  it('may be called otherwise in the form', () => {
    expect(fieldErrors(problem, { '/owner/email': 'owner' })).toHaveProperty('owner');
  });
  it('one sentence when there is no field', () => {
    expect(sentence(problem)).toBe('Two fields are wrong.');
    expect(sentence({ title: 'Gone', status: 410, code: 'x' })).toBe('Gone.');
  });
});
