/**
 * Every path that the browser's side knows, in one place: the pages' patterns and the functions that fill them in,
 * and the API's paths. Nothing else in the app writes a path by hand. All of them respect the base path (`""` at a
 * host of its own, `/t/acme` in path style). Tested in `test/unit/paths.test.ts`.
 */

const enc = encodeURIComponent;

/** Patterns of the tenant's pages, without the base. `:name` is one segment. */
export const TENANT_PATTERNS = {
  home: '/',
  signIn: '/sign-in',
  invitation: '/invitation/:token',
  dashboards: '/dashboards',
  dashboard: '/dashboards/:id',
  dashboardEdit: '/dashboards/:id/edit',
  data: '/data',
  dataset: '/data/:name',
  table: '/data/tables/:id',
  members: '/members',
  apiKeys: '/api-keys',
  embedding: '/embedding',
  settings: '/settings',
  audit: '/audit',
} as const;

/** Patterns of the console's pages. */
export const CONSOLE_PATTERNS = {
  home: '/',
  signIn: '/sign-in',
  tenants: '/tenants',
  tenantNew: '/tenants/new',
  tenant: '/tenants/:slug',
  operations: '/operations',
  operation: '/operations/:id',
  templates: '/templates',
  template: '/templates/:id',
  cells: '/cells',
  mails: '/mails',
} as const;

export function tenantPaths(base: string) {
  return {
    home: () => `${base}/`,
    signIn: (next?: string) => `${base}/sign-in${next ? `?next=${enc(next)}` : ''}`,
    invitation: (token: string) => `${base}/invitation/${enc(token)}`,
    dashboards: () => `${base}/dashboards`,
    dashboard: (id: string) => `${base}/dashboards/${enc(id)}`,
    dashboardEdit: (id: string) => `${base}/dashboards/${enc(id)}/edit`,
    data: () => `${base}/data`,
    dataset: (name: string) => `${base}/data/${enc(name)}`,
    table: (id: string) => `${base}/data/tables/${enc(id)}`,
    members: () => `${base}/members`,
    apiKeys: () => `${base}/api-keys`,
    embedding: () => `${base}/embedding`,
    settings: () => `${base}/settings`,
    audit: () => `${base}/audit`,
  };
}

export function consolePaths(base: string) {
  return {
    home: () => `${base}/`,
    signIn: (next?: string) => `${base}/sign-in${next ? `?next=${enc(next)}` : ''}`,
    tenants: () => `${base}/tenants`,
    tenantNew: () => `${base}/tenants/new`,
    tenant: (slug: string) => `${base}/tenants/${enc(slug)}`,
    operations: () => `${base}/operations`,
    operation: (id: string) => `${base}/operations/${enc(id)}`,
    templates: () => `${base}/templates`,
    template: (id: string) => `${base}/templates/${enc(id)}`,
    cells: () => `${base}/cells`,
    mails: () => `${base}/mails`,
  };
}

/** The API of a tenant, below `apiRoot(base)`. */
export const TENANT_API = {
  session: () => '/session',
  password: () => '/password',
  invitation: (token: string) => `/invitation/${enc(token)}`,
  settings: () => '/settings',
  logo: () => '/settings/logo',
  favicon: () => '/settings/favicon',
  members: () => '/members',
  member: (id: string) => `/members/${enc(id)}`,
  invitations: () => '/invitations',
  invitationById: (id: string) => `/invitations/${enc(id)}`,
  apiKeys: () => '/api-keys',
  apiKey: (id: string) => `/api-keys/${enc(id)}`,
  events: () => '/events',
  datasets: () => '/datasets',
  dataset: (name: string) => `/datasets/${enc(name)}`,
  tables: () => '/tables',
  table: (id: string) => `/tables/${enc(id)}`,
  tableRows: (id: string) => `/tables/${enc(id)}/rows`,
  sampleData: () => '/sample-data',
  ask: () => '/questions/ask',
  rows: () => '/questions/rows',
  dashboards: () => '/dashboards',
  dashboard: (id: string) => `/dashboards/${enc(id)}`,
  dashboardData: (id: string) => `/dashboards/${enc(id)}/data`,
  favourite: (id: string) => `/dashboards/${enc(id)}/favourite`,
  embedTokens: () => '/embed-tokens',
  embedding: () => '/embedding',
  embedKeys: () => '/embed-keys',
  embedKey: (id: string) => `/embed-keys/${enc(id)}`,
  embedRevocations: () => '/embed-revocations',
  embedUsage: () => '/embed-usage',
  publicLinks: () => '/public-links',
  publicLink: (id: string) => `/public-links/${enc(id)}`,
  dashboardVersions: (id: string) => `/dashboards/${enc(id)}/versions`,
  dashboardVersion: (id: string, version: number) => `/dashboards/${enc(id)}/versions/${version}`,
  dashboardReset: (id: string) => `/dashboards/${enc(id)}/reset`,
  dashboardRestore: (id: string) => `/dashboards/${enc(id)}/restore`,
  audit: () => '/audit',
  auditVerify: () => '/audit/verify',
};

/** The operators' API, below `apiRoot(base)`. */
export const CONSOLE_API = {
  session: () => '/session',
  tenants: () => '/tenants',
  checkSlug: () => '/tenants/check-slug',
  tenant: (slug: string) => `/tenants/${enc(slug)}`,
  tenantSuspend: (slug: string) => `/tenants/${enc(slug)}/suspend`,
  tenantResume: (slug: string) => `/tenants/${enc(slug)}/resume`,
  tenantDelete: (slug: string) => `/tenants/${enc(slug)}/delete`,
  tenantOperations: (slug: string) => `/tenants/${enc(slug)}/operations`,
  tenantAudit: (slug: string) => `/tenants/${enc(slug)}/audit`,
  tenantUsage: (slug: string) => `/tenants/${enc(slug)}/usage`,
  tenantDashboards: (slug: string) => `/tenants/${enc(slug)}/dashboards`,
  tenantDashboard: (slug: string, id: string) => `/tenants/${enc(slug)}/dashboards/${enc(id)}`,
  operations: () => '/operations',
  operation: (id: string) => `/operations/${enc(id)}`,
  operationEvents: (id: string) => `/operations/${enc(id)}/events`,
  operationCancel: (id: string) => `/operations/${enc(id)}/cancel`,
  operationRetry: (id: string) => `/operations/${enc(id)}/retry`,
  templates: () => '/templates',
  template: (id: string) => `/templates/${enc(id)}`,
  templateVersions: (id: string) => `/templates/${enc(id)}/versions`,
  templateVersion: (id: string, version: number) => `/templates/${enc(id)}/versions/${version}`,
  templateConflicts: (id: string) => `/templates/${enc(id)}/conflicts`,
  cells: () => '/cells',
  mails: () => '/mails',
  status: () => '/status',
};

export const apiRoot = (base: string) => `${base}/api/v1`;

/** The reference that the server has in the binary. */
export const docs = { reference: () => '/docs', problem: (code: string) => `/docs/problems/${enc(code)}` };

/** What other people's pages frame and load. */
export const framed = (base: string) => ({
  dashboard: (id: string) => `${base}/embed/dashboards/${enc(id)}`,
  element: () => `${base}/embed/insula.js`,
});

/** The part of a path below the base, or `null` when it lies outside. */
export function withoutBase(base: string, path: string): string | null {
  if (base === '') return path;
  if (path === base) return '/';
  return path.startsWith(`${base}/`) ? path.slice(base.length) : null;
}

/** Where to go after signing in: only ever a page of this app, never another site. */
export function safeNext(base: string, next: string | null): string {
  const home = `${base}/`;
  if (!next || !next.startsWith('/') || next.startsWith('//') || next.includes('\\')) return home;
  const path = next.split(/[?#]/, 1)[0] ?? '';
  const inside = withoutBase(base, path);
  return inside === null || inside.startsWith('/sign-in') || inside.startsWith('/api/') ? home : next;
}
