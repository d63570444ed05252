/** The names of the console's pages: in the title bar, the navigation and the palette. */
import type { CONSOLE_PATTERNS } from '../paths';

export const CONSOLE_TITLES: Record<keyof typeof CONSOLE_PATTERNS, string> = {
  home: 'Overview',
  signIn: 'Sign in',
  tenants: 'Tenants',
  tenantNew: 'New tenant',
  tenant: 'Tenant',
  operations: 'Operations',
  operation: 'Operation',
  templates: 'Templates',
  template: 'Template',
  cells: 'Cells',
  mails: 'Mails',
};
