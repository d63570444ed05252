/** Every page there is, for the tests that look at all of them. */
import { CONSOLE_PATTERNS, consolePaths, TENANT_PATTERNS, tenantPaths } from '../../app/paths';

const t = tenantPaths('');
const c = consolePaths('');

/** Pages of a signed-in member that need no id. */
export const MEMBER_PAGES = { home: t.home(), dashboards: t.dashboards(), data: t.data(), members: t.members(), apiKeys: t.apiKeys(), embedding: t.embedding(), settings: t.settings(), audit: t.audit(), nowhere: '/nowhere' };

/** Pages of a signed-in operator; `tenant` is one of the demo tenants. */
export const operatorPages = (tenant: string) => ({
  home: c.home(), tenants: c.tenants(), tenantNew: c.tenantNew(), tenant: c.tenant(tenant), operations: c.operations(), templates: c.templates(), cells: c.cells(), mails: c.mails(), nowhere: '/nowhere',
});

/** What the two lists leave out, with the reason. A page that is in neither place fails `phone.test.ts`. */
export const ELSEWHERE: Record<string, string> = {
  signIn: 'needs no session: looked at on its own',
  invitation: 'needs a token: looked at in members.test.ts',
  dashboard: 'is what home shows',
  dashboardEdit: 'needs an id: looked at in editor.test.ts',
  dataset: 'needs a name: looked at in data.test.ts',
  table: 'needs an id: looked at in tables.test.ts',
  operation: 'needs an id: looked at on its own',
  template: 'needs an id: looked at in templates.test.ts',
};

export const ALL_NAMES = [...new Set([...Object.keys(TENANT_PATTERNS), ...Object.keys(CONSOLE_PATTERNS)])];
