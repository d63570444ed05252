import { describe, expect, it } from 'vitest';
import { matcher } from '$app/match';
import {
  apiRoot, CONSOLE_API, CONSOLE_PATTERNS, consolePaths, docs, safeNext, TENANT_API, TENANT_PATTERNS, tenantPaths, withoutBase,
} from '$app/paths';

const bases = ['', '/t/acme'];
const SAMPLE = 'a b/ü';

describe.each(bases)('paths below %j', (base) => {
  it.each([
    ['tenant', tenantPaths(base), TENANT_PATTERNS],
    ['console', consolePaths(base), CONSOLE_PATTERNS],
  ] as const)('every %s path leads to its own pattern, with its parameter unharmed', (_name, paths, patterns) => {
    const match = matcher(Object.entries(patterns).map(([name, pattern]) => ({ name, pattern })));
    expect(Object.keys(paths).sort()).toEqual(Object.keys(patterns).sort());
    for (const [name, path] of Object.entries(paths)) {
      const href = name === 'signIn' ? (path as (next?: string) => string)() : (path as (p: string) => string)(SAMPLE);
      expect(href.startsWith(`${base}/`)).toBe(true);
      const found = match(withoutBase(base, href) ?? '?');
      expect(found?.route.name, href).toBe(name);
      for (const value of Object.values(found?.params ?? {})) expect(value).toBe(SAMPLE);
    }
  });

  it('the API lies below the base', () => {
    expect(apiRoot(base)).toBe(`${base}/api/v1`);
  });
});

describe('API paths', () => {
  it.each([
    ['tenant', TENANT_API],
    ['console', CONSOLE_API],
  ])('%s: no parameter can leave its segment', (_name, api) => {
    for (const path of Object.values(api)) {
      const text = (path as (p: string) => string)('../x?y#z');
      expect(text).toMatch(/^\/[a-z0-9/%.-]+$/i);
      expect(text).not.toContain('/../');
    }
  });
  it('spells what the contract spells', () => {
    expect(TENANT_API.dashboardData('dsh_1')).toBe('/dashboards/dsh_1/data');
    expect(TENANT_API.favourite('dsh_1')).toBe('/dashboards/dsh_1/favourite');
    expect(TENANT_API.invitation('tok')).toBe('/invitation/tok');
    expect(TENANT_API.invitationById('inv_1')).toBe('/invitations/inv_1');
    expect(CONSOLE_API.operationEvents('op_1')).toBe('/operations/op_1/events');
    expect(docs.problem('tenant.slug_taken')).toBe('/docs/problems/tenant.slug_taken');
  });
});

describe('withoutBase', () => {
  it('takes the base away, and only the whole of it', () => {
    expect(withoutBase('/t/acme', '/t/acme')).toBe('/');
    expect(withoutBase('/t/acme', '/t/acme/data')).toBe('/data');
    expect(withoutBase('/t/acme', '/t/acme2/data')).toBeNull();
    expect(withoutBase('', '/data')).toBe('/data');
  });
});

describe('safeNext', () => {
  it.each([
    ['/members', '/members'],
    ['/dashboards/x?last=7d', '/dashboards/x?last=7d'],
    [null, '/'],
    ['//evil.test/', '/'],
    ['/\\evil.test', '/'],
    ['https://evil.test/', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in?next=/sign-in', '/'],
    ['/api/v1/session', '/'],
  ])('%j leads to %j', (next, to) => {
    expect(safeNext('', next)).toBe(to);
  });
  it('never leaves the tenant in path style', () => {
    expect(safeNext('/t/acme', '/t/globex/')).toBe('/t/acme/');
    expect(safeNext('/t/acme', '/t/acme/data')).toBe('/t/acme/data');
  });
});
