/** Which page of the console stands at which pattern. */
import { reads } from './api/console';
import { prefetch } from './api/resource.svelte';
import { tenantQuery } from './pages/console/tenants/query';
import { CONSOLE_PATTERNS } from './paths';
import type { Route } from './router.svelte';
import { CONSOLE_TITLES } from './words/console_titles';

type Rest = Pick<Route, 'prefetch' | 'open'>;

function consolePage(name: keyof typeof CONSOLE_PATTERNS, load: Route['load'], rest: Rest = {}): Route {
  return { name, pattern: CONSOLE_PATTERNS[name], title: CONSOLE_TITLES[name], load, ...rest };
}

export const consoleRoutes: Route[] = [
  consolePage('home', () => import('./pages/console/overview/OverviewPage.svelte'), {
    prefetch: () => prefetch(reads.status()),
  }),
  consolePage('tenants', () => import('./pages/console/tenants/TenantsPage.svelte'), {
    prefetch: (_params, query) => prefetch(reads.tenants(tenantQuery(query))),
  }),
  consolePage('tenantNew', () => import('./pages/console/tenant_new/TenantNewPage.svelte')),
  consolePage('tenant', () => import('./pages/console/tenant/TenantPage.svelte'), {
    prefetch: ({ slug }) => {
      if (!slug) return;
      prefetch(reads.tenant(slug));
      prefetch(reads.tenantUsage(slug));
    },
  }),
  consolePage('operations', () => import('./pages/console/operations/OperationsPage.svelte')),
  consolePage('operation', () => import('./pages/console/operation/OperationPage.svelte'), {
    prefetch: ({ id }) => {
      if (id) prefetch(reads.operation(id));
    },
  }),
  consolePage('templates', () => import('./pages/console/templates/TemplatesPage.svelte')),
  consolePage('template', () => import('./pages/console/template/TemplatePage.svelte')),
  consolePage('cells', () => import('./pages/console/cells/CellsPage.svelte'), {
    prefetch: () => prefetch(reads.cells()),
  }),
  consolePage('mails', () => import('./pages/console/mails/MailsPage.svelte'), {
    prefetch: () => prefetch(reads.mails()),
  }),
  consolePage('signIn', () => import('./pages/console/sign_in/SignInPage.svelte'), { open: true }),
];
