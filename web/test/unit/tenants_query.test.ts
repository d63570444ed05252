import { describe, expect, it } from 'vitest';
import { filtered, pageOf, pressSort, sortOf, tenantQuery } from '$app/pages/console/tenants/query';

describe('the tenants table in the address', () => {
  const q = (text: string) => new URLSearchParams(text);
  it('begins with the newest', () => expect(tenantQuery(q(''))).toMatchObject({ sort: 'created_at', order: 'desc', q: undefined }));
  it('takes over what stands there', () => {
    expect(tenantQuery(q('q=ac&status=active&tier=pooled&plan=free&sort=slug&cursor=abc'))).toMatchObject({ q: 'ac', status: 'active', tier: 'pooled', plan: 'free', sort: 'slug', order: 'asc', cursor: 'abc' });
    expect(sortOf(q('sort=drop'))).toEqual({ key: 'created_at', descending: true });
  });
  it('a heading turns its own order, and begins on the first page', () => {
    expect(pressSort(q('cursor=x&page=4'), 'name')).toEqual({ sort: 'name', order: 'asc', cursor: null, page: null });
    expect(pressSort(q('sort=name&order=asc'), 'name')).toMatchObject({ sort: 'name', order: 'desc' });
    expect(pressSort(q('sort=name'), 'created_at')).toMatchObject({ sort: null, order: null });
  });
  it('a page number counts only with its cursor', () => {
    expect(pageOf(q('page=4'))).toBe(1);
    expect(pageOf(q('page=4&cursor=x'))).toBe(4);
    expect(filtered(q('sort=name'))).toBe(false);
    expect(filtered(q('q=a'))).toBe(true);
  });
});
