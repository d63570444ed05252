/** Which page of a tenant stands at which pattern. Pages are fetched when they are needed, or pointed at. */
import { prefetch } from './api/resource.svelte';
import { read, write } from './pages/tenant/dashboard/filters';
import { reads as tenant } from './api/tenant';
import { working } from './language';
import { dataQuery, rangeFromQuery } from '../format/range';
import { TENANT_PATTERNS } from './paths';
import type { Route } from './router.svelte';
import { TENANT_TITLES } from './words/titles';

type Rest = Pick<Route, 'prefetch' | 'open'>;

function tenantPage(name: keyof typeof TENANT_PATTERNS, load: Route['load'], rest: Rest = {}): Route {
  return { name, pattern: TENANT_PATTERNS[name], title: TENANT_TITLES[name], load, ...rest };
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
  tenantPage('dashboardEdit', working(() => import('./pages/tenant/editor/EditorPage.svelte')), {
    prefetch: ({ id }) => {
      if (id) prefetch(tenant.dashboard(id));
      prefetch(tenant.datasets());
    },
  }),
  tenantPage('dashboards', () => import('./pages/tenant/dashboards/DashboardsPage.svelte'), {
    prefetch: () => prefetch(tenant.dashboards()),
  }),
  tenantPage('data', working(() => import('./pages/tenant/data/DataPage.svelte')), {
    prefetch: () => prefetch(tenant.datasets()),
  }),
  tenantPage('dataset', working(() => import('./pages/tenant/data/DatasetPage.svelte')), {
    prefetch: ({ name }) => name && prefetch(tenant.dataset(name)),
  }),
  tenantPage('table', working(() => import('./pages/tenant/table/TablePage.svelte'))),
  tenantPage('members', working(() => import('./pages/tenant/members/MembersPage.svelte')), {
    prefetch: () => {
      prefetch(tenant.members());
      prefetch(tenant.invitations());
    },
  }),
  tenantPage('apiKeys', working(() => import('./pages/tenant/api_keys/ApiKeysPage.svelte')), {
    prefetch: () => prefetch(tenant.apiKeys()),
  }),
  tenantPage('embedding', working(() => import('./pages/tenant/embedding/EmbeddingPage.svelte')), {
    prefetch: () => {
      prefetch(tenant.embedding());
      prefetch(tenant.dashboards());
    },
  }),
  tenantPage('settings', working(() => import('./pages/tenant/settings/SettingsPage.svelte')), {
    prefetch: () => prefetch(tenant.settings()),
  }),
  tenantPage('audit', working(() => import('./pages/tenant/audit/AuditPage.svelte')), {
    prefetch: () => prefetch(tenant.audit()),
  }),
  tenantPage('signIn', () => import('./pages/tenant/sign_in/SignInPage.svelte'), { open: true }),
  tenantPage('invitation', () => import('./pages/tenant/invitation/InvitationPage.svelte'), { open: true }),
];
