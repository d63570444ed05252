import { expect, it } from 'vitest';
import { parseBoot } from '$app/boot';

it('reads what the server injects', () => {
  const boot = parseBoot('{"realm":"tenant","base":"/t/acme","tenant":{"slug":"acme","name":"Acme"},"branding":{"accent":"#c00"},"version":"1"}');
  expect(boot).toMatchObject({ realm: 'tenant', base: '/t/acme', tenant: { slug: 'acme' }, branding: { accent: '#c00' } });
});
it('a base never ends with a slash', () => {
  expect(parseBoot('{"realm":"console","base":"/"}').base).toBe('');
});
it.each(['', '  ', null, undefined, '{"base":""}', '{"realm":"other"}'])('refuses %j', (text) => {
  expect(() => parseBoot(text)).toThrow();
});
