import { expect, it } from 'vitest';
import { matcher } from '$app/match';

const match = matcher([
  { pattern: '/tenants/:slug', name: 'tenant' },
  { pattern: '/tenants/new', name: 'new' },
  { pattern: '/', name: 'home' },
]);

it('a literal wins over a parameter, whatever their order', () => {
  expect(match('/tenants/new')?.route.name).toBe('new');
  expect(match('/tenants/newer')?.route.name).toBe('tenant');
});
it('trailing slashes do not matter; other lengths do', () => {
  expect(match('/tenants/acme/')?.params).toEqual({ slug: 'acme' });
  expect(match('/')?.route.name).toBe('home');
  expect(match('/tenants')).toBeNull();
  expect(match('/tenants/acme/more')).toBeNull();
});
it('a broken escape is no match instead of an error', () => {
  expect(match('/tenants/%E0%A4%A')).toBeNull();
});
