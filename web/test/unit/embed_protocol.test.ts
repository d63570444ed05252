import { describe, expect, it } from 'vitest';
import { asScheme, readFragment } from '../../embed/address';
import { parseBoot } from '../../embed/boot';
import { apiRoot, EMBED_API, isShared } from '../../embed/paths';
import { isListed, parseHost } from '../../embed/protocol';

describe('messages of the host', () => {
  it.each([
    [{ insula: 1, type: 'token', token: 'a.b.c' }, { type: 'token', token: 'a.b.c' }],
    [{ insula: 1, type: 'theme', scheme: 'dark' }, { type: 'theme', scheme: 'dark' }],
    [{ insula: 1, type: 'locale', locale: 'de-CH' }, { type: 'locale', locale: 'de-CH' }],
    [{ insula: 1, type: 'locale', locale: null }, { type: 'locale', locale: null }],
    [{ insula: 1, type: 'range', range: { last: '7d' } }, { type: 'range', range: { last: '7d' } }],
    [{ insula: 1, type: 'range', range: null }, { type: 'range', range: null }],
    [{ insula: 1, type: 'filters', filters: [{ op: 'in', dimension: 'origin', values: ['ATL'] }] }, { type: 'filters', filters: [{ op: 'in', dimension: 'origin', values: ['ATL'] }] }],
  ])('%j is understood', (data, message) => {
    expect(parseHost(data)).toEqual(message);
  });
  it.each([
    [null], ['token'], [[]], [{ type: 'token', token: 'a' }], [{ insula: 2, type: 'token', token: 'a' }],
    [{ insula: 1, type: 'token', token: '' }], [{ insula: 1, type: 'token', token: 7 }], [{ insula: 1, type: 'theme', scheme: 'pink' }],
    [{ insula: 1, type: 'locale', locale: 'not a locale' }], [{ insula: 1, type: 'range', range: { from: '2026-01-01' } }],
    [{ insula: 1, type: 'filters', filters: [{}] }], [{ insula: 1, type: 'filters', filters: 'all' }],
    [{ insula: 1, type: 'filters', filters: Array.from({ length: 21 }, () => ({ op: 'in', dimension: 'a', values: [] })) }],
    [{ insula: 1, type: 'reload' }],
  ])('%j is no message', (data) => {
    expect(parseHost(data)).toBeNull();
  });
});

it('an origin is listed exactly, or not at all', () => {
  const list = ['https://app.example', 'http://app.localhost:3000', 'null'];
  expect(isListed('https://app.example', list)).toBe(true);
  for (const other of ['https://app.example:8443', 'http://app.example', 'https://app.example.evil.test', 'https://sub.app.example', 'null', '']) {
    expect(isListed(other, list), other).toBe(false);
  }
});

describe('the fragment', () => {
  it('brings a token, which is taken out, and how it is to look, which stays', () => {
    expect(readFragment('#token=a.b.c&theme=dark&locale=de&debug', false)).toEqual({ credential: 'a.b.c', scheme: 'dark', locale: 'de', debug: true, rest: '#theme=dark&locale=de&debug=' });
    expect(readFragment('#theme=auto', false)).toEqual({ credential: null, scheme: 'auto', locale: null, debug: false, rest: '#theme=auto' });
    expect(readFragment('', false)).toEqual({ credential: null, scheme: null, locale: null, debug: false, rest: '' });
  });
  it('is the secret itself on the page of a public link', () => {
    expect(readFragment('#ipl_abc_def', true)).toMatchObject({ credential: 'ipl_abc_def' });
    expect(readFragment('#ipl_abc_def', false)).toMatchObject({ credential: null });
    expect(readFragment('#', true)).toMatchObject({ credential: null });
  });
  it('only three schemes are ones', () => {
    expect([asScheme('dark'), asScheme('auto'), asScheme('pink'), asScheme(null)]).toEqual(['dark', 'auto', null, null]);
  });
});

describe('boot data', () => {
  const whole = { realm: 'embed', base: '/t/acme/', dashboard: 'dsh_1', widget: null, tenant: { name: 'Acme' }, branding: null, origins: ['https://app.example'], version: '1' };
  it('is understood', () => {
    expect(parseBoot(JSON.stringify(whole))).toEqual({ base: '/t/acme', dashboard: 'dsh_1', widget: null, tenant: { name: 'Acme' }, branding: null, closed: null, origins: ['https://app.example'], version: '1' });
  });
  it('lets nobody in when it names nobody', () => {
    expect(parseBoot('{"realm":"embed"}').origins).toEqual([]);
    expect(parseBoot('{"realm":"embed","origins":"*"}').origins).toEqual([]);
  });
  it.each([[''], [null], ['{"realm":"tenant"}'], ['not json']])('%j was not served for an embed', (text) => {
    expect(() => parseBoot(text)).toThrow();
  });
});

it('the paths are those of the contract, and only a public link’s page is one', () => {
  expect([EMBED_API.view(), EMBED_API.data(), apiRoot('/t/acme')]).toEqual(['/embed', '/embed/data', '/t/acme/api/v1']);
  expect(isShared('', '/shared/plk_1')).toBe(true);
  expect(isShared('/t/acme', '/t/acme/shared/plk_1')).toBe(true);
  expect(isShared('/t/acme', '/shared/plk_1')).toBe(false);
  expect(isShared('', '/embed/dashboards/shared')).toBe(false);
});
