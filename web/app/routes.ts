/** Which page stands at which pattern. Pages are fetched when they are needed, or pointed at. */
import { reads as console_ } from './api/console';
import { prefetch } from './api/resource.svelte';
import { read, write } from './pages/tenant/dashboard/filters';
import { reads as tenant } from './api/tenant';
import { dataQuery, rangeFromQuery } from '../format/range';
import { tenantQuery } from './pages/console/tenants/query';
import { CONSOLE_PATTERNS, TENANT_PATTERNS } from './paths';
import type { Route } from './router.svelte';
import { CONSOLE_TITLES, TENANT_TITLES } from './words/titles';

type Rest = Pick<Route, 'prefetch' | 'open'>;

function tenantPage(name: keyof typeof TENANT_PATTERNS, load: Route['load'], rest: Rest = {}): Route {
  return { name, pattern: TENANT_PATTERNS[name], title: TENANT_TITLES[name], load, ...rest };
}

function consolePage(name: keyof typeof CONSOLE_PATTERNS, load: Route['load'], rest: Rest = {}): Route {
  return { name, pattern: CONSOLE_PATTERNS[name], title: CONSOLE_TITLES[name], load, ...rest };
}

export const tenantRoutes: Route[] = [
  tenantPage('home', () => import('./pages/tenant/dashboard/HomePage.svelte'), {
    prefetch: () => prefetch(tenant.dashboards()),
  }),
  tenantPage('dashboard', () => import('./pages/tenant/dashboard/DashboardPage.svelte'), {
    prefetch: ({ id }, query) => {
      if (!id) return;
      prefetch(tenant.dashboard(id));
      prefetch(tenant.dashboardData(id, dataQuery(rangeFromQuery(query), query.get('compare'), write(read(query.get('filters'))))));
    },
  }),
  tenantPage('dashboardEdit', () => import('./pages/tenant/editor/EditorPage.svelte'), {
    prefetch: ({ id }) => {
      if (id) prefetch(tenant.dashboard(id));
      prefetch(tenant.datasets());
    },
  }),
  tenantPage('dashboards', () => import('./pages/tenant/dashboards/DashboardsPage.svelte'), {
    prefetch: () => prefetch(tenant.dashboards()),
  }),
  tenantPage('data', () => import('./pages/tenant/data/DataPage.svelte'), {
    prefetch: () => prefetch(tenant.datasets()),
  }),
  tenantPage('dataset', () => import('./pages/tenant/data/DatasetPage.svelte'), {
    prefetch: ({ name }) => name && prefetch(tenant.dataset(name)),
  }),
  tenantPage('table', () => import('./pages/tenant/table/TablePage.svelte')),
  tenantPage('members', () => import('./pages/tenant/members/MembersPage.svelte'), {
    prefetch: () => {
      prefetch(tenant.members());
      prefetch(tenant.invitations());
    },
  }),
  tenantPage('apiKeys', () => import('./pages/tenant/api_keys/ApiKeysPage.svelte'), {
    prefetch: () => prefetch(tenant.apiKeys()),
  }),
  tenantPage('embedding', () => import('./pages/tenant/embedding/EmbeddingPage.svelte'), {
    prefetch: () => {
      prefetch(tenant.embedding());
      prefetch(tenant.dashboards());
    },
  }),
  tenantPage('settings', () => import('./pages/tenant/settings/SettingsPage.svelte'), {
    prefetch: () => prefetch(tenant.settings()),
  }),
  tenantPage('audit', () => import('./pages/tenant/audit/AuditPage.svelte'), {
    prefetch: () => prefetch(tenant.audit()),
  }),
  tenantPage('signIn', () => import('./pages/tenant/sign_in/SignInPage.svelte'), { open: true }),
  tenantPage('invitation', () => import('./pages/tenant/invitation/InvitationPage.svelte'), { open: true }),
];

export const consoleRoutes: Route[] = [
  consolePage('home', () => import('./pages/console/overview/OverviewPage.svelte'), {
    prefetch: () => prefetch(console_.status()),
  }),
  consolePage('tenants', () => import('./pages/console/tenants/TenantsPage.svelte'), {
    prefetch: (_params, query) => prefetch(console_.tenants(tenantQuery(query))),
  }),
  consolePage('tenantNew', () => import('./pages/console/tenant_new/TenantNewPage.svelte')),
  consolePage('tenant', () => import('./pages/console/tenant/TenantPage.svelte'), {
    prefetch: ({ slug }) => {
      if (!slug) return;
      prefetch(console_.tenant(slug));
      prefetch(console_.tenantUsage(slug));
    },
  }),
  consolePage('operations', () => import('./pages/console/operations/OperationsPage.svelte')),
  consolePage('operation', () => import('./pages/console/operation/OperationPage.svelte'), {
    prefetch: ({ id }) => {
      if (id) prefetch(console_.operation(id));
    },
  }),
  consolePage('templates', () => import('./pages/console/templates/TemplatesPage.svelte')),
  consolePage('template', () => import('./pages/console/template/TemplatePage.svelte')),
  consolePage('cells', () => import('./pages/console/cells/CellsPage.svelte'), {
    prefetch: () => prefetch(console_.cells()),
  }),
  consolePage('mails', () => import('./pages/console/mails/MailsPage.svelte'), {
    prefetch: () => prefetch(console_.mails()),
  }),
  consolePage('signIn', () => import('./pages/console/sign_in/SignInPage.svelte'), { open: true }),
];
